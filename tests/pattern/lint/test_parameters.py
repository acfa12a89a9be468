"""The fields in patterns are those of the API operations, spelled as CloudTrail spells them."""

import pytest

from trailbell.cloudtrail.field_types import BotocoreFieldTypes
from trailbell.pattern.lint import PatternIssue, lint

_NOT_OF_KMS = "DisableKey of kms.amazonaws.com has no"
_NAMES = "$.requestParameters.alarmNames"
_DISABLE = '($.eventSource = "kms.amazonaws.com") && ($.eventName = "DisableKey")'
_ALARMS = '($.eventSource = "monitoring.amazonaws.com") && ($.eventName = "DeleteAlarms")'
_FUNCTION = '($.eventSource = "lambda.amazonaws.com") && ($.eventName = "CreateFunction20150331")'


def _issues(text: str) -> list[PatternIssue]:
    return [*lint(text, fields=BotocoreFieldTypes())]


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
        pytest.param(f'{{ {_FUNCTION} && ($.requestParameters.packageType = "Zip") }}', id="value"),
        pytest.param(
            f'{{ {_FUNCTION} && ($.requestParameters.packageType = "Wasm") }}', id="a new value"
        ),
        pytest.param(
            f'{{ {_FUNCTION} && ($.requestParameters.packageType = "Z*") }}', id="a star in a value"
        ),
        pytest.param(
            '{ ($.eventSource = "kms.amazonaws.com") && ($.requestParameters.origin = "aws_kms") }',
            id="a value of some event of a service",
        ),
    ],
)
def test_no_issue(pattern: str) -> None:
    assert _issues(pattern) == []


@pytest.mark.parametrize(
    ("event", "clause", "id_", "reason", "fix"),
    [
        pytest.param(
            _DISABLE,
            '$.requestParameters.keyIdd = "a"',
            "unknown-field",
            f"{_NOT_OF_KMS} $.requestParameters.keyIdd",
            "did you mean $.requestParameters.keyId?",
            id="a misspelled field",
        ),
        pytest.param(
            _DISABLE,
            "$.requestParameters.zzz NOT EXISTS",
            "unknown-field",
            f"{_NOT_OF_KMS} $.requestParameters.zzz",
            "look up the field in the API reference",
            id="a field like no other",
        ),
        pytest.param(
            _ALARMS,
            f'{_NAMES} = "a"',
            "unknown-field",
            f"{_NAMES} selects nothing, because the values are in an array",
            f"did you mean {_NAMES}[*]?",
            id="an array that is compared with a text",
        ),
        pytest.param(
            _DISABLE,
            '$.requestParameters.keyId[0] = "a"',
            "unknown-field",
            "$.requestParameters.keyId[0] selects nothing, because the value is in no array",
            "did you mean $.requestParameters.keyId?",
            id="an element of a text",
        ),
        pytest.param(
            _FUNCTION,
            '$.requestParameters.packageType = "zip"',
            "misspelled-value",
            '$.requestParameters.packageType is never "zip", so this is never true',
            'write "Zip"',
            id="a value in other letters",
        ),
        pytest.param(
            _FUNCTION,
            '$.requestParameters.packageType != "IMAGE"',
            "misspelled-value",
            '$.requestParameters.packageType is never "IMAGE", so this is always true',
            'write "Image"',
            id="a value in other letters that is excluded",
        ),
    ],
)
def test_issue(event: str, clause: str, id_: str, reason: str, fix: str) -> None:
    text = f"{{ {event} && ({clause}) }}"
    start = text.index(clause)
    found = [issue for issue in _issues(text) if issue.id != "unguarded-not-equal"]
    assert found == [PatternIssue(start, start + len(clause), id_, reason, fix)]
