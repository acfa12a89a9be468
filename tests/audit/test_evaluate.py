"""From the filter to whoever is told: what each auditor asks of every link."""

from typing import Any

import pytest

from tests.audit.templates import ALARM, SUBSCRIPTION, TRAIL, stack
from trailbell.audit.matrix import matrix

KMS = (
    "{($.eventSource=kms.amazonaws.com)"
    " && (($.eventName=DisableKey) || ($.eventName=ScheduleKeyDeletion))}"
)
AUDITORS = ("Security Hub", "Prowler", "Powerpipe")


def graded(document: Any) -> dict[str, tuple[bool, str]]:
    """What each auditor says of the KMS control."""
    found = {}
    for column in matrix({"it": document}).columns:
        grade = column.of("kms-key-disabled-or-deleted")
        assert grade is not None
        found[column.auditor] = (grade.passed, grade.reason)
    return found


def _says(security_hub: str, prowler: str, powerpipe: str) -> dict[str, tuple[bool, str]]:
    """An empty reason is a pass by our one filter."""
    reasons = (security_hub, prowler, powerpipe)
    return {
        auditor: (not reason, reason or "Filter0 (it)")
        for auditor, reason in zip(AUDITORS, reasons, strict=True)
    }


def _advanced(*fields: dict[str, Any]) -> dict[str, Any]:
    return TRAIL | {"AdvancedEventSelectors": [{"FieldSelectors": list(fields)}]}


_MANAGEMENT = {"Field": "eventCategory", "Equals": ["Management"]}
_NO_TRAIL = "Filter0 (it): no trail writes to its log group"
_ONE_REGION = "Trail (it) records one Region only"
_ADVANCED = "Trail (it) has advanced event selectors only"
_PARTIAL = "Trail (it) does not record reads and writes of management events"
_NO_ALARM = "Filter0 (it): no alarm on its metric Metric0"
_NOBODY = "Alarm0 (it): nobody subscribes to its topic"


@pytest.mark.parametrize(
    ("document", "said"),
    [
        pytest.param(
            stack(KMS, without=("Trail",)),
            _says(_NO_TRAIL, _NO_TRAIL, _NO_TRAIL),
            id="no trail",
        ),
        pytest.param(
            stack(KMS, log_group="another-group"),
            _says(_NO_TRAIL, _NO_TRAIL, _NO_TRAIL),
            id="a trail that writes to another log group",
        ),
        pytest.param(
            stack(KMS, trail={"IsMultiRegionTrail": True, "IsLogging": True}),
            _says(_NO_TRAIL, _NO_TRAIL, _NO_TRAIL),
            id="a trail that writes to no log group",
        ),
        pytest.param(
            stack(KMS, trail=TRAIL | {"IsMultiRegionTrail": False}),
            _says(_ONE_REGION, "", _ONE_REGION),
            id="a trail of one Region is enough for Prowler",
        ),
        pytest.param(
            stack(KMS, trail={n: v for n, v in TRAIL.items() if n != "IsMultiRegionTrail"}),
            _says(_ONE_REGION, "", _ONE_REGION),
            id="a trail is of one Region if nothing else is said",
        ),
        pytest.param(
            stack(KMS, trail=TRAIL | {"IsLogging": False}),
            _says("Trail (it) is not logging", "", "Trail (it) is not logging"),
            id="a trail that is switched off is enough for Prowler",
        ),
        pytest.param(
            stack(KMS, trail=_advanced({"Field": "eventCategory", "Equals": ["Data"]})),
            _says(_PARTIAL, "", _ADVANCED),
            id="advanced selectors without management events",
        ),
        pytest.param(
            stack(KMS, trail=_advanced(_MANAGEMENT, {"Field": "readOnly", "Equals": ["false"]})),
            _says(_PARTIAL, "", _ADVANCED),
            id="advanced selectors of writes alone",
        ),
        pytest.param(
            stack(KMS, trail=_advanced(_MANAGEMENT)),
            _says("", "", _ADVANCED),
            id="advanced selectors fail at Powerpipe, whatever they select",
        ),
        pytest.param(
            stack(
                KMS,
                trail=_advanced(
                    _MANAGEMENT, {"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}
                ),
            ),
            _says("Trail (it) leaves the events of KMS out", "", _ADVANCED),
            id="advanced selectors that leave KMS out",
        ),
        pytest.param(
            stack(
                KMS,
                trail=TRAIL
                | {"EventSelectors": [{"ExcludeManagementEventSources": ["kms.amazonaws.com"]}]},
            ),
            _says("Trail (it) leaves the events of KMS out", "", ""),
            id="basic selectors that leave KMS out",
        ),
        pytest.param(
            stack(KMS, trail=TRAIL | {"EventSelectors": [{"ReadWriteType": "WriteOnly"}]}),
            _says(_PARTIAL, "", "Trail (it) has no event selector for reads and writes"),
            id="a basic selector of writes alone",
        ),
        pytest.param(
            stack(KMS, trail=TRAIL | {"EventSelectors": [{"IncludeManagementEvents": False}]}),
            _says(_PARTIAL, "", ""),
            id="a basic selector without management events is enough for Powerpipe",
        ),
        pytest.param(
            stack(KMS, without=("Alarm0",)),
            _says(_NO_ALARM, _NO_ALARM, _NO_ALARM),
            id="a filter without alarm",
        ),
        pytest.param(
            stack(KMS, alarm=ALARM | {"MetricName": "Other"}),
            _says(_NO_ALARM, _NO_ALARM, _NO_ALARM),
            id="an alarm on another metric",
        ),
        pytest.param(
            stack(KMS, alarm=ALARM | {"Namespace": "Other"}),
            _says(
                "Alarm0 (it) is on the namespace Other, not Audit",
                "Alarm0 (it) is on the namespace Other, not Audit",
                "",
            ),
            id="an alarm on another namespace is enough for Powerpipe",
        ),
        pytest.param(
            stack(KMS, alarm={"Namespace": "Audit"}),
            _says("Alarm0 (it) has no action", "", "Alarm0 (it) has no action"),
            id="an alarm without action is enough for Prowler",
        ),
        pytest.param(
            stack(KMS, alarm=ALARM | {"ActionsEnabled": False}),
            _says("Alarm0 (it) has its actions switched off", "", ""),
            id="an alarm whose actions are off fails at Security Hub",
        ),
        pytest.param(
            stack(
                KMS,
                alarm=ALARM | {"ActionsEnabled": {"Ref": "On"}},
                parameters={"On": {"Type": "String", "Default": "false"}},
            ),
            _says("Alarm0 (it) has its actions switched off", "", ""),
            id="actions that a parameter switches off",
        ),
        pytest.param(
            stack(KMS, without=("Mail",)),
            _says(_NOBODY, "", _NOBODY),
            id="no subscription is enough for Prowler",
        ),
        pytest.param(
            stack(KMS, subscription={"TopicArn": "arn:aws:sns:us-east-1:111122223333:other"}),
            _says(_NOBODY, "", _NOBODY),
            id="a subscription to another topic",
        ),
        pytest.param(
            stack(KMS, alarm=ALARM | {"AlarmActions": ["arn:aws:swf:us-east-1:111122223333:x"]}),
            _says(_NOBODY, "", _NOBODY),
            id="an action that is not a topic",
        ),
        pytest.param(stack(KMS), _says("", "", ""), id="everything in its place"),
        pytest.param(
            stack("{ $.eventName = Other }", KMS),
            dict.fromkeys(AUDITORS, (True, "Filter1 (it)")),
            id="the filter that passes is named, whatever others there are",
        ),
    ],
)
def test_links(document: Any, said: dict[str, tuple[bool, str]]) -> None:
    assert graded(document) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            "{ $.eventName = ConsoleLogin }",
            _says(*["no metric filter with this text"] * 3),
            id="a text about something else is not told as the nearest",
        ),
        pytest.param(
            KMS.replace("DisableKey", "EnableKey"),
            _says(
                "no metric filter with this text; nearest is Filter0 (it): after"
                " '…urce=kms.amazonaws.com)&&(($.eventName=' it has"
                " 'EnableKey)||($.eventName=ScheduleKeyDel…', not"
                " 'DisableKey)||($.eventName=ScheduleKeyDe…'",
                "no metric filter with this text; nearest is Filter0 (it):"
                " it lacks $.eventName = DisableKey",
                "no metric filter with this text; nearest is Filter0 (it):"
                " it lacks $.eventName = DisableKey after $.eventSource = kms.amazonaws.com",
            ),
            id="another name",
        ),
        pytest.param(
            "{ ($.eventSource=kms.amazonaws.com)"
            " && (($.eventName=ScheduleKeyDeletion) || ($.eventName=DisableKey)) }",
            {
                "Security Hub": (
                    False,
                    (
                        "no metric filter with this text; nearest is Filter0 (it): after"
                        " '…urce=kms.amazonaws.com)&&(($.eventName=' it has"
                        " 'ScheduleKeyDeletion)||($.eventName=Disa…', not"
                        " 'DisableKey)||($.eventName=ScheduleKeyDe…'"
                    ),
                ),
                "Prowler": (True, "Filter0 (it)"),
                "Powerpipe": (
                    False,
                    (
                        "no metric filter with this text; nearest is Filter0 (it): it has"
                        " $.eventName = ScheduleKeyDeletion too early, not after"
                        " $.eventName = DisableKey"
                    ),
                ),
            },
            id="another order",
        ),
        pytest.param(
            KMS.replace("DisableKey", '"DisableKey"'),
            {
                "Security Hub": (
                    False,
                    (
                        "no metric filter with this text; nearest is Filter0 (it): after"
                        " '…urce=kms.amazonaws.com)&&(($.eventName=' it has"
                        " '\"DisableKey\")||($.eventName=ScheduleKey…', not"
                        " 'DisableKey)||($.eventName=ScheduleKeyDe…'"
                    ),
                ),
                "Prowler": (True, "Filter0 (it)"),
                "Powerpipe": (
                    False,
                    (
                        "no metric filter with this text; nearest is Filter0 (it): it has"
                        " $.eventName = DisableKey with other quotes or brackets, not so"
                        " after $.eventSource = kms.amazonaws.com"
                    ),
                ),
            },
            id="quotes",
        ),
    ],
)
def test_reasons_of_texts(text: str, said: dict[str, tuple[bool, str]]) -> None:
    assert graded(stack(text)) == said


def test_farthest_filter_is_told() -> None:
    """Of a near text and a right one without alarm, the right one came farther."""
    document = stack(KMS.replace("DisableKey", "EnableKey"), KMS, without=("Alarm1",))
    reason = "Filter1 (it): no alarm on its metric Metric1"
    assert graded(document) == _says(reason, reason, reason)


def test_subscription_in_the_topic_itself() -> None:
    document = stack(KMS, without=("Mail",))
    document["Resources"]["Topic"]["Properties"]["Subscription"] = [
        {"Protocol": "email", "Endpoint": "someone@example.com"}
    ]
    assert graded(document) == _says("", "", "")


def test_alarm_in_metric_math_is_not_seen() -> None:
    document = stack(KMS)
    document["Resources"]["Alarm0"]["Properties"] = {
        "AlarmActions": ALARM["AlarmActions"],
        "Metrics": [
            {
                "Id": "m",
                "MetricStat": {
                    "Metric": {"Namespace": "Audit", "MetricName": "Metric0"},
                    "Period": 300,
                    "Stat": "Sum",
                },
            }
        ],
    }
    assert graded(document) == _says(_NO_ALARM, _NO_ALARM, _NO_ALARM)


def test_constants_are_what_passes() -> None:
    """The parts that tests change are those of a stack that passes."""
    assert stack(KMS, trail=TRAIL, alarm=ALARM, subscription=SUBSCRIPTION) == stack(KMS)
