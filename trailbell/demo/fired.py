"""
The detections that fire on an event, each with its message and what its alarm does.

In:    the messages of rules and the histories of alarms for one event; the catalog.
Out:   a `Fired` for each, the most severe first.
Never: a guess. Without a message or an alarm, the reason is given.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from trailbell.catalog.detection import Catalog, Detection, Severity
from trailbell.catalog.event_rule import ENABLED_WITH_READS, reason_without_rule, rule_state
from trailbell.demo.deployed_alarms import History, outcome
from trailbell.demo.timeline import AlarmOutcome, AlarmResult, Fired, Mail, RealtimeMessage
from trailbell.replay.alarm.delivery import Clock

_ORDER = (*map(str, Severity), "")


@dataclass(frozen=True)
class Alarms:
    """The histories of all alarms, and the e-mails that they sent, by alarm and time."""

    histories: tuple[History, ...]
    mails: Mapping[tuple[str, datetime], Mail]
    clock: Clock


def fired_detections(
    number: int, messages: Mapping[str, RealtimeMessage], alarms: Alarms, catalog: Catalog
) -> tuple[Fired, ...]:
    """The detections that fire on the event with this number."""
    by_logical_id = {detection.logical_id: detection for detection in catalog}
    fired: dict[str, Fired] = {}
    for history in alarms.histories:
        if number in history.matches:
            detection = by_logical_id.get(history.alarm.metric)
            result = _with_mail(outcome(history, number, alarms.clock), alarms.mails)
            name = detection.id if detection else history.alarm.name
            fired[name] = _fired(detection, history, messages.get(name), result)
    by_id = {detection.id: detection for detection in catalog}
    for name in messages.keys() - fired.keys():
        fired[name] = _without_alarm(by_id.get(name), messages[name])
    return tuple(sorted(fired.values(), key=_by_severity))


def _by_severity(fired: Fired) -> tuple[int, str]:
    return _ORDER.index(fired.severity), fired.detection


def _fired(
    detection: Detection | None,
    history: History,
    message: RealtimeMessage | None,
    result: AlarmOutcome,
) -> Fired:
    """A detection with an alarm. Without one in the catalog, the alarm describes itself."""
    return Fired(
        detection=detection.id if detection else history.alarm.name,
        title=detection.title if detection else _first_line(history),
        severity=str(detection.severity) if detection else "",
        message=message,
        without_message="" if message else _why_no_message(detection),
        alarm=result,
    )


def _first_line(history: History) -> str:
    return history.alarm.description.partition("\n")[0] or history.alarm.name


def _without_alarm(detection: Detection | None, message: RealtimeMessage) -> Fired:
    return Fired(
        detection=message.detection,
        title=detection.title if detection else message.detection,
        severity=str(detection.severity) if detection else "",
        message=message,
        without_alarm="no deployed stack has its alarm",
    )


def _why_no_message(detection: Detection | None) -> str:
    """Why no rule sent a message, as a clause."""
    if detection is None:
        return "it is not a detection of the catalog"
    if reason := reason_without_rule(detection):
        return reason
    if rule_state(detection) == ENABLED_WITH_READS:
        return "the emulator sends no events to a rule that also receives read-only calls"
    return "no deployed stack has its rule"


def _with_mail(result: AlarmOutcome, mails: Mapping[tuple[str, datetime], Mail]) -> AlarmOutcome:
    """The outcome with its e-mail; NO_ACTION if the alarm sent none."""
    if result.at is None or result.result is AlarmResult.MASKED:
        return result
    mail = mails.get((result.alarm, result.at))
    if mail is None:
        return replace(result, result=AlarmResult.NO_ACTION)
    return replace(result, mail=mail) if result.result is AlarmResult.NOTIFIED else result
