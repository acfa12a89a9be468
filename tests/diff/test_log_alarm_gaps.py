"""What changes of log alarms mean, and moves between a metric alarm and a log alarm."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from stacks import identity, tamper
from tests.deploy.conftest import source
from trailbell.build.project import load_project
from trailbell.diff.impacts import log_alarm
from trailbell.diff.judgment.read_back import (
    DELETED,
    DeployedResource,
    DeployedStack,
    Described,
    Finding,
)
from trailbell.diff.model import Risk
from trailbell.diff.removed_stack import plan_removed_stack
from trailbell.diff.templates import plan_from_templates
from trailbell.settings import parse
from trailbell.template.evaluate import UNKNOWN

Template = dict[str, Any]

_FIELDS = "fields @timestamp, coalesce(userIdentity.arn, @logStream) as who"
_SCHEDULE = {"ScheduleExpression": "rate(5 minutes)", "StartTimeOffset": 900, "EndTimeOffset": 600}
_TEXT = f'{_FIELDS}\n| filter eventName = "DeleteTrail"'
_QUERY: dict[str, Any] = {
    "QueryString": _TEXT,
    "AggregationExpression": "count(*) by who | sort desc",
    "LogGroupIdentifiers": ["events"],
    "ScheduledQueryRoleARN": "arn:aws:iam::111122223333:role/query",
    "ScheduleConfiguration": _SCHEDULE,
}
_LOG_ALARM = {
    "AlarmName": {"Fn::Sub": "${AWS::StackName}-trail-log"},
    "AlarmDescription": "A trail was deleted (high)\n\nIt matters.",
    "ScheduledQueryConfiguration": _QUERY,
    "QueryResultsToEvaluate": 3,
    "QueryResultsToAlarm": 2,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "Threshold": 5,
    "TreatMissingData": "notBreaching",
    "ActionLogLineCount": 50,
    "ActionLogLineRoleArn": "arn:aws:iam::111122223333:role/lines",
    "AlarmActions": ["arn:aws:sns:us-east-1:111122223333:high"],
}


def _gaps(before: Template, after: Template) -> list[str]:
    plan = plan_from_templates(source("s", after), before, "before")
    assert plan.notices == ()
    return [
        f"{impact.logical_id}: {impact.text}"
        for impact in plan.impacts
        if impact.risk is Risk.DETECTION_GAP
    ]


def _resources(**resources: tuple[str, Mapping[str, Any]]) -> Template:
    return {
        "Resources": {
            name: {"Type": f"AWS::{kind}", "Properties": dict(properties)}
            for name, (kind, properties) in resources.items()
        }
    }


def _changed(**change: Any) -> list[str]:
    query = {name: change.pop(name) for name in [*change] if name in _QUERY}
    schedule = {name: change.pop(name) for name in [*change] if name in _SCHEDULE}
    if schedule:
        query["ScheduleConfiguration"] = {**_SCHEDULE, **schedule}
    if query:
        change["ScheduledQueryConfiguration"] = {**_QUERY, **query}
    return _gaps(
        _resources(A=("CloudWatch::LogAlarm", _LOG_ALARM)),
        _resources(A=("CloudWatch::LogAlarm", {**_LOG_ALARM, **change})),
    )


_NOW = "instead of at 5 events by who in 5 minutes, in 2 of 3 results."


@pytest.mark.parametrize(
    ("change", "text"),
    [
        pytest.param(
            {"ActionsEnabled": False},
            "Alarm actions are disabled: no notification is sent.",
            id="actions are disabled",
        ),
        pytest.param(
            {"AlarmActions": []},
            "Alarm action arn:aws:sns:us-east-1:111122223333:high (its subscribers are not in this "
            "template) is removed: no notification is sent.",
            id="no action",
        ),
        pytest.param(
            {"Threshold": 6},
            f"The alarm fires at 6 events by who in 5 minutes, in 2 of 3 results {_NOW}",
            id="a higher threshold",
        ),
        pytest.param(
            {"ComparisonOperator": "GreaterThanThreshold"},
            f"The alarm fires at 6 events by who in 5 minutes, in 2 of 3 results {_NOW}",
            id="more than 5",
        ),
        pytest.param(
            {"QueryResultsToAlarm": 3},
            f"The alarm fires at 5 events by who in 5 minutes, in 3 of 3 results {_NOW}",
            id="more results have to breach",
        ),
        pytest.param(
            {"QueryResultsToEvaluate": 2},
            f"The alarm fires at 5 events by who in 5 minutes, in 2 of 2 results {_NOW}",
            id="the results have to be closer together",
        ),
        pytest.param(
            {"EndTimeOffset": 780, "ScheduleExpression": "rate(2 minutes)"},
            f"The alarm fires at 5 events by who in 2 minutes, in 2 of 3 results {_NOW}",
            id="fewer events are counted together",
        ),
        pytest.param(
            {"StartTimeOffset": 660, "EndTimeOffset": 360},
            "The query no longer finds events that arrive more than 11 minutes late, instead of "
            "15 minutes.",
            id="late events are not found",
        ),
        pytest.param(
            {"StartTimeOffset": 1200, "ScheduleExpression": "rate(1 hour)"},
            "The query reads 10 minutes of events every 1 hour: the events between are not "
            "counted.",
            id="a query that runs too seldom",
        ),
        pytest.param(
            {"AggregationExpression": "count(*)"},
            "The alarm counts events of all identities instead of by who: another identity may "
            "send no notification, or the threshold may not be reached.",
            id="no groups",
        ),
        pytest.param(
            {"AggregationExpression": "count(*) by awsRegion, who"},
            "The alarm counts events by awsRegion, who instead of by who: another identity may "
            "send no notification, or the threshold may not be reached.",
            id="smaller groups",
        ),
        pytest.param(
            {"AggregationExpression": "max(readOnly) by who"},
            "The alarm may fire less: AggregationExpression could not be compared with the old "
            "value.",
            id="another aggregation",
        ),
        pytest.param(
            {"Threshold": {"Ref": "AWS::NoValue"}},
            "The alarm may fire less: Threshold could not be compared with the old value.",
            id="a threshold that is not set",
        ),
        pytest.param(
            {"ScheduleExpression": "cron(0 * * * ? *)"},
            "The alarm may fire less: ScheduleConfiguration could not be compared with the old "
            "value.",
            id="a schedule that is no rate",
        ),
        pytest.param(
            {"LogGroupIdentifiers": ["other"]},
            "The query no longer reads log group events.",
            id="another log group",
        ),
        pytest.param(
            {"QueryString": f'{_FIELDS}\n| filter eventName = "StopLogging"'},
            'No longer fires on eventName DeleteTrail. Example: {"eventName": "DeleteTrail"}',
            id="another condition",
        ),
        pytest.param(
            {"QueryString": f"{_FIELDS}\n| filter strlen(eventName) > 3"},
            "The alarm may fire less: its query could not be compared with the old one.",
            id="a condition that no pattern has",
        ),
        pytest.param(
            {"QueryString": f"{_TEXT}\n| limit 10"},
            "The alarm may fire less: its query could not be compared with the old one.",
            id="a further command",
        ),
        pytest.param(
            {"QueryString": _TEXT.replace("userIdentity.arn, ", "")},
            "The query names identities differently, so that events may be counted separately.",
            id="another identity",
        ),
        pytest.param(
            {"TreatMissingData": "ignore"},
            "Missing data is ignore instead of notBreaching: the alarm can stay in ALARM, in which "
            "further events send no notification.",
            id="missing data",
        ),
    ],
)
def test_less_is_detected(change: dict[str, Any], text: str) -> None:
    assert _changed(**change) == [f"A: {text}"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"Threshold": 4}, id="a lower threshold"),
        pytest.param({"Threshold": "5"}, id="the same number as text"),
        pytest.param({"QueryResultsToAlarm": 1}, id="fewer results have to breach"),
        pytest.param(
            {"QueryString": f'{_FIELDS}\n| filter eventName in ["StopLogging", "DeleteTrail"]'},
            id="further events",
        ),
        pytest.param({"EndTimeOffset": 0}, id="more events are counted"),
        pytest.param({"StartTimeOffset": 1800}, id="later events are found"),
        pytest.param({"ScheduleExpression": "rate(1 minute)"}, id="the query runs more often"),
        pytest.param({"AggregationExpression": "count(*)  by who"}, id="another order"),
        pytest.param({"LogGroupIdentifiers": ["events", "more"]}, id="a further log group"),
        pytest.param({"ActionLogLineCount": 10}, id="fewer log lines"),
        pytest.param({"AlarmDescription": "Other words (low)"}, id="another description"),
        pytest.param(
            {"QueryString": _TEXT.replace("@timestamp, ", "")},
            id="other fields in the notification",
        ),
    ],
)
def test_the_same_is_detected(change: dict[str, Any]) -> None:
    assert _changed(**change) == []


# -- from one form to the other ----------------------------------------------------------------

_FILTER = {
    "LogGroupName": "events",
    "FilterPattern": '{ $.eventName = "DeleteTrail" }',
    "MetricTransformations": [
        {"MetricNamespace": "N", "MetricName": "Trail", "MetricValue": "1", "DefaultValue": 0}
    ],
}
_METRIC_ALARM = {
    "AlarmName": {"Fn::Sub": "${AWS::StackName}-trail"},
    "Namespace": "N",
    "MetricName": "Trail",
    "Statistic": "Sum",
    "Period": 300,
    "EvaluationPeriods": 1,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "Threshold": 1,
    "TreatMissingData": "notBreaching",
    "AlarmActions": ["arn:aws:sns:us-east-1:111122223333:high"],
}
_ONE = {**_LOG_ALARM, "Threshold": 1, "QueryResultsToEvaluate": 1, "QueryResultsToAlarm": 1}
_DELETED = [
    "M: The alarm is deleted: no notification is sent.",
    "F: The metric filter is deleted: matching events are no longer counted.",
]


def _metric(**change: Any) -> Template:
    return _resources(
        F=("Logs::MetricFilter", _FILTER), M=("CloudWatch::Alarm", {**_METRIC_ALARM, **change})
    )


def _log(**change: Any) -> Template:
    return _resources(L=("CloudWatch::LogAlarm", {**_ONE, **change}))


@pytest.mark.parametrize(
    ("before", "after", "gaps"),
    [
        pytest.param(
            _metric(),
            _log(ScheduledQueryConfiguration={**_QUERY, "LogGroupIdentifiers": ["other"]}),
            _DELETED,
            id="a log alarm on another log group",
        ),
        pytest.param(
            _metric(),
            _log(
                ScheduledQueryConfiguration={
                    **_QUERY, "QueryString": f'{_FIELDS}\n| filter eventName = "DeleteTrails"'
                }
            ),
            _DELETED,
            id="a log alarm for other events",
        ),
        pytest.param(
            _metric(), _log(AlarmActions=[]), _DELETED, id="a log alarm that notifies no topic"
        ),
        pytest.param(
            _metric(), _log(ActionsEnabled=False), _DELETED, id="a log alarm without actions"
        ),
        pytest.param(
            _metric(), _log(Threshold=2), _DELETED, id="a log alarm with a higher threshold"
        ),
        pytest.param(_metric(), _log(), [], id="a log alarm for each event"),
        pytest.param(
            _metric(Threshold=5),
            _log(Threshold=5),
            [
                ("M: A log alarm replaces it, which counts the events of each identity: it fires "
                "at 5 events by who in 5 minutes instead of at 5 events in 5 minutes.")
            ],
            id="a log alarm with a threshold",
        ),
        pytest.param(
            _log(),
            _metric(),
            [
                ("L: A metric alarm replaces it, which counts all identities together: while it is "
                "in ALARM, the next identity sends no notification.")
            ],
            id="a metric alarm for each event",
        ),
        pytest.param(
            _log(),
            _metric(Threshold=5),
            [
                ("L: A metric alarm replaces it, which counts all identities together: while it is "
                "in ALARM, the next identity sends no notification."),
                "L: It fires at 5 events in 5 minutes instead of at 1 event by who in 5 minutes.",
            ],
            id="a metric alarm with a higher threshold",
        ),
        pytest.param(
            _log(),
            _metric(AlarmActions=[]),
            ["L: The alarm is deleted: no notification is sent."],
            id="a metric alarm that notifies no topic",
        ),
        pytest.param(
            _log(), {"Resources": {}}, ["L: The alarm is deleted: no notification is sent."],
            id="no alarm",
        ),
    ],
)  # fmt: skip
def test_another_form(before: Template, after: Template, gaps: list[str]) -> None:
    assert sorted(_gaps(before, after)) == sorted(gaps)


@pytest.mark.parametrize(
    ("stack", "gaps"),
    [
        pytest.param(tamper, [], id="no threshold is above 1"),
        pytest.param(
            identity,
            [
                (
                    "SignInFailuresOfOtherUsersAlarm: A log alarm replaces it, which counts the "
                    "events of each identity: it fires at 3 events by who in 5 minutes instead of "
                    "at 3 events in 5 minutes."
                )
            ],
            id="one threshold is above 1",
        ),
    ],
)
def test_a_pack_with_log_alarms_detects_the_same(stack: Any, gaps: list[str]) -> None:
    """Except that the next identity is notified, too."""
    documents = []
    for text in ("", '[catalog]\nlog_alarms = ["high", "medium", "low"]'):
        template = stack.STACK.template(load_project(parse(text)).catalog)
        documents.append(json.loads(json.dumps(template.to_dict())))
    assert _gaps(documents[0], documents[1]) == gaps


def test_a_removed_stack_has_its_log_alarms() -> None:
    plan = plan_removed_stack("s", _log(), "before")
    assert (plan.removed_detections, plan.impacts[-1].text) == (
        ("trail",),
        "1 alarm of this stack can no longer be deployed.",
    )


# -- read back ---------------------------------------------------------------------------------

_TOPIC = "arn:aws:sns:us-east-1:111122223333:high"
_DEPLOYED = {
    **{name: value for name, value in _LOG_ALARM.items() if name != "AlarmDescription"},
    "AlarmName": "s-trail-log",
    "Threshold": 5.0,
    "StateValue": "OK",
    "ActionsEnabled": True,
}


def _faults(actual: Mapping[str, Any] | None, **properties: Any) -> list[Finding]:
    resource = DeployedResource(
        logical_id="A",
        type=log_alarm.TYPE,
        physical_id="s-trail-log",
        properties={**_LOG_ALARM, **properties},
    )
    read = log_alarm.DESCRIBE_LOG_ALARMS(AlarmNames=["s-trail-log"], AlarmTypes=["LogAlarm"])
    described = Described(
        resource=resource,
        stack=DeployedStack(account="111122223333", region="us-east-1", resources=(resource,)),
        now=datetime(2026, 11, 26, tzinfo=UTC),
        answers={read.key: {"LogAlarms": [] if actual is None else [actual]}},
    )
    return [*log_alarm.find_faults(described)]


def _in_query(**change: Any) -> dict[str, Any]:
    return {**_DEPLOYED, "ScheduledQueryConfiguration": {**_QUERY, **change}}


@pytest.mark.parametrize(
    ("actual", "texts"),
    [
        pytest.param(None, [DELETED.text], id="deleted"),
        pytest.param(
            _in_query(QueryString="fields @message"),
            [f'QueryString is "fields @message", not "{_TEXT}".'],
            id="another query",
        ),
        pytest.param(
            _in_query(LogGroupIdentifiers=["other"]),
            ['LogGroupIdentifiers is ["other"], not ["events"].'],
            id="another log group",
        ),
        pytest.param(
            _in_query(ScheduleConfiguration={**_SCHEDULE, "StartTimeOffset": 60}),
            ["StartTimeOffset is 60, not 900."],
            id="another time",
        ),
        pytest.param(
            {**_DEPLOYED, "Threshold": 100.0}, ["Threshold is 100, not 5."], id="a threshold"
        ),
        pytest.param(
            {**_DEPLOYED, "ActionLogLineCount": 0},
            ["ActionLogLineCount is 0, not 50."],
            id="no log lines",
        ),
        pytest.param(
            {**_DEPLOYED, "ActionsEnabled": False},
            ["Its actions are disabled."],
            id="actions are disabled",
        ),
        pytest.param(
            {**_DEPLOYED, "AlarmActions": []}, ["It has no alarm actions."], id="no action"
        ),
        pytest.param(
            {**_DEPLOYED, "EvaluationState": "PARTIAL_DATA"},
            ["CloudWatch cannot evaluate it completely: PARTIAL_DATA."],
            id="more results than CloudWatch evaluates",
        ),
        pytest.param(_DEPLOYED, [], id="as in the template"),
    ],
)
def test_read_back(actual: Mapping[str, Any] | None, texts: list[str]) -> None:
    assert [finding.text for finding in _faults(actual)] == texts


def test_a_query_that_is_not_known_is_not_compared() -> None:
    [finding] = _faults(_DEPLOYED, ScheduledQueryConfiguration=UNKNOWN)
    assert finding.text.startswith("ScheduledQueryConfiguration was not compared:")


def test_the_reads_ask_for_log_alarms_first() -> None:
    """Without a type, CloudWatch describes metric alarms only."""
    resource = DeployedResource(logical_id="A", type=log_alarm.TYPE, physical_id="a")
    stack = DeployedStack(account="111122223333", region="us-east-1", resources=(resource,))
    described = Described(
        resource=resource, stack=stack, now=datetime(2026, 11, 26, tzinfo=UTC), answers={}
    )
    assert [
        (read.operation.iam_action, dict(read.request)) for read in log_alarm.list_reads(described)
    ] == [
        ("cloudwatch:DescribeAlarms", {"AlarmNames": ["a"], "AlarmTypes": ["LogAlarm"]}),
        ("cloudwatch:ListAlarmMuteRules", {"Statuses": ["SCHEDULED", "ACTIVE"]}),
    ]
