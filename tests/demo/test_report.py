"""The timeline on the terminal, in words and as JSON."""

import json
from datetime import timedelta

import pytest

from tests.demo.timelines import MARKUP, TIMELINE
from trailbell.demo import words
from trailbell.demo.report import to_lines
from trailbell.demo.timeline import to_json
from trailbell.styled_text import plain_text

_VISIBLE = MARKUP.replace("\x1b", "\\x1b").replace("\u202e", "\\u202e")
_OTHER = "assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/dana@example.com"
_REPORT = f"""\
An attack, and when you would know (times in UTC, 26 November 2026)

02:04:41  A caller {_VISIBLE}
  {_VISIBLE} by user/{_VISIBLE} from {_VISIBLE}; refused: {_VISIBLE}
  Nothing is sent: no detection fires on this event.

02:05:32  The key creates the user svc-backup, to stay when the key is revoked.
  CreateUser by user/ci-deploy from 198.51.100.23
  HIGH    Title of new-user (new-user)
          in real time  A message says who did what, usually within seconds.
          by alarm      E-mail at 02:11:00, 5 min 28 s later.
  LOW     Title of few (few)
          in real time  No message: it counts.
          by alarm      No e-mail: the alarm counts more events before it goes into ALARM.

02:06:47  The new user gets an access key.
  CreateAccessKey by user/ci-deploy from 198.51.100.23
  MEDIUM  Title of new-key (new-key)
          in real time  A message says who did what, usually within seconds.
          by alarm      No e-mail: in ALARM since 02:11:00, the alarm notifies of changes only.

02:07:58  A second intruder has a session of an administrator, and also makes a key for itself.
  CreateAccessKey by {_OTHER} from 203.0.113.77
          Title of new-key (new-key)
          in real time  No message: none.
          by alarm      No e-mail: the alarm goes into ALARM at 02:11:00, but has no action for it.
  LOW     Title of rule-only (rule-only)
          in real time  A message says who did what, usually within seconds.
          by alarm      No e-mail: there is none.
  LOW     Title of same (same)
          in real time  No message: none.
          by alarm      Counted in the e-mail of 02:11:00, which does not say who.

The first message of high severity, as it is delivered:
  {_VISIBLE}

4 events: 3 messages in real time, 1 e-mail of alarms.
- Alarms: 5 min 28 s after the call.
- No alarm announced CreateAccessKey by user/ci-deploy at 02:06:47; the message in real time did.
"""


def test_the_report_has_each_event_and_controls_no_terminal() -> None:
    report = plain_text(to_lines(TIMELINE))
    assert report.startswith(_REPORT)
    assert report.endswith(f"\n- own was not deployed: {_VISIBLE}")
    assert all(character.isprintable() or character == "\n" for character in report)


@pytest.mark.parametrize(
    ("delay", "text"),
    [
        pytest.param(timedelta(0), "0 s", id="no time"),
        pytest.param(timedelta(seconds=59.6), "1 min", id="almost a minute"),
        pytest.param(timedelta(minutes=5), "5 min", id="whole minutes"),
        pytest.param(timedelta(minutes=5, seconds=50), "5 min 50 s", id="minutes and seconds"),
    ],
)
def test_a_duration_in_words(delay: timedelta, text: str) -> None:
    assert words.duration(delay) == text


@pytest.mark.parametrize(
    ("identity", "text"),
    [
        pytest.param({}, "unknown", id="no identity"),
        pytest.param({"type": "AWSService"}, "AWSService", id="a service has no ARN"),
        pytest.param({"arn": "arn:aws:iam::1:user/a/b:c"}, "user/a/b:c", id="a path"),
    ],
)
def test_a_caller(identity: dict[str, str], text: str) -> None:
    assert words.caller({"userIdentity": identity}) == text


def test_the_timeline_as_json() -> None:
    document = json.loads(json.dumps(to_json(TIMELINE)))
    hostile, user, key, _ = document.pop("entries")
    assert document == {
        "stacks": ["base"],
        "rules": 2,
        "filters": 3,
        "alarms": 3,
        "delivery": 300.0,
        "notes": [f"own was not deployed: {MARKUP}"],
        "summary": {
            "events": 4,
            "realTimeMessages": 3,
            "alarmMails": 1,
            "alarmDelaySeconds": [328.0, 328.0],
            "missedByAlarms": [key["step"]["record"]["eventID"]],
            "withoutDetection": [hostile["step"]["record"]["eventID"]],
        },
    }
    assert user["fired"][0] == {
        "detection": "new-user",
        "title": "Title of new-user",
        "severity": "high",
        "message": {
            "detection": "new-user",
            "text": MARKUP,
            "asJson": '{"a": 1}',
            "forChat": "[]",
            "seconds": 0.02,
        },
        "withoutMessage": "",
        "alarm": {
            "alarm": "own-key",
            "result": "notified",
            "at": "2026-11-26T02:11:00Z",
            "mail": {
                "alarm": f"a-{MARKUP}",
                "at": "2026-11-26T02:11:00Z",
                "subject": f"ALARM {MARKUP}",
                "text": MARKUP,
            },
        },
        "withoutAlarm": "",
    }
    assert (user["step"]["at"], user["delivered"]) == (
        "2026-11-26T02:05:32Z",
        "2026-11-26T02:10:32Z",
    )
