"""
Who is notified after a deployment, and which detection can prove it.

In:    the results of a deployment, the stacks with their settings.
Out:   the same results, with the subscribers of the topics, and a detection to drill.
Never: a deployment that fails because subscriptions cannot be read: that is a note.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from trailbell.aws.sns import Sns
from trailbell.aws.threads import run_concurrently
from trailbell.deploy.result import StackResult, StackResultStatus, TopicSubscribers
from trailbell.deploy.session import DeploySession
from trailbell.deploy.target import StackToDeploy
from trailbell.diff.judgment.detection_names import name_detections
from trailbell.errors import AwsError
from trailbell.template import Template
from trailbell.template.resources import properties, resources, type_of

_TOPIC = "AWS::SNS::Topic"
_SUBSCRIPTION = "AWS::SNS::Subscription"
_ALARM = "AWS::CloudWatch::Alarm"
_FILTER = "AWS::Logs::MetricFilter"
_DEPLOYED = (StackResultStatus.DEPLOYED, StackResultStatus.UNCHANGED)


def with_subscribers(
    session: DeploySession, targets: Iterable[StackToDeploy], results: Iterable[StackResult]
) -> tuple[StackResult, ...]:
    """Add who is notified to the results of stacks that are deployed now.

    Ctrl-C leaves the other results as they are: the deployment has ended.
    """
    by_stack = {target.stack: target for target in targets}
    added: list[StackResult] = []
    for result in results:
        target = by_stack.get(result.stack)
        if target is None or result.status not in _DEPLOYED:
            added.append(result)
            continue
        try:
            topics = _read(session, target)
        except KeyboardInterrupt:
            topics = ()
        detection = detection_to_drill(target.source.document)
        added.append(replace(result, topics=topics, detection=detection))
    return tuple(added)


def detection_to_drill(template: Template) -> str:
    """The first detection of a template for which one event is enough; empty if there is none.

    It has a metric filter and an alarm with the threshold 1.
    """
    names = name_detections(template)
    declared = resources(template)
    counted = {names[key].id for key, each in declared.items() if type_of(each) == _FILTER}
    with_one_event = (
        names[key].id
        for key, each in declared.items()
        if type_of(each) == _ALARM and properties(each).get("Threshold") == 1
    )
    return next((name for name in with_one_event if name in counted), "")


def _read(session: DeploySession, target: StackToDeploy) -> tuple[TopicSubscribers, ...]:
    """The subscribers of the topics of a stack, in the order of its template."""
    declared = resources(target.source.document)
    names = [key for key, resource in declared.items() if type_of(resource) == _TOPIC]
    if not names:
        return ()
    try:
        recorded = {each.logical_id: each for each in session.cloud.resources(target.name)}
    except AwsError as error:
        return (TopicSubscribers(topic="", unread=f"{error.operation}: {error.reason}"),)
    sns = Sns(session.aws.service("sns"))
    arns = {name: recorded[name].physical_id for name in names if name in recorded}
    return tuple(
        run_concurrently(
            partial(_read_topic, sns, name, arn, _parameters(declared, name))
            for name, arn in arns.items()
        )
    )


def _read_topic(sns: Sns, name: str, arn: str, parameters: tuple[str, ...]) -> TopicSubscribers:
    topic = TopicSubscribers(topic=name, parameters=parameters)
    try:
        subscriptions = sns.subscriptions(arn)
    except AwsError as error:
        return replace(topic, unread=f"{error.operation}: {error.reason}")
    return replace(
        topic,
        confirmed=tuple(f"{s.protocol} {s.endpoint}" for s in subscriptions if s.is_confirmed),
        pending=tuple(f"{s.protocol} {s.endpoint}" for s in subscriptions if not s.is_confirmed),
    )


def _parameters(declared: Mapping[str, Mapping[str, Any]], topic: str) -> tuple[str, ...]:
    """The parameters of the template that subscribe an endpoint to a topic."""
    return tuple(dict.fromkeys(_endpoints(declared, topic)))


def _endpoints(declared: Mapping[str, Mapping[str, Any]], topic: str) -> Iterator[str]:
    for resource in declared.values():
        values = properties(resource)
        if type_of(resource) == _SUBSCRIPTION and values.get("TopicArn") == {"Ref": topic}:
            match values.get("Endpoint"):
                case {"Ref": str(name)}:
                    yield name
