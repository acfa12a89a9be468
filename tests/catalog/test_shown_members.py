"""The members of an event that a saved query shows: those that identify what was acted on."""

from typing import Any

import pytest

from trailbell.catalog.detection import Detection, Example, Severity
from trailbell.catalog.shown_members import shown_members
from trailbell.samples import api_call, iam_user


def _detection(requests: list[dict[str, Any] | None], **changes: Any) -> Detection:
    return Detection(
        id="keys",
        title="A key was changed",
        packs=("essentials",),
        severity=Severity.HIGH,
        pattern='{ $.eventSource = "kms.amazonaws.com" }',
        why="It matters.",
        runbook=("Look.",),
        fires=tuple(
            Example(f"call {number}", api_call("kms", "DisableKey", iam_user("a"), request=request))
            for number, request in enumerate(requests)
        ),
        silent=(Example("none", api_call("s3", "DeleteBucket", iam_user("a"))),),
        **changes,
    )


@pytest.mark.parametrize(
    ("requests", "expected"),
    [
        pytest.param([None], (), id="no parameters"),
        pytest.param([{"force": True, "state": "on", "count": "3"}], (), id="nothing identifies"),
        pytest.param([{"items": [{"groupId": "sg-1"}]}], (), id="entries of an array"),
        pytest.param([{"x-amz-id": "a", "key name": "b"}], (), id="names with other characters"),
        pytest.param([{"keyId": "k"}], ("keyId",), id="an ID"),
        pytest.param(
            [{"dBInstanceIdentifier": "d", "roleArn": "r", "url": "u", "domain": "e"}],
            ("dBInstanceIdentifier", "roleArn", "url"),
            id="at most three, in the order of the event",
        ),
        pytest.param(
            [{"first": {"groupId": "g"}}, {"userName": "u"}, {"userName": "v"}],
            ("userName", "first.groupId"),
            id="the most frequent first, nested ones with their path",
        ),
        pytest.param(
            [{"keyId": "k"}] * 5 + [{"aliasName": "a"}],
            ("keyId",),
            id="not what hardly any event has",
        ),
    ],
)
def test_members(requests: list[dict[str, Any] | None], expected: tuple[str, ...]) -> None:
    paths = tuple(f"requestParameters.{name}" for name in expected)
    assert shown_members(_detection(requests)) == paths


def test_a_detection_can_name_its_members() -> None:
    named = _detection([{"keyId": "k"}], shows=("additionalEventData.MFAUsed",))
    assert shown_members(named) == ("additionalEventData.MFAUsed",)
    assert shown_members(_detection([{"keyId": "k"}], shows=())) == ()
