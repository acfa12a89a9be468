"""Whether a rule sends a message, in the words of an explanation."""

from typing import Any

import pytest

from tests.catalog.test_event_message import _detection
from trailbell import all_of, field
from trailbell.catalog.explain import real_time_message

_SNAPSHOT = "requestParameters.createVolumePermission.add.items[0].userId"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        pytest.param(
            {"alarm_only": "another one sends it"},
            "no message: another one sends it",
            id="by choice",
        ),
        pytest.param({}, "a message for each event", id="the same events"),
        pytest.param(
            {
                "pattern": all_of(
                    field("eventSource").equals("ec2.amazonaws.com"),
                    field("eventName").equals("ModifySnapshotAttribute"),
                    field(_SNAPSHOT).present(),
                )
            },
            (
                "a message for each event, and for events in which any element of an array meets "
                f'$.{_SNAPSHOT} = "*"'
            ),
            id="more events, because EventBridge knows no index of an array",
        ),
    ],
)
def test_a_real_time_message(changes: dict[str, Any], text: str) -> None:
    assert real_time_message(_detection(**changes)) == text
