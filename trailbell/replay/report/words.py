"""
Words that the reports of a replay share.

In:    figures of a `ReplayReport`.
Out:   the one-line answer, ranges, rates, times and durations as text.
Never: markup, or text of an event.
"""

from datetime import UTC, datetime, timedelta

from trailbell.replay.detection import ReplayDetection
from trailbell.replay.model import Notification, Range, ReplayReport
from trailbell.wording import pluralize

SEVERITIES = ("high", "medium", "low")

MASKED = (
    "Masked identities have events only while an alarm was in ALARM already, or below its "
    "threshold, so that no notification is about them."
)

CAUSES = {
    "roles": "the role",
    "principal_arns": "the principal",
    "services": "the service",
    "source_ips": "the address",
    "events": "the event",
}
"""What a key of ``exclude`` names."""

NO_ADVICE = (
    'An exclusion also silences an attacker who uses what it names. "trailbell tune" proposes '
    "exclusions, and holds back what may be an attack."
)
"""What to know before the lines of a cause are used."""

_MINUTE, _WEEK = 60, 604_800
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = int(datetime(3000, 1, 1, tzinfo=UTC).timestamp()) - 1


def answer(report: ReplayReport) -> str:
    """The result in one sentence."""
    hits = sum(result.hits for result in report.detections)
    if not report.records and not hits:
        return "No record was read, so there is nothing to say about notifications."
    if report.first is None or report.last is None:
        read = pluralize(report.records, "record")
        return f"None of {read} is an event of the selected times and accounts."
    total = report.notifications
    head = pluralize(total.typical, "notification") if total.typical else "No notification"
    depending = f" ({bounds(total)}, depending on delivery)" if bounds(total) else ""
    time = _covered_time(report.last - report.first, report.weeks)
    if not hits:
        source = f"no detection fires on any of {pluralize(report.records, 'record')}"
        return f"{head} in {time}: {source}."
    # Athena does not count the records that it reads.
    records = f" in {pluralize(report.records, 'record')}" if report.records else ""
    return f"{head} in {time}{depending}, from {pluralize(hits, 'hit')}{records}."


def _covered_time(seconds: int, length: float) -> str:
    """A time of less than a week, or its length in weeks."""
    if seconds < _MINUTE:
        return "less than a minute"
    return weeks(length) if seconds >= _WEEK else duration(seconds)


def bounds(value: Range) -> str:
    """The least and the most, such as ``71 to 97``; empty if both are the same.

    >>> bounds(Range(71, 84, 97))
    '71 to 97'
    """
    return "" if value.low == value.high else f"{value.low:,} to {value.high:,}"


def in_range(value: Range) -> str:
    """The typical count, and the bounds if they differ: ``84 (71 to 97)``."""
    return f"{value.typical:,} ({bounds(value)})" if bounds(value) else f"{value.typical:,}"


def weeks(length: float) -> str:
    """A length in weeks: ``1 week``, ``4.3 weeks``, ``627 weeks``."""
    number = f"{length:,.0f}" if length >= 20 else f"{length:,.1f}".removesuffix(".0")
    return f"{number} week" if number == "1" else f"{number} weeks"


def per_week(count: int, length: float) -> str:
    """How many in a week, of so many weeks: ``0``, ``less than 0.1``, ``6.5``, ``120``."""
    rate = count / max(length, 1)
    if count and rate < 0.1:
        return "less than 0.1"
    return f"{rate:,.0f}" if rate >= 100 else f"{rate:,.1f}".removesuffix(".0")


def duration(seconds: int) -> str:
    """A time in the two largest units: ``45 s``, ``6 min``, ``1 h 20 min``, ``2 d 3 h``."""
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if not minutes:
        return f"{seconds} s"
    if not hours:
        return _units(minutes, "min", seconds % 60, "s") if minutes < 10 else f"{minutes} min"
    if not days:
        return _units(hours, "h", minutes % 60, "min")
    return _units(days, "d", hours % 24, "h")


def _units(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large} {large_unit}" + (f" {small} {small_unit}" if small else "")


def moment(seconds: int) -> datetime:
    """A time in seconds since 1970 in UTC; what is not before the year 3000 is its last second."""
    return _EPOCH + timedelta(seconds=min(max(seconds, 0), _LAST))


def minute(seconds: int) -> str:
    """A time in seconds since 1970 as ``2026-11-23 14:05``, in UTC."""
    return f"{moment(seconds):%Y-%m-%d %H:%M}"


def covered(report: ReplayReport) -> str:
    """The time that the records cover, as a sentence part; empty without records."""
    if report.first is None or report.last is None:
        return ""
    return f"{minute(report.first)} to {minute(report.last)} UTC"


def alarm(detection: ReplayDetection) -> str:
    """When the alarm of a detection goes into ALARM."""
    if schedule := detection.log_alarm:
        return f"a log alarm, whose query runs every {duration(schedule.run_every)}"
    timing = detection.timing
    events = pluralize(timing.threshold, "event")
    text = f"{events} in {duration(timing.period)}"
    if timing.evaluation_periods == 1:
        return text
    return f"{text}, in {timing.datapoints_to_alarm} of {timing.evaluation_periods} periods"


def accounts_of(notification: Notification) -> tuple[str, ...]:
    """The account of the alarm; of an alarm for all accounts, those in the ARNs of callers."""
    if notification.installation:
        return (notification.installation,)
    arns = (each.split(":", 5) for each in (*notification.told, *notification.masked))
    return tuple(sorted({arn[4] for arn in arns if arn[0] == "arn" and len(arn) == 6 and arn[4]}))


def short_identity(identity: str) -> str:
    """An ARN from its account on, anything else as it is.

    >>> short_identity("arn:aws:iam::111122223333:role/deploy")
    '111122223333:role/deploy'
    """
    parts = identity.split(":", 4)
    return parts[4] if parts[0] == "arn" and len(parts) == 5 else identity
