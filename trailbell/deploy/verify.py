"""
Verify a deployed stack: is it what the template says, and does it detect?

In:    a stack, and its template.
Out:   a `Discrepancy` for each difference.
Never: a change, and never success where something could not be read: that is a discrepancy too.
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
from trailbell.template import Template
from trailbell.template.intrinsics import references
from trailbell.template.policy import parse_statements
from trailbell.template.resources import properties, resources

_DELIVERY_TIMEOUT = timedelta(hours=24)
_ROLLED_BACK = (StackStatus.UPDATE_ROLLBACK_COMPLETE, StackStatus.IMPORT_ROLLBACK_COMPLETE)


@dataclass(frozen=True, kw_only=True)
class Discrepancy:
    """A difference between a template and its stack. No logical id: it is about the stack."""

    logical_id: str
    text: str


@dataclass(frozen=True)
class _DeployedResource:
    """A deployed resource, its declaration, and the template that declares it."""

    session: DeploySession
    logical_id: str
    physical_id: str
    properties: Mapping[str, Any]
    template: Template

    def call(self, service: str, operation: str, **request: Any) -> Mapping[str, Any]:
        """Call an AWS service in the account and Region of the resource."""
        return self.session.aws.service(service).call(operation, **request)


def verify(
    session: DeploySession, name: str, source: BuiltTemplate, *, drift: bool = True
) -> tuple[Discrepancy, ...]:
    """Return every discrepancy of a stack.

    Raises `NotFoundError` if the stack does not exist, and `AwsError` if AWS cannot be called at
    all. A resource that cannot be read is a discrepancy.
    """
    stack = session.cloud.stack(name)
    if stack is None or stack.status is StackStatus.REVIEW_IN_PROGRESS:
        raise NotFoundError("DescribeStacks", f"Stack {name} is not deployed in {session.region}.")
    return (
        *_check_status(stack),
        *_check_template(session, stack, source),
        *_check_resources(session, stack, source),
        *(_check_drift(session, stack) if drift else ()),
    )


def _check_status(stack: Stack) -> Iterator[Discrepancy]:
    if stack.status not in SUCCEEDED:
        meaning = (
            "the last update was rolled back"
            if stack.status in _ROLLED_BACK
            else "an operation is in progress or has failed"
        )
        yield Discrepancy(logical_id="", text=f"Stack status is {stack.status}: {meaning}.")


def _check_template(
    session: DeploySession, stack: Stack, source: BuiltTemplate
) -> Iterator[Discrepancy]:
    body = session.cloud.template(stack.id)
    if isinstance(body, Mapping) and body != source.document:
        yield Discrepancy(
            logical_id="", text="The deployed template differs from dist/. Deploy the stack."
        )


def _check_resources(
    session: DeploySession, stack: Stack, source: BuiltTemplate
) -> Iterator[Discrepancy]:
    """Check each resource that has a check, in the order of the template."""
    deployed = {resource.logical_id: resource for resource in session.cloud.resources(stack.id)}
    for logical_id, declaration in resources(source.document).items():
        check = _CHECKS.get(str(declaration.get("Type", "")))
        if check is None:
            continue
        resource = deployed.get(logical_id)
        if resource is None or resource.status == "DELETE_COMPLETE":
            if "Condition" not in declaration:
                yield Discrepancy(
                    logical_id=logical_id, text="The resource is in the template but not deployed."
                )
            continue
        yield from _check_resource(session, check, resource, declaration, source)


def _check_resource(
    session: DeploySession,
    check: "Check",
    resource: Resource,
    declaration: Mapping[str, Any],
    source: BuiltTemplate,
) -> Iterator[Discrepancy]:
    deployed = _DeployedResource(
        session=session,
        logical_id=resource.logical_id,
        physical_id=resource.physical_id,
        properties=properties(declaration),
        template=source.document,
    )
    try:
        texts = list(check(deployed))
    except NotFoundError:
        texts = ["The resource was deleted outside CloudFormation."]
    except AwsError as error:
        texts = [f"Could not be read: {error.operation}: {error.reason}"]
    for text in texts:
        yield Discrepancy(logical_id=resource.logical_id, text=text)


Check = Callable[[_DeployedResource], Iterator[str]]


def _check_metric_filter(deployed: _DeployedResource) -> Iterator[str]:
    """Compare the filter pattern with the template, in any log group."""
    response = deployed.call("logs", "DescribeMetricFilters", filterNamePrefix=deployed.physical_id)
    filters = [f for f in response["metricFilters"] if f["filterName"] == deployed.physical_id]
    if not filters:
        raise NotFoundError("DescribeMetricFilters", deployed.physical_id)
    pattern = deployed.properties.get("FilterPattern")
    if isinstance(pattern, str) and not any(f.get("filterPattern") == pattern for f in filters):
        yield (
            f'The filter pattern is "{filters[0].get("filterPattern")}" and differs from the '
            "template."
        )
    if not any(f.get("metricTransformations") for f in filters):
        yield "It publishes no metric."


def _check_alarm(deployed: _DeployedResource) -> Iterator[str]:
    response = deployed.call("cloudwatch", "DescribeAlarms", AlarmNames=[deployed.physical_id])
    alarms = [*response.get("MetricAlarms", ()), *response.get("CompositeAlarms", ())]
    if not alarms:
        raise NotFoundError("DescribeAlarms", deployed.physical_id)
    if not alarms[0].get("ActionsEnabled", True):
        yield "Its actions are disabled."
    if not alarms[0].get("AlarmActions"):
        yield "It has no alarm actions."


def _check_topic(deployed: _DeployedResource) -> Iterator[str]:
    """Check the subscriptions. One that is pending confirmation receives no notifications.

    https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
    """
    pages = deployed.session.aws.service("sns").pages(
        "ListSubscriptionsByTopic", TopicArn=deployed.physical_id
    )
    subscriptions = [entry for page in pages for entry in page.get("Subscriptions", ())]
    if not subscriptions:
        yield "The topic has no subscriptions."
    for subscription in subscriptions:
        if subscription["SubscriptionArn"] == "PendingConfirmation":
            yield f"The subscription of {subscription['Endpoint']} is pending confirmation."
    response = deployed.call("sns", "GetTopicAttributes", TopicArn=deployed.physical_id)
    policy = response["Attributes"].get("Policy")
    yield from _missing_permissions(
        policy, "cloudwatch.amazonaws.com", ("sns:Publish",), "topic policy"
    )


def _check_trail(deployed: _DeployedResource) -> Iterator[str]:
    """https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html"""
    status = deployed.call("cloudtrail", "GetTrailStatus", Name=deployed.physical_id)
    if not status.get("IsLogging"):
        yield "The trail is not logging."
    for key, delivery in (
        ("LatestDeliveryError", "Delivery of log files to the bucket"),
        ("LatestCloudWatchLogsDeliveryError", "Delivery to CloudWatch Logs"),
        ("LatestDigestDeliveryError", "Delivery of digest files to the bucket"),
    ):
        if status.get(key):
            yield f"{delivery} fails: {status[key]}"
    keys = ["LatestDeliveryTime"]
    if "CloudWatchLogsLogGroupArn" in deployed.properties:
        keys.append("LatestCloudWatchLogsDeliveryTime")
    for key in keys:
        last = status.get(key)
        destination = "log group" if "CloudWatch" in key else "bucket"
        if last is None:
            yield f"Nothing has been delivered to the {destination} yet."
        elif isinstance(last, datetime) and _age(last) > _DELIVERY_TIMEOUT:
            yield f"Nothing has been delivered to the {destination} since {last:%Y-%m-%d %H:%M}."


def _age(moment: datetime) -> timedelta:
    return timedelta(seconds=time.time() - moment.timestamp())


def _check_key(deployed: _DeployedResource) -> Iterator[str]:
    """Check that the key is enabled, and allows each service that uses it in this template."""
    response = deployed.call("kms", "DescribeKey", KeyId=deployed.physical_id)
    state = response["KeyMetadata"]["KeyState"]
    if state != "Enabled":
        yield f"The key state is {state}."
    response = deployed.call(
        "kms", "GetKeyPolicy", KeyId=deployed.physical_id, PolicyName="default"
    )
    for resource_type, (service, actions) in _KEY_USERS.items():
        used = any(
            resource.get("Type") == resource_type
            and deployed.logical_id in references(dict(properties(resource)))
            for resource in resources(deployed.template).values()
        )
        if used:
            principal = service.format(region=deployed.session.region)
            yield from _missing_permissions(
                response.get("Policy"), principal, actions, "key policy"
            )


# The permissions that each service needs on the KMS key of a resource.
# https://docs.aws.amazon.com/kms/latest/developerguide/service-integration.html
_KEY_USERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "AWS::CloudTrail::Trail": ("cloudtrail.amazonaws.com", ("kms:GenerateDataKey",)),
    "AWS::Logs::LogGroup": (
        "logs.{region}.amazonaws.com",
        ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"),
    ),
    "AWS::SNS::Topic": ("cloudwatch.amazonaws.com", ("kms:Decrypt", "kms:GenerateDataKey")),
}


def _missing_permissions(
    policy: str | None, principal: str, actions: tuple[str, ...], policy_name: str
) -> Iterator[str]:
    """Return a sentence for each action that a resource policy does not allow a service."""
    document = json.loads(policy) if policy else {}
    allowed = [s for s in parse_statements(document) if s.effect == "Allow"]
    for action in actions:
        if not any(s.applies_to(principal, action) for s in allowed):
            yield f"The {policy_name} does not allow {principal} to call {action}."


_CHECKS: Mapping[str, Check] = {
    "AWS::CloudTrail::Trail": _check_trail,
    "AWS::CloudWatch::Alarm": _check_alarm,
    "AWS::KMS::Key": _check_key,
    "AWS::Logs::MetricFilter": _check_metric_filter,
    "AWS::SNS::Topic": _check_topic,
}


def _check_drift(session: DeploySession, stack: Stack) -> Iterator[Discrepancy]:
    """Return the resources that were changed or deleted outside CloudFormation."""
    try:
        detection = session.cloud.detect_drift(stack.id)

        def poll() -> Mapping[str, Any] | None:
            status = session.cloud.drift_status(detection)
            return None if status["DetectionStatus"] == "DETECTION_IN_PROGRESS" else status

        status = session.poller.wait_for("DescribeStackDriftDetectionStatus", poll)
    except AwsError as error:
        yield Discrepancy(logical_id="", text=f"Drift could not be detected: {error.reason}")
        return
    if status["DetectionStatus"] == "DETECTION_FAILED":
        reason = status.get("DetectionStatusReason", "no reason given")
        yield Discrepancy(
            logical_id="", text=f"Drift could not be detected for all resources: {reason}"
        )
    for drift in session.cloud.resource_drifts(stack.id):
        yield Discrepancy(logical_id=drift["LogicalResourceId"], text=_describe_drift(drift))


def _describe_drift(drift: Mapping[str, Any]) -> str:
    if drift["StackResourceDriftStatus"] == "DELETED":
        return "The resource was deleted outside CloudFormation."
    differences = [
        f"{d['PropertyPath'].lstrip('/').replace('/', '.')} is {d['ActualValue']}, "
        f"not {d['ExpectedValue']}"
        for d in drift.get("PropertyDifferences", ())
    ]
    return (
        f"The resource was changed outside CloudFormation: {'; '.join(differences) or 'no details'}"
    )
