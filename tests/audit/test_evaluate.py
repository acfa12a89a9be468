"""From a metric filter to a subscription: what each scanner requires of every link."""

from typing import Any

import pytest

from tests.audit.templates import ALARM, SUBSCRIPTION, TRAIL, stack
from trailbell.audit.matrix import build_matrix

KMS = (
    "{($.eventSource=kms.amazonaws.com)"
    " && (($.eventName=DisableKey) || ($.eventName=ScheduleKeyDeletion))}"
)
SCANNERS = ("Security Hub", "Prowler", "Powerpipe")


def evaluate(document: Any) -> dict[str, tuple[bool, str]]:
    """The result of the KMS control at each scanner."""
    results = {}
    for column in build_matrix({"it": document}).columns:
        result = column.result_for("kms-key-disabled-or-deleted")
        assert result is not None
        results[column.scanner] = (result.passed, result.reason)
    return results


def _results(security_hub: str, prowler: str, powerpipe: str) -> dict[str, tuple[bool, str]]:
    """The expected results. With an empty reason, the control passes with the only filter."""
    reasons = (security_hub, prowler, powerpipe)
    return {
        scanner: (not reason, reason or "Filter0 (it)")
        for scanner, reason in zip(SCANNERS, reasons, strict=True)
    }


def _advanced(*fields: dict[str, Any]) -> dict[str, Any]:
    return TRAIL | {"AdvancedEventSelectors": [{"FieldSelectors": list(fields)}]}


_MANAGEMENT = {"Field": "eventCategory", "Equals": ["Management"]}
_NO_TRAIL = "No trail delivers to the log group of Filter0 (it)."
_ONE_REGION = "Trail (it) is not multi-Region."
_ADVANCED = "Trail (it) has only advanced event selectors."
_PARTIAL = "Trail (it) does not record reads and writes of management events."
_NO_ALARM = "No alarm monitors the metric of Filter0 (it), Metric0."
_NO_SUBSCRIPTION = "The topic of Alarm0 (it) has no subscriptions."


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param(
            stack(KMS, without=("Trail",)),
            _results(_NO_TRAIL, _NO_TRAIL, _NO_TRAIL),
            id="no trail",
        ),
        pytest.param(
            stack(KMS, log_group="another-group"),
            _results(_NO_TRAIL, _NO_TRAIL, _NO_TRAIL),
            id="a trail that delivers to another log group",
        ),
        pytest.param(
            stack(KMS, trail={"IsMultiRegionTrail": True, "IsLogging": True}),
            _results(_NO_TRAIL, _NO_TRAIL, _NO_TRAIL),
            id="a trail that delivers to no log group",
        ),
        pytest.param(
            stack(KMS, trail=TRAIL | {"IsMultiRegionTrail": False}),
            _results(_ONE_REGION, "", _ONE_REGION),
            id="a single-Region trail is enough for Prowler",
        ),
        pytest.param(
            stack(KMS, trail={n: v for n, v in TRAIL.items() if n != "IsMultiRegionTrail"}),
            _results(_ONE_REGION, "", _ONE_REGION),
            id="a trail is a single-Region trail by default",
        ),
        pytest.param(
            stack(KMS, trail=TRAIL | {"IsLogging": False}),
            _results("Trail (it) is not logging.", "", "Trail (it) is not logging."),
            id="a trail that is not logging is enough for Prowler",
        ),
        pytest.param(
            stack(KMS, trail=_advanced({"Field": "eventCategory", "Equals": ["Data"]})),
            _results(_PARTIAL, "", _ADVANCED),
            id="advanced selectors without management events",
        ),
        pytest.param(
            stack(KMS, trail=_advanced(_MANAGEMENT, {"Field": "readOnly", "Equals": ["false"]})),
            _results(_PARTIAL, "", _ADVANCED),
            id="advanced selectors of writes only",
        ),
        pytest.param(
            stack(KMS, trail=_advanced(_MANAGEMENT)),
            _results("", "", _ADVANCED),
            id="advanced selectors always fail at Powerpipe",
        ),
        pytest.param(
            stack(
                KMS,
                trail=_advanced(
                    _MANAGEMENT, {"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}
                ),
            ),
            _results("Trail (it) excludes KMS events.", "", _ADVANCED),
            id="advanced selectors that exclude KMS",
        ),
        pytest.param(
            stack(
                KMS,
                trail=TRAIL
                | {"EventSelectors": [{"ExcludeManagementEventSources": ["kms.amazonaws.com"]}]},
            ),
            _results("Trail (it) excludes KMS events.", "", ""),
            id="basic selectors that exclude KMS",
        ),
        pytest.param(
            stack(KMS, trail=TRAIL | {"EventSelectors": [{"ReadWriteType": "WriteOnly"}]}),
            _results(_PARTIAL, "", "Trail (it) has no event selector for both reads and writes."),
            id="a basic selector of writes only",
        ),
        pytest.param(
            stack(KMS, trail=TRAIL | {"EventSelectors": [{"IncludeManagementEvents": False}]}),
            _results(_PARTIAL, "", ""),
            id="a basic selector without management events is enough for Powerpipe",
        ),
        pytest.param(
            stack(KMS, without=("Alarm0",)),
            _results(_NO_ALARM, _NO_ALARM, _NO_ALARM),
            id="a filter without alarm",
        ),
        pytest.param(
            stack(KMS, alarm=ALARM | {"MetricName": "Other"}),
            _results(_NO_ALARM, _NO_ALARM, _NO_ALARM),
            id="an alarm on another metric",
        ),
        pytest.param(
            stack(KMS, alarm=ALARM | {"Namespace": "Other"}),
            _results(
                "Alarm0 (it) has the namespace Other instead of Audit.",
                "Alarm0 (it) has the namespace Other instead of Audit.",
                "",
            ),
            id="an alarm on another namespace is enough for Powerpipe",
        ),
        pytest.param(
            stack(KMS, alarm={"Namespace": "Audit"}),
            _results("Alarm0 (it) has no alarm actions.", "", "Alarm0 (it) has no alarm actions."),
            id="an alarm without action is enough for Prowler",
        ),
        pytest.param(
            stack(KMS, alarm=ALARM | {"ActionsEnabled": False}),
            _results("The alarm actions of Alarm0 (it) are disabled.", "", ""),
            id="disabled alarm actions fail at Security Hub",
        ),
        pytest.param(
            stack(
                KMS,
                alarm=ALARM | {"ActionsEnabled": {"Ref": "On"}},
                parameters={"On": {"Type": "String", "Default": "false"}},
            ),
            _results("The alarm actions of Alarm0 (it) are disabled.", "", ""),
            id="alarm actions disabled by a parameter",
        ),
        pytest.param(
            stack(KMS, without=("Mail",)),
            _results(_NO_SUBSCRIPTION, "", _NO_SUBSCRIPTION),
            id="no subscription is enough for Prowler",
        ),
        pytest.param(
            stack(KMS, subscription={"TopicArn": "arn:aws:sns:us-east-1:111122223333:other"}),
            _results(_NO_SUBSCRIPTION, "", _NO_SUBSCRIPTION),
            id="a subscription to another topic",
        ),
        pytest.param(
            stack(KMS, alarm=ALARM | {"AlarmActions": ["arn:aws:swf:us-east-1:111122223333:x"]}),
            _results(_NO_SUBSCRIPTION, "", _NO_SUBSCRIPTION),
            id="an action that is not a topic",
        ),
        pytest.param(stack(KMS), _results("", "", ""), id="all links"),
        pytest.param(
            stack("{ $.eventName = Other }", KMS),
            dict.fromkeys(SCANNERS, (True, "Filter1 (it)")),
            id="the filter that passes is named",
        ),
    ],
)
def test_links(document: Any, expected: dict[str, tuple[bool, str]]) -> None:
    assert evaluate(document) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "{ $.eventName = ConsoleLogin }",
            _results(*["No metric filter has the expected pattern."] * 3),
            id="a pattern about something else is not the closest one",
        ),
        pytest.param(
            KMS.replace("DisableKey", "EnableKey"),
            _results(
                "No metric filter has the expected pattern. Closest: Filter0 (it); after"
                ' "…urce=kms.amazonaws.com)&&(($.eventName=" it has'
                ' "EnableKey)||($.eventName=ScheduleKeyDel…" instead of'
                ' "DisableKey)||($.eventName=ScheduleKeyDe…".',
                "No metric filter has the expected pattern. Closest: Filter0 (it);"
                " it lacks $.eventName = DisableKey.",
                "No metric filter has the expected pattern. Closest: Filter0 (it);"
                " it lacks $.eventName = DisableKey after $.eventSource = kms.amazonaws.com.",
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
                        "No metric filter has the expected pattern. Closest: Filter0 (it); after"
                        ' "…urce=kms.amazonaws.com)&&(($.eventName=" it has'
                        ' "ScheduleKeyDeletion)||($.eventName=Disa…" instead of'
                        ' "DisableKey)||($.eventName=ScheduleKeyDe…".'
                    ),
                ),
                "Prowler": (True, "Filter0 (it)"),
                "Powerpipe": (
                    False,
                    (
                        "No metric filter has the expected pattern. Closest: Filter0 (it); it has"
                        " $.eventName = ScheduleKeyDeletion too early instead of after"
                        " $.eventName = DisableKey."
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
                        "No metric filter has the expected pattern. Closest: Filter0 (it); after"
                        ' "…urce=kms.amazonaws.com)&&(($.eventName=" it has'
                        ' ""DisableKey")||($.eventName=ScheduleKey…" instead of'
                        ' "DisableKey)||($.eventName=ScheduleKeyDe…".'
                    ),
                ),
                "Prowler": (True, "Filter0 (it)"),
                "Powerpipe": (
                    False,
                    (
                        "No metric filter has the expected pattern. Closest: Filter0 (it); after"
                        " $.eventSource = kms.amazonaws.com it has different quotes or brackets"
                        " in $.eventName = DisableKey."
                    ),
                ),
            },
            id="quotes",
        ),
    ],
)
def test_reasons_of_patterns(text: str, expected: dict[str, tuple[bool, str]]) -> None:
    assert evaluate(stack(text)) == expected


def test_reason_is_that_of_the_filter_with_the_most_progress() -> None:
    """The expected pattern without an alarm, not a similar pattern with one."""
    document = stack(KMS.replace("DisableKey", "EnableKey"), KMS, without=("Alarm1",))
    reason = "No alarm monitors the metric of Filter1 (it), Metric1."
    assert evaluate(document) == _results(reason, reason, reason)


def test_subscription_in_the_topic_itself() -> None:
    document = stack(KMS, without=("Mail",))
    document["Resources"]["Topic"]["Properties"]["Subscription"] = [
        {"Protocol": "email", "Endpoint": "someone@example.com"}
    ]
    assert evaluate(document) == _results("", "", "")


def test_alarm_with_metric_math_is_ignored() -> None:
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
    assert evaluate(document) == _results(_NO_ALARM, _NO_ALARM, _NO_ALARM)


def test_constants_are_what_passes() -> None:
    """The constants that tests change are the defaults of a stack that passes."""
    assert stack(KMS, trail=TRAIL, alarm=ALARM, subscription=SUBSCRIPTION) == stack(KMS)
