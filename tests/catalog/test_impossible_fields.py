"""The fields in patterns are those of the API operations, spelled as CloudTrail spells them."""

import pytest

from tests.catalog.test_self_test import detection
from trailbell.catalog.detection import Catalog
from trailbell.catalog.impossible_fields import violations
from trailbell.catalog.self_test import check_catalog
from trailbell.cloudtrail.field_types import BotocoreFieldTypes

_OR = "; or explain it in accepted_issues as unknown-field"
_NOT_OF_KMS = "which DisableKey of kms.amazonaws.com does not have"
_NAMES = "$.requestParameters.alarmNames"
_DISABLE = '($.eventSource = "kms.amazonaws.com") && ($.eventName = "DisableKey")'
_ALARMS = '($.eventSource = "monitoring.amazonaws.com") && ($.eventName = "DeleteAlarms")'


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        pytest.param(
            f'{{ {_DISABLE} && ($.requestParameters.keyIdd = "a") }}',
            [
                (
                    f"has a condition on $.requestParameters.keyIdd, {_NOT_OF_KMS}",
                    f"did you mean $.requestParameters.keyId?{_OR}",
                )
            ],
            id="a misspelled field",
        ),
        pytest.param(
            f"{{ {_DISABLE} && (($.requestParameters.zzz NOT EXISTS) || "
            "($.requestParameters.zzz IS NULL)) }",
            [
                (
                    f"has a condition on $.requestParameters.zzz, {_NOT_OF_KMS}",
                    f"look up the field in the API reference{_OR}",
                )
            ],
            id="a field like no other is reported once",
        ),
        pytest.param(
            f'{{ {_ALARMS} && ($.requestParameters.alarmNames = "a") }}',
            [
                (
                    f"has a condition on {_NAMES}, but the values are in an array",
                    f"did you mean {_NAMES}[*]?{_OR}",
                )
            ],
            id="an array that is compared with a text",
        ),
        pytest.param(
            f'{{ {_DISABLE} && ($.requestParameters.keyId[0] = "a") }}',
            [
                (
                    "has a condition on $.requestParameters.keyId[0], but the value is in no array",
                    f"did you mean $.requestParameters.keyId?{_OR}",
                )
            ],
            id="an element of a text",
        ),
    ],
)
def test_an_impossible_field(pattern: str, expected: list[tuple[str, str]]) -> None:
    assert [*violations(detection(pattern=pattern), BotocoreFieldTypes())] == expected


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(f'{{ {_DISABLE} && ($.requestParameters.keyId = "a") }}', id="a field"),
        pytest.param(f'{{ {_ALARMS} && ($.requestParameters.alarmNames[0] = "a") }}', id="a list"),
        pytest.param('{ $.requestParameters.zzz = "a" }', id="events of any service"),
        pytest.param(
            '{ ($.eventName = "DisableKey") && ($.requestParameters.zzz = "a") }',
            id="an event of any service",
        ),
        pytest.param(
            '{ ($.eventSource = "signin.amazonaws.com") && ($.requestParameters.zzz = "a") }',
            id="a service without a model",
        ),
        pytest.param(f'{{ {_DISABLE} && ($.additionalEventData.zzz = "a") }}', id="no parameter"),
        pytest.param("AccessDenied", id="a pattern of terms"),
    ],
)
def test_a_possible_field(pattern: str) -> None:
    assert [*violations(detection(pattern=pattern), BotocoreFieldTypes())] == []


def test_the_build_reports_it_unless_it_is_accepted() -> None:
    pattern = (
        f'{{ ($.eventName = "DisableKey") && (($.eventSource = "kms.amazonaws.com") || ({_DISABLE} '
        '&& ($.requestParameters.keyIdd = "a"))) }'
    )
    refused = detection(pattern=pattern, accepted_issues={"unguarded-not-equal": "It is."})
    accepted = detection(pattern=pattern, accepted_issues={"unknown-field": "It is new."})
    problems = [error.problem for error in check_catalog(Catalog((refused,)), use_cache=False)]
    assert problems == [
        f"detection keys has a condition on $.requestParameters.keyIdd, {_NOT_OF_KMS}",
        "detection keys accepts the issue unguarded-not-equal, which it does not have",
    ]
    assert check_catalog(Catalog((accepted,)), use_cache=False) == ()


def test_an_accepted_issue_that_does_not_exist_is_an_error() -> None:
    accepted = detection(accepted_issues={"unknown-field": "It is new."})
    assert [error.problem for error in check_catalog(Catalog((accepted,)), use_cache=False)] == [
        "detection keys accepts the issue unknown-field, which it does not have"
    ]
