"""
Plan the part of a drill that goes through a metric filter and an alarm.

In:    what a stack has of a detection, and what CloudWatch has now: filters, alarm, topics.
Out:   an `AlarmPart`.
Never: an event that the deployed filter does not match, or a drill of an alarm that cannot notify.
       `PreconditionError` says why, and what to do.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, floor
from typing import Any

from trailbell.aws.cloudwatch import Alarm, CloudWatch, Metric
from trailbell.aws.logs import CloudWatchLogs, MetricFilter
from trailbell.aws.sns import Sns
from trailbell.catalog.detection import Detection
from trailbell.deploy.session import DeploySession
from trailbell.drill.deployed_detection import DeployedDetection
from trailbell.drill.notified import read_topics
from trailbell.drill.plan import AlarmPart
from trailbell.drill.sample_event import Marking, candidates, mark, to_message
from trailbell.errors import PatternError, PreconditionError
from trailbell.pattern import FilterPattern, Outcome, parse
from trailbell.samples import Event, api_call, assumed_role_identity

_MOST_EVENTS = 1_000


def plan_alarm_part(
    session: DeploySession, deployed: DeployedDetection, detection: Detection, marking: Marking
) -> AlarmPart:
    """Read filters, alarm and topics, and plan. Raises `PreconditionError`."""
    alarm = _read_alarm(session, deployed)
    group = deployed.filters[0].properties.get("LogGroupName") if deployed.filters else None
    if not isinstance(group, str):
        raise _blocked(deployed, "Its log group is not known.", _VERIFY)
    live = CloudWatchLogs(session.aws.service("logs")).metric_filters(group)
    metric = (alarm.namespace, alarm.metric)
    own = [each for each in live if metric in each.metrics]
    event, where, matching = _choose_event(deployed, detection, marking, own)
    count = _count(deployed, alarm)
    stream = f"trailbell-drill-{marking.run}-{deployed.stack}"
    others = [each for each in live if each not in own]
    topics = [arn for arn in alarm.actions if f":sns:{session.region}:" in arn]
    return AlarmPart(
        stack=deployed.stack,
        log_group=group,
        log_stream=stream,
        events=tuple(mark(event, where, number) for number in range(1, count + 1)),
        filters=tuple(each.name for each in matching),
        metric=Metric(*metric),
        alarm=alarm.name,
        period=alarm.period,
        topics=read_topics(Sns(session.aws.service("sns")), topics),
        also_fires=tuple(_names_of_matching(others, mark(event, where))),
        fires_on_cleanup=tuple(_names_of_matching(live, _deletion(session, group, stream))),
    )


_VERIFY = "Find out what differs with: trailbell verify {stack}"


def _blocked(deployed: DeployedDetection, reason: str, hint: str) -> PreconditionError:
    name = deployed.alarm.physical_id if deployed.alarm else deployed.stack
    return PreconditionError(f"alarm {name}", reason, hint.format(stack=deployed.stack))


def _read_alarm(session: DeploySession, deployed: DeployedDetection) -> Alarm:
    """The alarm as it is now. Raises `PreconditionError` if it cannot go into ALARM and notify."""
    cloudwatch = CloudWatch(session.aws.service("cloudwatch"))
    name = deployed.alarm.physical_id if deployed.alarm else ""
    alarm = cloudwatch.alarm(name)
    if alarm is None:
        raise _blocked(deployed, "It was deleted outside CloudFormation.", _VERIFY)
    if alarm.state == "ALARM":
        raise _blocked(
            deployed,
            "It is in ALARM already, and an alarm notifies only when its state changes.",
            "Find out why it is in ALARM. Run the drill again when it has returned to OK.",
        )
    if not alarm.actions_enabled or not alarm.actions:
        raise _blocked(deployed, "Its actions are disabled, or it has none.", _VERIFY)
    if rules := cloudwatch.mute_rules(name):
        raise _blocked(
            deployed,
            f"It is muted by the alarm mute rule {', '.join(rules)}.",
            "Run the drill again when the mute rule is not active.",
        )
    return alarm


def _count(deployed: DeployedDetection, alarm: Alarm) -> int:
    """How many events it takes. All of them are in one period."""
    if alarm.datapoints_to_alarm > 1:
        raise _blocked(
            deployed,
            f"It goes into ALARM after {alarm.datapoints_to_alarm} periods of {alarm.period:,} "
            "seconds, and a drill sends all events in one period.",
            "Drill another detection, which notifies the same topic.",
        )
    counts = {
        "GreaterThanOrEqualToThreshold": ceil(alarm.threshold),
        "GreaterThanThreshold": floor(alarm.threshold) + 1,
    }
    count = counts.get(alarm.comparison, 0)
    if alarm.statistic != "Sum" or not 1 <= count <= _MOST_EVENTS:
        raise _blocked(
            deployed,
            f"{alarm.statistic} {alarm.comparison} {alarm.threshold:g} is not a number of events "
            f"from 1 to {_MOST_EVENTS:,}.",
            _VERIFY,
        )
    return count


def _choose_event(
    deployed: DeployedDetection,
    detection: Detection,
    marking: Marking,
    filters: Sequence[MetricFilter],
) -> tuple[Event, Marking, list[MetricFilter]]:
    """The first sample event that a filter matches as it is now, how it is marked, which do."""
    if not filters:
        raise _blocked(deployed, "No metric filter publishes to its metric.", _VERIFY)
    for event, where in candidates(detection, marking):
        matching = [each for each in filters if _matches(each, mark(event, where))]
        if matching:
            return event, where, matching
    raise _blocked(
        deployed,
        f"The deployed filter pattern of {' and '.join(each.name for each in filters)} matches no "
        f"sample event of {detection.id}.",
        "Deploy {stack} with the current templates. If a setting excludes the sample events of "
        "this account, drill another detection.",
    )


def _matches(each: MetricFilter, event: Mapping[str, Any]) -> bool:
    pattern = _parse(each.pattern)
    return pattern is not None and pattern.test(to_message(event)) == Outcome.MATCH


def _parse(text: str) -> FilterPattern | None:
    """A deployed pattern; None if it is one that this version cannot read."""
    try:
        return parse(text)
    except PatternError:
        return None


def _names_of_matching(filters: Sequence[MetricFilter], event: Mapping[str, Any]) -> Iterator[str]:
    yield from (each.name for each in filters if each.metrics and _matches(each, event))


def _deletion(session: DeploySession, group: str, stream: str) -> Event:
    """The record of CloudTrail about the cleanup, as far as patterns ask for it."""
    return api_call(
        "logs",
        "DeleteLogStream",
        assumed_role_identity("drill"),
        request={"logGroupName": group, "logStreamName": stream},
        awsRegion=session.region,
        recipientAccountId=session.identity.account,
    )
