"""
What is wrong with log alarms, of what the schema of the type accepts.

In:    a template.
Out:   faults with their paths: what CloudWatch rejects, and what it accepts but does not do.
Never: a value that only a deployment knows. It has no fault.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-log.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutLogAlarm.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trailbell.template import TemplatePath
from trailbell.template.intrinsics import branches, substitute
from trailbell.template.resources import resources_of_type

TYPE = "AWS::CloudWatch::LogAlarm"

_MAX_RESULTS = 100
_MAX_GROUPED = 5
_MISSING = ("breaching", "ignore", "missing", "notBreaching")
_OPERATORS = (
    *("GreaterThanOrEqualToThreshold", "GreaterThanThreshold"),
    *("LessThanOrEqualToThreshold", "LessThanThreshold"),
)
_RATE = re.compile(r"rate\((\d+) (minutes?|hours?|days?)\)")
_SECONDS = {"minute": 60, "hour": 3_600, "day": 86_400}
_SORT = re.compile(r"\s*\|\s*sort\s+(asc|desc)\s*$", re.IGNORECASE)
_AGGREGATION = re.compile(
    r"\s*(count\(\s*\*\s*\)|(avg|sum|min|max)\([^()]+\))(?:\s+by\s+(?P<by>.+))?\s*",
    re.IGNORECASE | re.DOTALL,
)
_UNMASK = re.compile(r"\bunmask\s*\(", re.IGNORECASE)


@dataclass(frozen=True)
class LogAlarmFault:
    """A fault at a path. ``is_rejected`` is whether CloudWatch rejects the alarm."""

    text: str
    path: TemplatePath
    is_rejected: bool


_Fault = tuple[str, TemplatePath]


def faults(document: Any) -> Iterator[LogAlarmFault]:
    """The faults of each log alarm of a template."""
    for logical_id, properties in resources_of_type(document, TYPE):
        path: TemplatePath = ("Resources", logical_id, "Properties")
        for text, fault_path in _rejected(properties):
            yield LogAlarmFault(text, (*path, *fault_path), is_rejected=True)
        for text, fault_path in _without_effect(properties):
            yield LogAlarmFault(text, (*path, *fault_path), is_rejected=False)


def _rejected(properties: Mapping[str, Any]) -> Iterator[_Fault]:
    yield from _results(properties)
    yield from _words(properties, "TreatMissingData", _MISSING)
    yield from _words(properties, "ComparisonOperator", _OPERATORS)
    yield from _log_line_role(properties)
    query_path = ("ScheduledQueryConfiguration",)
    for query, path in branches(properties.get("ScheduledQueryConfiguration"), query_path):
        if isinstance(query, dict):
            for value, at in _texts(query.get("AggregationExpression"), "AggregationExpression"):
                yield from ((text, (*path, *at)) for text in _aggregation(value))
            yield from ((text, (*path, *at)) for text, at in _schedule(query))


def _results(properties: Mapping[str, Any]) -> Iterator[_Fault]:
    """M of N results, of which N is at most 100."""
    needed, evaluated = (
        _numbers(properties.get(name), name)
        for name in ("QueryResultsToAlarm", "QueryResultsToEvaluate")
    )
    for number, path in evaluated:
        if number > _MAX_RESULTS:
            yield f"{number} results are evaluated. Evaluate {_MAX_RESULTS} at most.", path
    if needed and evaluated:
        (least, path), (most, _) = min(needed), max(evaluated)
        if least > most:
            yield (
                (
                    f"{least} of {most} results can never breach. QueryResultsToAlarm must be at "
                    "most QueryResultsToEvaluate."
                ),
                path,
            )


def _words(properties: Mapping[str, Any], name: str, known: tuple[str, ...]) -> Iterator[_Fault]:
    for value, path in _texts(properties.get(name), name):
        if value not in known:
            yield f'{name} is "{value}". Use {", ".join(known[:-1])} or {known[-1]}.', path


def _log_line_role(properties: Mapping[str, Any]) -> Iterator[_Fault]:
    if "ActionLogLineRoleArn" in properties:
        return
    for number, path in _numbers(properties.get("ActionLogLineCount"), "ActionLogLineCount"):
        if number > 0:
            yield "Log lines need a role. Set ActionLogLineRoleArn, or 0 log lines.", path


def _aggregation(text: str) -> Iterator[str]:
    expression = _AGGREGATION.fullmatch(_SORT.sub("", text))
    if expression is None:
        yield (
            f'The aggregation is "{text}". Use count(*), or avg, sum, min or max of a field, and '
            '"by" with fields.'
        )
        return
    grouped = (expression["by"] or "").strip()
    if "bin(" in grouped.replace(" ", "").lower():
        yield 'Results cannot be grouped by bin(). Name fields after "by".'
    elif grouped.count(",") >= _MAX_GROUPED:
        yield f"Results are grouped by {grouped.count(',') + 1} fields. Use {_MAX_GROUPED} at most."


def _schedule(query: Mapping[str, Any]) -> Iterator[_Fault]:
    for schedule, path in branches(query.get("ScheduleConfiguration"), ("ScheduleConfiguration",)):
        if not isinstance(schedule, dict):
            continue
        for value, at in _texts(schedule.get("ScheduleExpression"), "ScheduleExpression"):
            if not _RATE.fullmatch(value) or _interval(value) == 0:
                yield (
                    f'The schedule is "{value}". Use whole minutes, like rate(5 minutes).',
                    (*path, *at),
                )
        start = _numbers(schedule.get("StartTimeOffset"), "StartTimeOffset")
        end = _numbers(schedule.get("EndTimeOffset"), "EndTimeOffset")
        if start and end and min(end)[0] >= max(start)[0]:
            yield (
                (
                    f"EndTimeOffset is {min(end)[0]} and StartTimeOffset {max(start)[0]}. The "
                    "end must be less than the start."
                ),
                (*path, *min(end)[1]),
            )


def _without_effect(properties: Mapping[str, Any]) -> Iterator[_Fault]:
    has_log_lines = any(
        number > 0
        for number, _ in _numbers(properties.get("ActionLogLineCount"), "ActionLogLineCount")
    )
    query_path = ("ScheduledQueryConfiguration",)
    for query, path in branches(properties.get("ScheduledQueryConfiguration"), query_path):
        if not isinstance(query, dict):
            continue
        for text, at in _texts(query.get("QueryString"), "QueryString"):
            if has_log_lines and _UNMASK.search(text):
                yield (
                    (
                        "A notification has no log lines of a query with unmask(). Remove "
                        "unmask(), or the log lines."
                    ),
                    (*path, *at),
                )
        yield from ((text, (*path, *at)) for text, at in _gaps(query))


def _gaps(query: Mapping[str, Any]) -> Iterator[_Fault]:
    """Events that no run of the query reads."""
    schedule = query.get("ScheduleConfiguration")
    if not isinstance(schedule, dict):
        return
    start = _numbers(schedule.get("StartTimeOffset"), "StartTimeOffset")
    end = _numbers(schedule.get("EndTimeOffset", 0), "EndTimeOffset")
    intervals = [
        _interval(value)
        for value, _ in _texts(schedule.get("ScheduleExpression"), "ScheduleExpression")
    ]
    if not (start and end and intervals):
        return
    (last, path), window = max(start), max(start)[0] - min(end)[0]
    if 0 < window < min(intervals):
        yield (
            (
                f"The query reads the events of {window} s every {min(intervals)} s, and misses "
                f"those between. StartTimeOffset is {last}; add at least {min(intervals) - window}."
            ),
            ("ScheduleConfiguration", *path),
        )


def _interval(expression: str) -> int:
    """The seconds between two runs; 0 if the expression is no rate."""
    rate = _RATE.fullmatch(expression)
    return int(rate[1]) * _SECONDS[rate[2].removesuffix("s")] if rate else 0


def _numbers(value: Any, name: str) -> list[tuple[int, TemplatePath]]:
    """The whole numbers that a value can be, with their paths; none of one that is not known."""
    numbers = []
    for branch, path in branches(value, (name,)):
        match branch:
            case bool():
                continue
            case int():
                numbers.append((branch, path))
            case str() if branch.isdecimal():
                numbers.append((int(branch), path))
            case _:
                return []
    return numbers


def _texts(value: Any, name: str) -> Iterator[tuple[str, TemplatePath]]:
    for branch, path in branches(value, (name,)):
        match branch:
            case str():
                yield branch, path
            case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]} if name == "QueryString":
                yield substitute(text, ""), path
