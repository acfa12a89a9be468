"""
The sentences about a timeline, the same on the terminal and on the page.

In:    parts of a `Timeline`.
Out:   plain text.
Never: HTML or colors, or text of an event without its place: callers of AWS choose names.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby

from trailbell.demo.timeline import AlarmOutcome, AlarmResult, Entry, Fired, Timeline
from trailbell.samples import Event
from trailbell.wording import pluralize

TITLE = "An attack, and when you would know"
INTRODUCTION = (
    "Two intruders in one account, from the first refused call to the stopped trail. Each call is "
    "an event of CloudTrail; below it is what it would have sent you, and when."
)


def caller(record: Event) -> str:
    """Who made a call: the last part of the ARN, such as ``user/alice``."""
    identity = record.get("userIdentity", {})
    arn = str(identity.get("arn", ""))
    return arn.split(":", 5)[-1] or str(identity.get("type", "unknown"))


def refused(group: tuple[Entry, ...]) -> str:
    """The error codes of calls that were refused; empty if none was."""
    codes = (str(entry.step.record.get("errorCode", "")) for entry in group)
    return ", ".join(dict.fromkeys(filter(None, codes)))


def duration(delay: timedelta) -> str:
    """Seconds and minutes in words.

    >>> duration(timedelta(seconds=350))
    '5 min 50 s'
    """
    minutes, seconds = divmod(round(delay.total_seconds()), 60)
    parts = [f"{minutes} min"] * bool(minutes) + [f"{seconds} s"] * bool(seconds or not minutes)
    return " ".join(parts)


def clock(at: datetime) -> str:
    """The time of day in UTC."""
    return f"{at:%H:%M:%S}"


def day(timeline: Timeline) -> str:
    """The day of the attack."""
    return f"{timeline.entries[0].step.at:%d %B %Y}"


def groups(timeline: Timeline) -> Iterator[tuple[Entry, ...]]:
    """The events in their order; consecutive ones with the same sentence are one group."""
    for _, entries in groupby(timeline.entries, key=lambda entry: entry.step.text):
        yield tuple(entries)


def shown(group: tuple[Entry, ...]) -> tuple[Fired, ...]:
    """What fired in a group: of each detection the event for which most was sent."""
    by_detection: dict[str, Fired] = {}
    for fired in (fired for entry in group for fired in entry.fired):
        known = by_detection.get(fired.detection)
        if known is None or _sent(fired) > _sent(known):
            by_detection[fired.detection] = fired
    return tuple(by_detection.values())


def _sent(fired: Fired) -> tuple[bool, bool]:
    return bool(fired.message), bool(fired.alarm and fired.alarm.mail)


def in_real_time(fired: Fired) -> str:
    """What the rule of a detection did for an event, or why there is no message."""
    if fired.message is None:
        return f"No message: {fired.without_message}."
    return "A message says who did what, usually within seconds."


def by_alarm(fired: Fired, at: datetime) -> str:
    """What the alarm of a detection did for an event of this time, or why there is no e-mail."""
    alarm = fired.alarm
    if alarm is None:
        return f"No e-mail: {fired.without_alarm}."
    return _by_alarm(alarm, at)


def _by_alarm(alarm: AlarmOutcome, at: datetime) -> str:
    since = clock(alarm.at) if alarm.at else ""
    match alarm.result:
        case AlarmResult.NOTIFIED:
            later = f", {duration(alarm.at - at)} later" if alarm.at else ""
            return f"E-mail at {since}{later}."
        case AlarmResult.COUNTED:
            return f"Counted in the e-mail of {since}, which does not say who."
        case AlarmResult.MASKED:
            return f"No e-mail: in ALARM since {since}, the alarm notifies of changes only."
        case AlarmResult.BELOW_THRESHOLD:
            return "No e-mail: the alarm counts more events before it goes into ALARM."
        case AlarmResult.NO_ACTION:
            return f"No e-mail: the alarm goes into ALARM at {since}, but has no action for it."


def delays(timeline: Timeline) -> str:
    """The shortest and the longest time until the e-mail of an alarm."""
    if not timeline.delays:
        return ""
    first, last = duration(min(timeline.delays)), duration(max(timeline.delays))
    return first if first == last else f"{first} to {last}"


def fastest(timeline: Timeline) -> str:
    """The longest time from PutEvents to a message in the emulator."""
    return f"{max((message.seconds for message in timeline.messages), default=0.0):.2f} s"


def missed(timeline: Timeline) -> tuple[Entry, ...]:
    """Events that no alarm announced although detections fire."""
    return tuple(entry for entry in timeline.entries if entry.is_missed_by_alarms)


def without_detection(timeline: Timeline) -> tuple[Entry, ...]:
    """Events on which no detection fires."""
    return tuple(entry for entry in timeline.entries if not entry.fired)


def without_message(timeline: Timeline) -> dict[str, str]:
    """Why detections that fired sent no real-time message, by title."""
    return {
        fired.detection: fired.without_message
        for entry in timeline.entries
        for fired in entry.fired
        if not fired.message
    }


def totals(timeline: Timeline) -> str:
    """What was played, and what it sent."""
    return (
        f"{pluralize(len(timeline.entries), 'event')}: "
        f"{pluralize(len(timeline.messages), 'message')} in real time, "
        f"{pluralize(len(timeline.mails), 'e-mail')} of alarms."
    )


def assumptions(timeline: Timeline) -> tuple[str, ...]:
    """What is emulated, what is computed, and from which figures."""
    deployed = (
        f"The stacks {', '.join(timeline.stacks)} were deployed by change set to ministack, an "
        f"emulator of AWS on this machine: {pluralize(timeline.rules, 'rule')}, "
        f"{pluralize(timeline.filters, 'metric filter')}, {pluralize(timeline.alarms, 'alarm')}. "
        "No account was used."
    )
    sent = (
        "Each event was put on the default event bus. The messages are what a queue behind the "
        f"topics received, after at most {fastest(timeline)}. AWS publishes no figure for the "
        "time from a call to the bus."
    )
    delivered = (
        "The filters were evaluated with the filter-pattern language of Trailbell. CloudTrail "
        f"delivers events to the log group after about {duration(timeline.delivery)} on average, "
        "which is not guaranteed; here each takes exactly that long."
    )
    computed = (
        "The states of the alarms are computed as AWS documents them, minute by minute, with "
        "other events in every minute. The deployed alarm then sent the e-mail."
    )
    return deployed, sent, delivered, computed
