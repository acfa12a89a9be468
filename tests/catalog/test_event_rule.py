"""Which detections have a rule, in which state, and with which pattern."""

from typing import Any

import pytest

from tests.catalog.test_event_message import _detection
from trailbell import Example, Timing, api_call, assumed_role_identity, field, iam_user
from trailbell.catalog.event_rule import (
    ENABLED,
    ENABLED_WITH_READS,
    event_pattern,
    reason_without_rule,
    rule_state,
)

_THRESHOLD = Timing(threshold=3, period=300, reason="Because.")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param(
            {"timing": _THRESHOLD},
            "it counts 3 events, and a rule sends one message for each event",
            id="a threshold",
        ),
        pytest.param(
            {"alarm_only": "another one sends it"}, "another one sends it", id="by choice"
        ),
        pytest.param(
            {"pattern": field("requestParameters.anything").matches("^a")},
            "cannot translate",
            id="a regular expression",
        ),
        pytest.param(
            {"pattern": field("requestParameters.anything").equals("${AlarmPrefix}")},
            'cannot translate $.requestParameters.anything = "${AlarmPrefix}" to EventBridge',
            id="a placeholder in a field of an unknown type",
        ),
        pytest.param({}, "", id="none"),
    ],
)
def test_a_reason_without_a_rule(changes: dict[str, Any], reason: str) -> None:
    assert reason_without_rule(_detection(**changes))[: len(reason) or None] == reason


def test_a_pattern_keeps_the_placeholders() -> None:
    pattern = field("requestParameters.ruleName").starts_with("${AlarmPrefix}-")
    assert event_pattern(_detection(pattern=pattern))["detail"] == {
        "requestParameters": {"ruleName": [{"prefix": "${AlarmPrefix}-"}]}
    }


@pytest.mark.parametrize(
    ("read_only", "state"),
    [
        pytest.param(False, ENABLED, id="writes"),
        pytest.param(True, ENABLED_WITH_READS, id="a read that must match"),
    ],
)
def test_a_state(read_only: bool, state: str) -> None:  # noqa: FBT001 - a column of the table
    event = api_call("sts", "AssumeRole", assumed_role_identity("A")) | {"readOnly": read_only}
    silent = Example("a read", api_call("iam", "GetUser", iam_user("a")))
    detection = _detection(fires=(Example("a call", event),), silent=(silent,))
    assert rule_state(detection) == state
