"""
What a stack uses, for which AWS bills: log groups, buckets, queries, messages.

In:    the template of a stack, with the values of its parameters.
Out:   a `TemplateUse`.
Never: how much. `trailbell.cost.estimate` multiplies it with the events of a month.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from trailbell.cost.fixed_costs import transformations
from trailbell.template.evaluate import UNKNOWN, Evaluator
from trailbell.template.intrinsics import SUB_VARIABLE
from trailbell.template.resolve import resolve_template
from trailbell.template.resources import properties, resources, type_of

_WITHOUT_END = 3_650
"""The days for which something is kept that has no end: ten years."""
_HOURS_SHOWN = Decimal(3)
"""The hours that a dashboard shows if its body does not say it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""
MAX_FREE_METRICS = 50
"""Metrics of a dashboard in the free tier: https://aws.amazon.com/cloudwatch/pricing/."""
_USUAL_RATE = 300
_SECONDS = {"minute": 60, "hour": 3_600, "day": 86_400}


@dataclass(frozen=True, kw_only=True)
class Scan:
    """The query of a log alarm: it scans each event ``times``."""

    detection: str
    times: Decimal


@dataclass(frozen=True, kw_only=True)
class DashboardUse:
    """What a view of a dashboard runs: ``queries`` of the events of some ``hours``."""

    metrics: int
    queries: int
    hours: Decimal


@dataclass(frozen=True, kw_only=True)
class TemplateUse:
    """What a stack uses.

    Days are those for which the log group of its trail keeps events, and its bucket log files; 0
    without one. Detections are named by their logical IDs: those with an alarm on a metric filter
    or log alarm of the stack, those whose rule sends messages, and those whose rule forwards
    events to another bus. ``bucket_events`` says that EventBridge receives an event for each log
    file. ``events`` are the kinds of events that the trail records and that have
    a price.
    """

    trails: int = 0
    log_group_days: int = 0
    bucket_days: int = 0
    archives_files: bool = False
    bucket_events: bool = False
    scans: tuple[Scan, ...] = ()
    dashboards: tuple[DashboardUse, ...] = ()
    alarms: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    forwards: tuple[str, ...] = ()
    archive_days: int = 0
    queues: int = 0
    athena: bool = False
    events: tuple[str, ...] = ()


def use_of(values: Evaluator) -> TemplateUse:
    """What the stack uses with these values. A resource that may not exist is left out."""
    by_type: dict[str, dict[str, Mapping[str, Any]]] = {}
    for name, resource in resources(resolve_template(values)).items():
        if "Condition" not in resource:
            by_type.setdefault(type_of(resource), {})[name] = properties(resource)
    trails = tuple(by_type.get("AWS::CloudTrail::Trail", {}).values())
    log_groups = by_type.get("AWS::Logs::LogGroup", {})
    logged = any("CloudWatchLogsLogGroupArn" in trail for trail in trails) and log_groups
    buckets = _log_buckets(by_type)
    archives = tuple(by_type.get("AWS::Events::Archive", {}).values())
    rules = by_type.get("AWS::Events::Rule", {})
    log_alarms = by_type.get("AWS::CloudWatch::LogAlarm", {})
    dashboards = by_type.get("AWS::CloudWatch::Dashboard", {}).values()
    return TemplateUse(
        trails=len(trails),
        log_group_days=max((_days(g, "RetentionInDays") for g in log_groups.values()), default=0)
        if logged
        else 0,
        bucket_days=max(map(_expiration, buckets), default=0),
        archives_files=any(_moves_files(bucket) for bucket in buckets),
        bucket_events=any(map(_sends_events, buckets)),
        scans=tuple(
            Scan(detection=name.removesuffix("LogAlarm"), times=_times(alarm))
            for name, alarm in log_alarms.items()
        ),
        dashboards=tuple(_dashboard(values, each) for each in dashboards),
        alarms=(*_alarms(by_type), *(name.removesuffix("LogAlarm") for name in log_alarms)),
        messages=tuple(name.removesuffix("Rule") for name, rule in rules.items() if _sends(rule)),
        forwards=tuple(name for name, rule in rules.items() if _forwards(rule)),
        archive_days=max((_days(each, "RetentionDays") for each in archives), default=0),
        queues=len(by_type.get("AWS::SQS::Queue", {})),
        athena="AWS::Athena::WorkGroup" in by_type,
        events=tuple(_priced_events(trails)),
    )


def _days(values: Mapping[str, Any], name: str) -> int:
    return _integer(values.get(name), 0) or _WITHOUT_END


def _log_buckets(
    by_type: Mapping[str, Mapping[str, Mapping[str, Any]]],
) -> list[Mapping[str, Any]]:
    """The buckets into which CloudTrail writes log files: their policy lets it."""
    buckets = by_type.get("AWS::S3::Bucket", {})
    found = []
    for policy in by_type.get("AWS::S3::BucketPolicy", {}).values():
        document = json.dumps(policy.get("PolicyDocument"), default=str)
        bucket = policy.get("Bucket")
        name = str(bucket.get("Ref")) if isinstance(bucket, dict) else ""
        if "cloudtrail." in document and "s3:PutObject" in document and name in buckets:
            found.append(buckets[name])
    return found


def _rules(bucket: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    lifecycle = bucket.get("LifecycleConfiguration")
    rules = lifecycle.get("Rules") if isinstance(lifecycle, dict) else None
    return [rule for rule in rules if isinstance(rule, dict)] if isinstance(rules, list) else []


def _expiration(bucket: Mapping[str, Any]) -> int:
    """The days after which log files expire."""
    return min(
        (_days(rule, "ExpirationInDays") for rule in _rules(bucket) if "ExpirationInDays" in rule),
        default=_WITHOUT_END,
    )


def _moves_files(bucket: Mapping[str, Any]) -> bool:
    return any("Transitions" in rule for rule in _rules(bucket))


def _sends_events(bucket: Mapping[str, Any]) -> bool:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html"""
    configuration = bucket.get("NotificationConfiguration")
    return isinstance(configuration, dict) and "EventBridgeConfiguration" in configuration


def _times(alarm: Mapping[str, Any]) -> Decimal:
    """How often a log alarm scans each event: the time that its query reads, by its schedule.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ScheduleConfiguration.html
    """
    query = alarm.get("ScheduledQueryConfiguration")
    schedule = query.get("ScheduleConfiguration") if isinstance(query, dict) else None
    values = schedule if isinstance(schedule, dict) else {}
    match str(values.get("ScheduleExpression")).removeprefix("rate(").removesuffix(")").split():
        case [number, unit] if unit.removesuffix("s") in _SECONDS:
            every = _integer(number, 0) * _SECONDS[unit.removesuffix("s")]
        case _:
            every = 0
    every = every or _USUAL_RATE
    start = _integer(values.get("StartTimeOffset"), every)
    window = start - _integer(values.get("EndTimeOffset"), 0)
    return Decimal(max(0, window)) / every


def _integer(value: Any, otherwise: int) -> int:
    return int(str(value)) if str(value).isdecimal() else otherwise


def _alarms(by_type: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Iterator[str]:
    """The metrics of metric filters that have an alarm."""
    published = {
        str(transformation.get("MetricName"))
        for values in by_type.get("AWS::Logs::MetricFilter", {}).values()
        for transformation in transformations({"Properties": values})
    }
    for alarm in by_type.get("AWS::CloudWatch::Alarm", {}).values():
        if (name := str(alarm.get("MetricName"))) in published:
            yield name


def _targets(rule: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    targets = rule.get("Targets")
    return [each for each in targets if isinstance(each, dict)] if isinstance(targets, list) else []


def _sends(rule: Mapping[str, Any]) -> bool:
    """Whether a rule sends text for people. A topic needs no role to be a target.

    Messages for chat are delivered over HTTPS, of which 100,000 are free.
    """
    return any(
        "InputTransformer" in each and "RoleArn" not in each and each.get("Id") != "chat"
        for each in _targets(rule)
    )


def _forwards(rule: Mapping[str, Any]) -> bool:
    """Whether a rule sends events as they are to another bus, which takes a role.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
    """
    return any("InputTransformer" not in each and "RoleArn" in each for each in _targets(rule))


def _priced_events(trails: tuple[Mapping[str, Any], ...]) -> Iterator[str]:
    """The kinds of events with a price: https://aws.amazon.com/cloudtrail/pricing/."""
    selectors = json.dumps([trail.get("AdvancedEventSelectors") for trail in trails], default=str)
    if '"Data"' in selectors:
        yield "data events"
    if any(trail.get("InsightSelectors") for trail in trails):
        yield "Insights"


# ---------------------------------------------------------------- dashboards


def _dashboard(values: Evaluator, dashboard: Mapping[str, Any]) -> DashboardUse:
    """What a view runs. A body that cannot be read has a query, and more metrics than are free."""
    try:
        body = json.loads(_text(values, dashboard.get("DashboardBody")), strict=False)
        widgets = [each for each in body["widgets"] if isinstance(each, dict)]
        start = str(body.get("start", ""))
    except (ValueError, KeyError, TypeError):
        return DashboardUse(metrics=MAX_FREE_METRICS + 1, queries=1, hours=_HOURS_SHOWN)
    metrics = [row for each in widgets for row in _rows(each)]
    hours = start.removeprefix("-PT").removesuffix("H")
    return DashboardUse(
        metrics=len(metrics),
        queries=sum(each.get("type") == "log" for each in widgets),
        hours=Decimal(hours) if hours.isdecimal() else _HOURS_SHOWN,
    )


def _rows(widget: Mapping[str, Any]) -> list[Any]:
    shown = widget.get("properties")
    rows = shown.get("metrics") if isinstance(shown, dict) else None
    return rows if isinstance(rows, list) else []


def _text(values: Evaluator, value: Any) -> str:
    """A text as far as it is known. What only a deployment knows is the letter x."""
    known = values.value(value)
    if known is not UNKNOWN:
        return str(known)
    match value:
        case {"Fn::If": [str(name), yes, no]}:
            return _text(values, no if values.condition(name) is False else yes)
        case {"Fn::Sub": str(text)}:
            return SUB_VARIABLE.sub("x", text)
        case {"Fn::Sub": [str(text), dict(variables)]}:
            texts = {name: _text(values, member) for name, member in variables.items()}
            return SUB_VARIABLE.sub(lambda found: texts.get(found[1], "x"), text)
        case _:
            return "x"
