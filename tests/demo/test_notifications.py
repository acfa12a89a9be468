"""Which detection a message is about, and the e-mail of an alarm."""

import json
from datetime import UTC, datetime

import pytest

from trailbell.demo.notifications import by_detection, mail
from trailbell.demo.timeline import Mail, RealtimeMessage

_LINES = (
    '"[aws.iam] HIGH: An administrator-level policy was attached"\n'
    '"Detection: administrator-access-given"\n'
    '"Texts of the caller:"\n'
    '"User agent: x"\n'
    '"Detection: iam-changes"'
)
_JSON = json.dumps({"detection": "iam-changes", "event": {}})
_CHAT = json.dumps({"version": "1.0", "source": "custom", "content": {"keywords": ["iam-changes"]}})


@pytest.mark.parametrize(
    ("bodies", "messages"),
    [
        pytest.param([], {}, id="no message"),
        pytest.param(
            ["not of a rule"],
            {"": RealtimeMessage(detection="", text="not of a rule")},
            id="text without a detection",
        ),
        pytest.param(
            [_LINES],
            {
                "administrator-access-given": RealtimeMessage(
                    detection="administrator-access-given", text=_LINES
                )
            },
            id="a caller cannot say which detection it is",
        ),
        pytest.param(
            [_CHAT, _JSON],
            {
                "iam-changes": RealtimeMessage(
                    detection="iam-changes", as_json=_JSON, for_chat=_CHAT
                )
            },
            id="JSON and chat are forms of one message",
        ),
    ],
)
def test_messages_by_detection(bodies: list[str], messages: dict[str, RealtimeMessage]) -> None:
    assert by_detection(bodies, 0.0) == messages


def test_the_mail_of_an_alarm() -> None:
    """The members are those of the notification of an alarm.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
    """
    at = datetime(2026, 11, 26, 2, 12, tzinfo=UTC)
    notification = {
        "AlarmName": "security-alerts-iam-changes",
        "AlarmDescription": "An IAM change was made (medium)",
        "AWSAccountId": "111122223333",
        "NewStateValue": "ALARM",
        "NewStateReason": "Threshold Crossed",
        "OldStateValue": "OK",
    }
    assert mail(notification, at) == Mail(
        alarm="security-alerts-iam-changes",
        at=at,
        subject='ALARM: "security-alerts-iam-changes" in US East (N. Virginia)',
        text=(
            "Alarm Details:\n"
            "- Name: security-alerts-iam-changes\n"
            "- Description: An IAM change was made (medium)\n"
            "- State Change: OK -> ALARM\n"
            "- Reason for State Change: Threshold Crossed\n"
            "- Timestamp: Thursday 26 November, 2026 02:12:00 UTC\n"
            "- AWS Account: 111122223333"
        ),
    )
