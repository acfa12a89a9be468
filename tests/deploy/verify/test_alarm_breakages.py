"""What is reported of alarms, dashboards and saved queries."""

import pytest

from tests.deploy.verify.breakages import DELETED, Breakage, Problems, alarm, change, gone
from tests.deploy.verify.conftest import Watched
from tests.deploy.verify.described_account import DescribedAccount
from tests.deploy.verify.watched_stack import LOW_TOPIC, TOPIC


def muted(account: DescribedAccount) -> None:
    rule = {
        "AlarmMuteRuleArn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm-mute-rule:night",
        "Status": "ACTIVE",
    }
    account.answers["ListAlarmMuteRules", "SCHEDULED"] = {"AlarmMuteRuleSummaries": [rule]}
    account.answers["ListAlarmMuteRules", "watch-iam"] = {"AlarmMuteRuleSummaries": [rule]}


@pytest.mark.parametrize(
    ("breakage", "expected"),
    [
        pytest.param(
            gone("DescribeAlarms", "watch-iam"), [("Alarm", DELETED)], id="alarm: deleted"
        ),
        pytest.param(
            alarm("ActionsEnabled", False),
            [("Alarm", "Its actions are disabled.")],
            id="alarm: actions disabled",
        ),
        pytest.param(
            alarm("AlarmActions", []),
            [("Alarm", "It has no alarm actions.")],
            id="alarm: no action",
        ),
        pytest.param(
            alarm("AlarmActions", [LOW_TOPIC]),
            [("Alarm", f"AlarmActions does not have {TOPIC}, but {LOW_TOPIC}.")],
            id="alarm: another topic",
        ),
        pytest.param(
            alarm("Namespace", "Other"),
            [("Alarm", 'Namespace is "Other", not "Trailbell".')],
            id="alarm: another namespace",
        ),
        pytest.param(
            alarm("MetricName", "Other"),
            [("Alarm", 'MetricName is "Other", not "Iam".')],
            id="alarm: another metric",
        ),
        pytest.param(
            alarm("Statistic", "Average"),
            [("Alarm", 'Statistic is "Average", not "Sum".')],
            id="alarm: another statistic",
        ),
        pytest.param(
            alarm("Period", 60), [("Alarm", "Period is 60, not 300.")], id="alarm: another period"
        ),
        pytest.param(
            alarm("Threshold", 1000.0),
            [("Alarm", 'Threshold is 1000, not "5".')],
            id="alarm: a higher threshold than the parameter",
        ),
        pytest.param(
            alarm("ComparisonOperator", "LessThanThreshold"),
            [
                (
                    "Alarm",
                    (
                        'ComparisonOperator is "LessThanThreshold", not '
                        '"GreaterThanOrEqualToThreshold".'
                    ),
                )
            ],
            id="alarm: another comparison",
        ),
        pytest.param(
            alarm("EvaluationPeriods", 3),
            [
                ("Alarm", "EvaluationPeriods is 3, not 1."),
                ("Alarm", "DatapointsToAlarm is 3, not 1."),
            ],
            id="alarm: more periods",
        ),
        pytest.param(
            alarm("TreatMissingData", "notBreaching", "heartbeat"),
            [("Heartbeat", 'TreatMissingData is "notBreaching", not "missing".')],
            id="alarm: a heartbeat that ignores missing data",
        ),
        pytest.param(
            alarm("Dimensions", [], "heartbeat"),
            [
                (
                    "Heartbeat",
                    (
                        'Dimensions is not set, not [{"Name": "LogGroupName", "Value": '
                        '"watch-group"}].'
                    ),
                )
            ],
            id="alarm: no dimensions",
        ),
        pytest.param(
            alarm("Metrics", [{"Id": "e", "Expression": "0"}]),
            [
                (
                    "Alarm",
                    'Metrics is [{"Id": "e", "Expression": "0"}]; the template does not set it.',
                )
            ],
            id="alarm: a metric expression",
        ),
        pytest.param(
            muted,
            [("Alarm", "It is muted by the alarm mute rule night (ACTIVE).")],
            id="alarm: muted",
        ),
        pytest.param(
            alarm("EvaluationState", "PARTIAL_DATA"),
            [("Alarm", "CloudWatch cannot evaluate it completely: PARTIAL_DATA.")],
            id="alarm: evaluated on partial data",
        ),
        pytest.param(
            alarm("StateValue", "INSUFFICIENT_DATA", "heartbeat"),
            [
                (
                    "Heartbeat",
                    "Its state is INSUFFICIENT_DATA: no events arrive, or they are not counted.",
                )
            ],
            id="alarm: a heartbeat without data",
        ),
        pytest.param(
            change("GetDashboard", "watch-dashboard", "DashboardBody", '{"widgets":[{"x":1}]}'),
            [("Dashboard", "The dashboard was edited and differs from the template.")],
            id="dashboard: edited",
        ),
        pytest.param(
            gone("GetDashboard", "watch-dashboard"),
            [("Dashboard", DELETED)],
            id="dashboard: deleted",
        ),
        pytest.param(
            change(
                "DescribeQueryDefinitions", "watch/", "queryDefinitions.0.queryString", "limit 1"
            ),
            [("Query", 'QueryString is "limit 1", not "fields @message".')],
            id="saved query: edited",
        ),
        pytest.param(
            gone("DescribeQueryDefinitions", "watch/"),
            [("Query", DELETED)],
            id="saved query: deleted",
        ),
    ],
)
def test_a_breakage_of_an_alarm_or_a_dashboard_is_reported(
    watched: Watched, breakage: Breakage, expected: Problems
) -> None:
    breakage(watched.account)
    assert watched.problems() == expected
