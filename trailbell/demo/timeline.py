"""
What happened, what notified, and when: the result of the demonstration.

In:    events, messages and the states of alarms.
Out:   a `Timeline`, as values and as JSON.
Never: a text for people. `trailbell.demo.report` and `trailbell.demo.page` write those.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from trailbell.demo.attack import Step


@dataclass(frozen=True, kw_only=True)
class RealtimeMessage:
    """What a rule sent for one event: lines for people, JSON for programs, and for chat.

    Each text is empty if no topic has it. ``seconds`` passed in the emulator from PutEvents until
    a queue behind the topic had the lines.
    """

    detection: str
    text: str = ""
    as_json: str = ""
    for_chat: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Mail:
    """The e-mail of an alarm that went into ALARM."""

    alarm: str
    at: datetime
    subject: str
    text: str


class AlarmResult(StrEnum):
    """What an alarm does for one event that its metric filter matches."""

    NOTIFIED = "notified"  # the event makes the alarm go into ALARM
    COUNTED = "counted"  # the same notification counts it
    MASKED = "masked"  # the alarm is in ALARM already
    BELOW_THRESHOLD = "below threshold"
    NO_ACTION = "no action"  # the alarm goes into ALARM, and has no action for it


@dataclass(frozen=True, kw_only=True)
class AlarmOutcome:
    """The result of one alarm for one event. ``at`` is when it went into ALARM, if it did."""

    alarm: str
    result: AlarmResult
    at: datetime | None = None
    mail: Mail | None = None


@dataclass(frozen=True, kw_only=True)
class Fired:
    """A detection that fires on an event, and what came of it.

    ``without_message`` says why no rule sent a message, ``without_alarm`` why there is no alarm.
    """

    detection: str
    title: str
    severity: str
    message: RealtimeMessage | None = None
    without_message: str = ""
    alarm: AlarmOutcome | None = None
    without_alarm: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An event of the attack, when the log group has it, and the detections that fire."""

    step: Step
    delivered: datetime
    fired: tuple[Fired, ...] = ()

    @property
    def is_missed_by_alarms(self) -> bool:
        """Whether detections fire and no alarm notifies about this event."""
        notified = (AlarmResult.NOTIFIED, AlarmResult.COUNTED)
        return bool(self.fired) and not any(
            fired.alarm and fired.alarm.result in notified for fired in self.fired
        )

    @property
    def has_message(self) -> bool:
        """Whether a rule sent a message for this event."""
        return any(fired.message for fired in self.fired)


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """The demonstration: events in their order, and what was deployed to notify about them.

    ``notes`` name stacks that were left out or failed, each with the reason.
    """

    entries: tuple[Entry, ...]
    stacks: tuple[str, ...]
    rules: int
    filters: int
    alarms: int
    delivery: timedelta
    notes: tuple[str, ...] = ()

    @property
    def messages(self) -> tuple[RealtimeMessage, ...]:
        """The messages of rules, in their order."""
        return tuple(f.message for entry in self.entries for f in entry.fired if f.message)

    @property
    def mails(self) -> tuple[Mail, ...]:
        """The e-mails of alarms, in their order."""
        mails = (f.alarm.mail for e in self.entries for f in e.fired if f.alarm and f.alarm.mail)
        return tuple(sorted(mails, key=lambda mail: (mail.at, mail.alarm)))

    @property
    def delays(self) -> tuple[timedelta, ...]:
        """The time from an event to the e-mail of the alarm that it made go into ALARM."""
        return tuple(
            fired.alarm.mail.at - entry.step.at
            for entry in self.entries
            for fired in entry.fired
            if fired.alarm and fired.alarm.mail
        )


def to_json(timeline: Timeline) -> dict[str, Any]:
    """The timeline as JSON: times in ISO 8601, durations in seconds."""
    return {**dict(_members(timeline)), "summary": _summary(timeline)}


def _summary(timeline: Timeline) -> dict[str, Any]:
    entries, delays = timeline.entries, [delay.total_seconds() for delay in timeline.delays]
    return {
        "events": len(entries),
        "realTimeMessages": len(timeline.messages),
        "alarmMails": len(timeline.mails),
        "alarmDelaySeconds": [min(delays), max(delays)] if delays else [],
        "missedByAlarms": [e.step.record["eventID"] for e in entries if e.is_missed_by_alarms],
        "withoutDetection": [e.step.record["eventID"] for e in entries if not e.fired],
    }


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    for member in fields(value):
        first, *others = member.name.split("_")
        name = first + "".join(word.capitalize() for word in others)
        yield name, _plain(getattr(value, member.name))


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case timedelta():
            return value.total_seconds()
        case Step():
            return {"text": value.text, "at": _plain(value.at), "record": value.record}
        case tuple():
            return [_plain(each) for each in value]
        case Mapping():
            return {name: _plain(each) for name, each in value.items()}
        case _ if is_dataclass(value):
            return dict(_members(value))
        case _:
            return value
