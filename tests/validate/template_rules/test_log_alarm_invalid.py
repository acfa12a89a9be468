"""The rule E9818: a log alarm has only values that CloudWatch accepts."""

import pytest

from tests.validate.rule_matches import (
    NO_VALUE,
    Matches,
    Resources,
    either,
    fires,
    ref,
    resource,
    rule_matches,
    silent,
)
from trailbell.validate.template_rules.LogAlarmInvalid import LogAlarmInvalid

_SCHEDULE = {"ScheduleExpression": "rate(5 minutes)", "StartTimeOffset": 900, "EndTimeOffset": 0}


def log_alarm(**properties: object) -> Resources:
    """A log alarm without faults, with other values for some properties at any depth."""
    schedule = {name: properties.pop(name, value) for name, value in _SCHEDULE.items()}
    query = {
        "QueryString": properties.pop("QueryString", "fields @message"),
        "AggregationExpression": properties.pop("AggregationExpression", "count(*) by who"),
        "ScheduleConfiguration": schedule,
    }
    whole = {
        "QueryResultsToAlarm": 2,
        "QueryResultsToEvaluate": 3,
        "TreatMissingData": "notBreaching",
        "ComparisonOperator": "GreaterThanThreshold",
        "ActionLogLineCount": 50,
        "ActionLogLineRoleArn": ref("Role"),
        "ScheduledQueryConfiguration": query,
        **properties,
    }
    return {"A": resource("CloudWatch::LogAlarm", **whole)}


_QUERY = "A.Properties.ScheduledQueryConfiguration"
_NEVER = (
    "A.Properties.QueryResultsToAlarm",
    (
        "4 of 3 results can never breach. QueryResultsToAlarm must be at most "
        "QueryResultsToEvaluate."
    ),
)
_ROLE = (
    "A.Properties.ActionLogLineCount",
    "Log lines need a role. Set ActionLogLineRoleArn, or 0 log lines.",
)


def _aggregation(expression: str) -> tuple[str, str]:
    return (
        f"{_QUERY}.AggregationExpression",
        (
            f'The aggregation is "{expression}". Use count(*), or avg, sum, min or max of a field, '
            'and "by" with fields.'
        ),
    )


def _schedule(expression: str) -> tuple[str, str]:
    return (
        f"{_QUERY}.ScheduleConfiguration.ScheduleExpression",
        f'The schedule is "{expression}". Use whole minutes, like rate(5 minutes).',
    )


_CASES = [
    silent("everything is right", log_alarm()),
    silent("a metric alarm", {"A": resource("CloudWatch::Alarm", TreatMissingData="notBreeching")}),
    silent(
        "values from parameters", log_alarm(QueryResultsToAlarm=ref("M"), EndTimeOffset=ref("E"))
    ),
    silent("one pair of branches is right", log_alarm(QueryResultsToAlarm=either(4, 2))),
    silent("a query from a parameter", log_alarm(ScheduledQueryConfiguration=ref("Query"))),
    silent("M of M", log_alarm(QueryResultsToAlarm=3)),
    silent("no log lines, no role", log_alarm(ActionLogLineCount=0, ActionLogLineRoleArn=NO_VALUE)),
    silent(
        "an average of a field", log_alarm(AggregationExpression="avg(latency) by a, b | sort desc")
    ),
    silent("no group", log_alarm(AggregationExpression="COUNT(*)")),
    silent("hours", log_alarm(ScheduleExpression="rate(1 hour)")),
    fires("more results than are evaluated", log_alarm(QueryResultsToAlarm=4), _NEVER),
    fires("the same as text", log_alarm(QueryResultsToAlarm="4"), _NEVER),
    fires(
        "more than 100 results",
        log_alarm(QueryResultsToEvaluate=101),
        (
            "A.Properties.QueryResultsToEvaluate",
            "101 results are evaluated. Evaluate 100 at most.",
        ),
    ),
    fires(
        "a misspelled word for missing data",
        log_alarm(TreatMissingData="notBreeching"),
        (
            "A.Properties.TreatMissingData",
            'TreatMissingData is "notBreeching". Use breaching, ignore, missing or notBreaching.',
        ),
    ),
    fires(
        "the operator of an anomaly",
        log_alarm(ComparisonOperator="GreaterThanUpperThreshold"),
        (
            "A.Properties.ComparisonOperator",
            (
                'ComparisonOperator is "GreaterThanUpperThreshold". Use '
                "GreaterThanOrEqualToThreshold, GreaterThanThreshold, LessThanOrEqualToThreshold "
                "or LessThanThreshold."
            ),
        ),
    ),
    fires("an average of nothing", log_alarm(AggregationExpression="avg()"), _aggregation("avg()")),
    fires(
        "another function",
        log_alarm(AggregationExpression="count_distinct(x) by who"),
        _aggregation("count_distinct(x) by who"),
    ),
    fires(
        "a command",
        log_alarm(AggregationExpression="stats count(*)"),
        _aggregation("stats count(*)"),
    ),
    fires(
        "groups of time",
        log_alarm(AggregationExpression="count(*) by bin(5m)"),
        (
            f"{_QUERY}.AggregationExpression",
            'Results cannot be grouped by bin(). Name fields after "by".',
        ),
    ),
    fires(
        "six fields",
        log_alarm(AggregationExpression="count(*) by a, b, c, d, e, f | sort asc"),
        (
            f"{_QUERY}.AggregationExpression",
            "Results are grouped by 6 fields. Use 5 at most.",
        ),
    ),
    fires(
        "a cron expression",
        log_alarm(ScheduleExpression="cron(0 * * * ? *)"),
        _schedule("cron(0 * * * ? *)"),
    ),
    fires(
        "seconds", log_alarm(ScheduleExpression="rate(30 seconds)"), _schedule("rate(30 seconds)")
    ),
    fires("no time", log_alarm(ScheduleExpression="rate(0 minutes)"), _schedule("rate(0 minutes)")),
    fires(
        "an end before the start",
        log_alarm(StartTimeOffset=300, EndTimeOffset=300),
        (
            f"{_QUERY}.ScheduleConfiguration.EndTimeOffset",
            ("EndTimeOffset is 300 and StartTimeOffset 300. The end must be less than the start."),
        ),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(LogAlarmInvalid(), resources) == findings


def test_log_lines_without_a_role() -> None:
    resources = log_alarm()
    del resources["A"]["Properties"]["ActionLogLineRoleArn"]
    assert rule_matches(LogAlarmInvalid(), resources) == [_ROLE]
