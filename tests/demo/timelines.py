"""A small timeline with each kind of result, made without an emulator."""

from datetime import timedelta

from trailbell.catalog.event_message import bus_event
from trailbell.demo.attack import ATTACK, HOSTILE_USER_AGENT, Step
from trailbell.demo.timeline import (
    AlarmOutcome,
    AlarmResult,
    Entry,
    Fired,
    Mail,
    RealtimeMessage,
    Timeline,
)
from trailbell.replay.alarm.delivery import DELIVERY, delivered

MARKUP = "<img src=x onerror=alert(1)>\x1b[2J\u202egnp\" & '</style>"


def _step(name: str, number: int = 0) -> Step:
    return [step for step in ATTACK if step.record["eventName"] == name][number]


def _entry(step: Step, *fired: Fired) -> Entry:
    return Entry(step=step, delivered=delivered(step.at), fired=fired)


_USER, _KEY, _OTHER_KEY = (
    _step("CreateUser"),
    _step("CreateAccessKey"),
    _step("CreateAccessKey", 1),
)
_ALARM_AT = delivered(_USER.at).replace(second=0) + timedelta(minutes=1)
_MAIL = Mail(alarm=f"a-{MARKUP}", at=_ALARM_AT, subject=f"ALARM {MARKUP}", text=MARKUP)
_RECORD = bus_event(_USER.record)
HOSTILE = Step(
    f"A caller {MARKUP}",
    _step("ListUsers").record
    | {
        "eventName": MARKUP,
        "sourceIPAddress": MARKUP,
        "errorCode": MARKUP,
        "userIdentity": {"type": "IAMUser", "arn": f"arn:aws:iam::1:user/{MARKUP}"},
        "userAgent": HOSTILE_USER_AGENT,
    },
)


def _alarm(result: AlarmResult, mail: Mail | None = None) -> AlarmOutcome:
    at = None if result is AlarmResult.BELOW_THRESHOLD else _ALARM_AT
    return AlarmOutcome(alarm="own-key", result=result, at=at, mail=mail)


def _fired(name: str, severity: str = "high", **members: object) -> Fired:
    return Fired(detection=name, title=f"Title of {name}", severity=severity, **members)  # type: ignore[arg-type] # members of Fired


TIMELINE = Timeline(
    entries=(
        _entry(HOSTILE),
        _entry(
            _USER,
            _fired(
                "new-user",
                message=RealtimeMessage(
                    detection="new-user",
                    text=MARKUP,
                    as_json='{"a": 1}',
                    for_chat="[]",
                    seconds=0.02,
                ),
                alarm=_alarm(AlarmResult.NOTIFIED, _MAIL),
            ),
            _fired(
                "few", "low", without_message="it counts", alarm=_alarm(AlarmResult.BELOW_THRESHOLD)
            ),
        ),
        _entry(
            _KEY,
            _fired(
                "new-key",
                "medium",
                message=RealtimeMessage(detection="new-key", text="who", seconds=0.01),
                alarm=_alarm(AlarmResult.MASKED),
            ),
        ),
        _entry(
            _OTHER_KEY,
            _fired("new-key", "", without_message="none", alarm=_alarm(AlarmResult.NO_ACTION)),
            _fired(
                "rule-only",
                "low",
                message=RealtimeMessage(detection="rule-only"),
                without_alarm="there is none",
            ),
            _fired("same", "low", without_message="none", alarm=_alarm(AlarmResult.COUNTED)),
        ),
    ),
    stacks=("base",),
    rules=2,
    filters=3,
    alarms=3,
    delivery=DELIVERY,
    notes=(f"own was not deployed: {MARKUP}",),
)
