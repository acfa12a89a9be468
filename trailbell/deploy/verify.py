"""
Is what is deployed what was meant, and does it watch?

In:    a stack, and its template.
Out:   a `Violation` for each thing that is not so.
Never: a change, and never "all well" where something could not be read: that is a fault too.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from trailbell.aws.cloudformation import Resource, Stack
from trailbell.aws.stack_status import SUCCEEDED, StackStatus
from trailbell.deploy.session import DeploySession
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import AwsError, NotFoundError
from trailbell.template.intrinsics import references
from trailbell.template.policy import parse_statements
from trailbell.template.resources import properties, resources

_DELIVERY_TIMEOUT = timedelta(hours=24)
_ROLLED_BACK = (StackStatus.UPDATE_ROLLBACK_COMPLETE, StackStatus.IMPORT_ROLLBACK_COMPLETE)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is not as it should be, about one resource (or the stack: no logical id)."""

    logical_id: str
    text: str


@dataclass(frozen=True)
class _DeployedResource:
    """A deployed resource beside its template."""

    desk: DeploySession
    logical_id: str
    physical_id: str
    wanted: Mapping[str, Any]

    def ask(self, service: str, operation: str, **request: Any) -> Mapping[str, Any]:
        return self.desk.account.service(service).call(operation, **request)


def verify(
    desk: DeploySession, name: str, source: BuiltTemplate, *, drift: bool = True
) -> tuple[Fault, ...]:
    """Every fault of a stack. Raises `NotFoundError` if there is no such stack, and `AwsError`s of
    signing in; what a single resource cannot be asked is a fault of it.
    """
    stack = desk.cloud.stack(name)
    if stack is None or stack.status is StackStatus.REVIEW_IN_PROGRESS:
        raise NotFoundError("DescribeStacks", f"stack {name} is not deployed in {desk.region}")
    return (
        *_state(stack),
        *_template(desk, stack, source),
        *_resources(desk, stack, source),
        *(_drift(desk, stack) if drift else ()),
    )


def _state(stack: Stack) -> Iterator[Fault]:
    if stack.status not in SUCCEEDED:
        undone = "the last update was undone" if stack.status in _ROLLED_BACK else "not at rest"
        yield Fault(logical_id="", text=f"the stack is {stack.status}: {undone}")


def _template(desk: DeploySession, stack: Stack, source: BuiltTemplate) -> Iterator[Fault]:
    body = desk.cloud.template(stack.id)
    if isinstance(body, Mapping) and body != source.document:
        yield Fault(
            logical_id="", text="another template than the one in dist/ is deployed; deploy it"
        )


def _resources(desk: DeploySession, stack: Stack, source: BuiltTemplate) -> Iterator[Fault]:
    """The faults of each resource that a check knows, in the order of the template."""
    live = {each.logical_id: each for each in desk.cloud.resources(stack.id)}
    for logical_id, resource in resources(source.document).items():
        kind = str(resource.get("Type", ""))
        check = _CHECKS.get(kind)
        if check is None:
            continue
        found = live.get(logical_id)
        if found is None or found.status == "DELETE_COMPLETE":
            if "Condition" not in resource:
                yield Fault(logical_id=logical_id, text="is in the template but not deployed")
            continue
        yield from _checked(desk, check, found, resource, source)


def _checked(
    desk: DeploySession,
    check: "Check",
    found: Resource,
    resource: Mapping[str, Any],
    source: BuiltTemplate,
) -> Iterator[Fault]:
    each = _DeployedResource(desk, found.logical_id, found.physical_id, properties(resource))
    try:
        texts = list(check(each, source))
    except NotFoundError:
        texts = ["it is gone: somebody deleted it outside of CloudFormation"]
    except AwsError as error:
        texts = [f"could not be read: {error.operation}: {error.reason}"]
    for text in texts:
        yield Fault(logical_id=found.logical_id, text=text)


Check = Callable[[_DeployedResource, BuiltTemplate], Iterator[str]]


def _filter(live: _DeployedResource, source: BuiltTemplate) -> Iterator[str]:  # noqa: ARG001 - one shape for all
    """The text of the filter as CloudWatch Logs holds it, on whatever group it is."""
    answer = live.ask("logs", "DescribeMetricFilters", filterNamePrefix=live.physical_id)
    mine = [f for f in answer["metricFilters"] if f["filterName"] == live.physical_id]
    if not mine:
        raise NotFoundError("DescribeMetricFilters", live.physical_id)
    wanted = live.wanted.get("FilterPattern")
    if isinstance(wanted, str) and not any(f.get("filterPattern") == wanted for f in mine):
        yield f"its text is {mine[0].get('filterPattern')!r}, not that of the template"
    if not any(f.get("metricTransformations") for f in mine):
        yield "it counts into no metric"


def _alarm(live: _DeployedResource, source: BuiltTemplate) -> Iterator[str]:  # noqa: ARG001 - as above
    answer = live.ask("cloudwatch", "DescribeAlarms", AlarmNames=[live.physical_id])
    found = [*answer.get("MetricAlarms", ()), *answer.get("CompositeAlarms", ())]
    if not found:
        raise NotFoundError("DescribeAlarms", live.physical_id)
    if not found[0].get("ActionsEnabled", True):
        yield "its actions are switched off"
    if not found[0].get("AlarmActions"):
        yield "it has no action: it rings nobody"


def _topic(live: _DeployedResource, source: BuiltTemplate) -> Iterator[str]:  # noqa: ARG001 - as above
    """Who is told. A subscription that was never confirmed is told nothing.

    https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
    """
    pages = live.desk.account.service("sns").pages(
        "ListSubscriptionsByTopic", TopicArn=live.physical_id
    )
    found = [each for page in pages for each in page.get("Subscriptions", ())]
    if not found:
        yield "nobody is subscribed to it"
    for each in found:
        if each["SubscriptionArn"] == "PendingConfirmation":
            yield f"the subscription of {each['Endpoint']} waits to be confirmed"
    attributes = live.ask("sns", "GetTopicAttributes", TopicArn=live.physical_id)["Attributes"]
    yield from _policy_lets(
        attributes.get("Policy"), "cloudwatch.amazonaws.com", ("sns:Publish",), "the topic policy"
    )


def _trail(live: _DeployedResource, source: BuiltTemplate) -> Iterator[str]:  # noqa: ARG001 - as above
    """https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html"""
    status = live.ask("cloudtrail", "GetTrailStatus", Name=live.physical_id)
    if not status.get("IsLogging"):
        yield "the trail is not logging"
    for key, what in (
        ("LatestDeliveryError", "log files are not delivered to the bucket"),
        ("LatestCloudWatchLogsDeliveryError", "events do not reach the log group"),
        ("LatestDigestDeliveryError", "digests are not delivered to the bucket"),
    ):
        if status.get(key):
            yield f"{what}: {status[key]}"
    wanted = ["LatestDeliveryTime"]
    if "CloudWatchLogsLogGroupArn" in live.wanted:
        wanted.append("LatestCloudWatchLogsDeliveryTime")
    for key in wanted:
        last = status.get(key)
        where = "log group" if "CloudWatch" in key else "bucket"
        if last is None:
            yield f"nothing was delivered to the {where} yet"
        elif isinstance(last, datetime) and _age(last) > _DELIVERY_TIMEOUT:
            yield f"nothing was delivered to the {where} since {last:%Y-%m-%d %H:%M}"


def _age(moment: datetime) -> timedelta:
    return timedelta(seconds=time.time() - moment.timestamp())


def _key(live: _DeployedResource, source: BuiltTemplate) -> Iterator[str]:
    """Whether the key works, and lets in each service that uses it here."""
    state = live.ask("kms", "DescribeKey", KeyId=live.physical_id)["KeyMetadata"]["KeyState"]
    if state != "Enabled":
        yield f"the key is {state}"
    policy = live.ask("kms", "GetKeyPolicy", KeyId=live.physical_id, PolicyName="default")
    for kind, (service, actions) in _USERS.items():
        used = any(
            each.get("Type") == kind and live.logical_id in references(dict(properties(each)))
            for each in resources(source.document).values()
        )
        if used:
            principal = service.format(region=live.desk.region)
            yield from _policy_lets(policy.get("Policy"), principal, actions, "the key policy")


# What each service does with a key that its resource names.
# https://docs.aws.amazon.com/kms/latest/developerguide/service-integration.html
_USERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "AWS::CloudTrail::Trail": ("cloudtrail.amazonaws.com", ("kms:GenerateDataKey",)),
    "AWS::Logs::LogGroup": (
        "logs.{region}.amazonaws.com",
        ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"),
    ),
    "AWS::SNS::Topic": ("cloudwatch.amazonaws.com", ("kms:Decrypt", "kms:GenerateDataKey")),
}


def _policy_lets(
    text: str | None, principal: str, actions: tuple[str, ...], what: str
) -> Iterator[str]:
    """One sentence for each action that a resource policy does not allow a service."""
    document = json.loads(text) if text else {}
    allowed = [s for s in parse_statements(document) if s.effect == "Allow"]
    for action in actions:
        if not any(s.applies_to(principal, action) for s in allowed):
            yield f"{what} does not let {principal} {action}"


_CHECKS: Mapping[str, Check] = {
    "AWS::CloudTrail::Trail": _trail,
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::KMS::Key": _key,
    "AWS::Logs::MetricFilter": _filter,
    "AWS::SNS::Topic": _topic,
}


def _drift(desk: DeploySession, stack: Stack) -> Iterator[Fault]:
    """What was changed outside of CloudFormation."""
    try:
        detection = desk.cloud.detect_drift(stack.id)

        def look() -> Mapping[str, Any] | None:
            status = desk.cloud.drift_status(detection)
            return None if status["DetectionStatus"] == "DETECTION_IN_PROGRESS" else status

        done = desk.pace.wait_for("DescribeStackDriftDetectionStatus", look)
    except AwsError as error:
        yield Fault(logical_id="", text=f"drift could not be read: {error.reason}")
        return
    if done["DetectionStatus"] == "DETECTION_FAILED":
        reason = done.get("DetectionStatusReason", "no reason given")
        yield Fault(logical_id="", text=f"drift was not detected for all resources: {reason}")
    for each in desk.cloud.resource_drifts(stack.id):
        yield Fault(logical_id=each["LogicalResourceId"], text=_drifted(each))


def _drifted(each: Mapping[str, Any]) -> str:
    if each["StackResourceDriftStatus"] == "DELETED":
        return "it was deleted outside of CloudFormation"
    told = [
        f"{d['PropertyPath'].lstrip('/').replace('/', '.')} is {d['ActualValue']}, "
        f"not {d['ExpectedValue']}"
        for d in each.get("PropertyDifferences", ())
    ]
    return f"it was changed outside of CloudFormation: {'; '.join(told) or 'no detail'}"
