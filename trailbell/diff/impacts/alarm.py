"""
What a change means for an alarm: when it fires, and what it notifies.

In:    the old and the new properties of an `AWS::CloudWatch::Alarm`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from trailbell.diff.impacts.topic import GET_TOPIC_ATTRIBUTES
from trailbell.diff.judgment.alarm_forms import find_lost_metric_alarm
from trailbell.diff.judgment.alarm_sensitivity import find_lost_sensitivity
from trailbell.diff.judgment.evaluated_template import describe
from trailbell.diff.judgment.notifications import find_lost_notifications
from trailbell.diff.judgment.published_metrics import Metric, alarm_metric, published_by
from trailbell.diff.judgment.read_back import (
    DELETED,
    Described,
    Finding,
    FindingKind,
    Operation,
    Read,
    comparable,
    compare,
    not_compared,
)
from trailbell.diff.judgment.resource_diff import ResourceDiff
from trailbell.template.evaluate import is_unknown

TYPE = "AWS::CloudWatch::Alarm"


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        yield from find_lost_metric_alarm(diff)
        return
    yield from find_lost_notifications(diff)
    yield from _lost_metric(diff)
    yield from find_lost_sensitivity(diff.before, diff.after)
    yield from find_missing_data_gaps(diff.before, diff.after)


def _lost_metric(diff: ResourceDiff) -> Iterator[str]:
    """The alarm watches another metric, to which its metric filters do not publish."""
    old, new = alarm_metric(diff.before), alarm_metric(diff.after)
    if old == new:
        return
    filters = published_by(diff.old, old)
    if filters and filters <= published_by(diff.new, new):
        return
    yield f"The alarm watches {_describe(new)} instead of {_describe(old)}."


def _describe(metric: Metric) -> str:
    dimensions = ", ".join(f"{name}={describe(value)}" for name, value in metric.dimensions)
    text = f"metric {describe(metric.namespace)} {describe(metric.name)}"
    text += f" ({dimensions})" if dimensions else ""
    return f"{text} in {metric.unit}" if metric.unit else text


# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
def find_missing_data_gaps(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Find what another treatment of missing data changes, for alarms of either form."""
    old, new = (side.get("TreatMissingData", "missing") for side in (before, after))
    if old == new:
        return  # a lost action is a lost notification
    if _notices_silence(before) and not _notices_silence(after):
        yield f"Missing data is {describe(new)}: the alarm no longer notifies if nothing arrives."
    elif not _fires_below(after) and new not in ("missing", "notBreaching"):
        yield (
            f"Missing data is {describe(new)} instead of {describe(old)}: the alarm can stay in "
            "ALARM, in which further events send no notification."
        )


def _notices_silence(alarm: Mapping[str, Any]) -> bool:
    """Whether the alarm notifies if its metric has no data.

    Either missing data is below the threshold, or an action runs when all of it is missing.
    """
    treatment = alarm.get("TreatMissingData", "missing")
    if treatment == "missing":
        return _fires_below(alarm) and bool(alarm.get("InsufficientDataActions"))
    return _fires_below(alarm) and treatment == "breaching"


def _fires_below(alarm: Mapping[str, Any]) -> bool:
    return str(alarm.get("ComparisonOperator")).startswith("Less")


# What AWS describes

DESCRIBE_ALARMS = Operation(service="cloudwatch", name="DescribeAlarms", items="MetricAlarms")
LIST_MUTE_RULES = Operation(
    service="cloudwatch", name="ListAlarmMuteRules", items="AlarmMuteRuleSummaries"
)
GET_ACTION_TOPIC = replace(GET_TOPIC_ATTRIBUTES, optional=True)
READS = (DESCRIBE_ALARMS, LIST_MUTE_RULES, GET_ACTION_TOPIC)

# The values that CloudWatch uses for properties that a template does not set.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
_COMPARED: Mapping[str, Any] = {
    "Namespace": None,
    "MetricName": None,
    "Statistic": None,
    "ExtendedStatistic": None,
    "Period": None,
    "Unit": None,
    "Threshold": None,
    "ComparisonOperator": None,
    "EvaluationPeriods": None,
    "TreatMissingData": "missing",
}
_ACTIVE_RULES = ["SCHEDULED", "ACTIVE"]
_GRACE = timedelta(minutes=15)


def list_reads(described: Described) -> Iterator[Read]:
    """The alarm, the rules that mute it, and the topics that it notifies."""
    yield _alarm_read(described)
    yield from list_notification_reads(described, _alarm_read(described))


def list_notification_reads(described: Described, read: Read) -> Iterator[Read]:
    """The rules that mute an alarm of either form, and the topics that it notifies."""
    yield LIST_MUTE_RULES(Statuses=_ACTIVE_RULES)
    if described.items(LIST_MUTE_RULES(Statuses=_ACTIVE_RULES)):
        yield _mute_read(described)
    for alarm in described.items(read):
        yield from (_topic_read(action) for action in _own_topics(alarm, described))


def find_faults(described: Described) -> Iterator[Finding]:
    """Find what keeps the alarm from triggering, or from notifying."""
    if described.answer(_alarm_read(described)) is None:
        return
    alarm = next(iter(described.items(_alarm_read(described))), None)
    if alarm is None:
        yield DELETED
        return
    yield from _differences(alarm, described)
    yield from _state_faults(alarm, described)
    yield from find_notification_faults(alarm, described)


def find_notification_faults(alarm: Mapping[str, Any], described: Described) -> Iterator[Finding]:
    """Find what keeps an alarm of either form from notifying, or from being evaluated."""
    evaluation = alarm.get("EvaluationState")
    if evaluation:
        yield Finding(f"CloudWatch cannot evaluate it completely: {evaluation}.")
    yield from _action_faults(alarm, described)
    for rule in described.items(_mute_read(described)):
        name = rule.get("AlarmMuteRuleArn", "").rsplit(":", 1)[-1]
        yield Finding(f"It is muted by the alarm mute rule {name} ({rule.get('Status', '')}).")


def _alarm_read(described: Described) -> Read:
    return DESCRIBE_ALARMS(AlarmNames=[described.physical_id])


def _mute_read(described: Described) -> Read:
    return LIST_MUTE_RULES(AlarmName=described.physical_id, Statuses=_ACTIVE_RULES)


def _topic_read(arn: str) -> Read:
    return GET_ACTION_TOPIC(TopicArn=arn)


def _own_topics(alarm: Mapping[str, Any], described: Described) -> list[str]:
    """The topics among the actions. An alarm notifies topics of its own Region only."""
    service = f":sns:{described.stack.region}:"
    return [action for action in alarm.get("AlarmActions", ()) if service in action]


def _differences(alarm: Mapping[str, Any], described: Described) -> Iterator[Finding]:
    for name, default in _COMPARED.items():
        if "Metrics" not in described.resource.properties or name in described.resource.properties:
            yield from compare(name, described.property(name, default), alarm.get(name, default))
    periods, actual_periods = (
        described.property("EvaluationPeriods"),
        alarm.get("EvaluationPeriods"),
    )
    yield from compare(
        "DatapointsToAlarm",
        described.property("DatapointsToAlarm", periods),
        alarm.get("DatapointsToAlarm", actual_periods),
    )
    for name in ("Dimensions", "Metrics"):
        yield from compare(name, described.property(name), alarm.get(name) or None)


def _action_faults(alarm: Mapping[str, Any], described: Described) -> Iterator[Finding]:
    enabled = comparable(described.property("ActionsEnabled", True)) == "true"
    if enabled and not alarm.get("ActionsEnabled", True):
        yield Finding("Its actions are disabled.")
    for name in ("AlarmActions", "OKActions", "InsufficientDataActions"):
        wanted, actual = described.property(name, []), alarm.get(name, [])
        if name == "AlarmActions" and not actual:
            yield Finding("It has no alarm actions.")
        elif is_unknown(wanted):
            yield not_compared(name)
        else:
            missing = [action for action in wanted if action not in actual]
            added = [action for action in actual if action not in wanted]
            if missing:
                instead = f", but {', '.join(added)}" if added else ""
                yield Finding(f"{name} does not have {', '.join(missing)}{instead}.")
            elif added:
                yield Finding(f"{name} has {', '.join(added)}, not in the template.")
    for topic in _own_topics(alarm, described):
        if described.is_absent(_topic_read(topic)):
            yield Finding(f"The topic {topic}, which it notifies, does not exist.")


def _state_faults(alarm: Mapping[str, Any], described: Described) -> Iterator[Finding]:
    """Find an alarm that reports missing events.

    An alarm that notifies of missing data is in OK while events arrive. A new one has no data yet:
    until a period has passed, that is a remark.
    """
    state = alarm.get("StateValue", "OK")
    names = ("ComparisonOperator", "InsufficientDataActions", "TreatMissingData")
    wanted = {name: described.property(name) for name in names}
    if state == "OK" or not _notices_silence({k: v for k, v in wanted.items() if v is not None}):
        return
    text = f"Its state is {state}: no events arrive, or they are not counted."
    periods = int(alarm.get("Period", 0)) * int(alarm.get("EvaluationPeriods", 1))
    since = alarm.get("StateUpdatedTimestamp")
    if since is not None and described.now - since < timedelta(seconds=periods) + _GRACE:
        yield Finding(f"{text} Verify it again after {periods} seconds.", FindingKind.REMARK)
    else:
        yield Finding(text)
