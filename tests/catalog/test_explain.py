"""What is said of the event pattern of a detection."""

from typing import Any

import pytest

from tests.catalog.test_self_test import detection
from trailbell import Example, api_call, root
from trailbell.catalog.explain import event_pattern_differences, real_time_message, translations

_MODIFY = '($.eventSource = "rds.amazonaws.com") && ($.eventName = "ModifyDBSnapshotAttribute")'


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        pytest.param("$.requestParameters.valuesToAdd[1] = %a[bc]%", (), id="no event pattern"),
        pytest.param('$.requestParameters.valuesToAdd[*] = "all"', (), id="the same events"),
        pytest.param(
            '$.requestParameters.valuesToAdd[0] = "all"',
            ('$.requestParameters.valuesToAdd[0] = "all"',),
            id="any element instead of the first",
        ),
    ],
)
def test_differences(clause: str, expected: tuple[str, ...]) -> None:
    assert (
        event_pattern_differences(detection(pattern=f"{{ {_MODIFY} && ({clause}) }}")) == expected
    )


def test_a_target_that_cannot_express_a_pattern_says_why() -> None:
    pattern = f"{{ {_MODIFY} && ($.requestParameters.valuesToAdd[0] = %a[bc]%) }}"
    assert dict(translations(detection(pattern=pattern)))["EventBridge event pattern"] == (
        "(not possible: cannot translate $.requestParameters.valuesToAdd[0] = %a[bc]% to "
        "EventBridge: event patterns have no regular expressions)"
    )


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        pytest.param(
            {"alarm_only": "another one sends it"}, "no message: another one sends it", id="none"
        ),
        pytest.param({}, "a message for each event that is not read-only", id="for changes"),
        pytest.param(
            {"fires": (Example("a read", api_call("iam", "GetUser", root(), read_only=True)),)},
            "a message for each event",
            id="for reads, too",
        ),
    ],
)
def test_a_real_time_message(changes: dict[str, Any], text: str) -> None:
    assert real_time_message(detection(**changes)) == text
