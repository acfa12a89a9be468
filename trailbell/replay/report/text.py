"""
A replay in a terminal.

In:    a `ReplayReport`.
Out:   lines: the answer first, then detections, causes, details on request, what was not read.
Never: a figure that is not in the report, or a time zone other than UTC.
"""

from collections.abc import Collection, Iterator, Sequence

from trailbell.replay.model import (
    Cause,
    DetectionResult,
    Notification,
    ReplayReport,
    Share,
)
from trailbell.replay.report.words import (
    NO_ADVICE,
    answer,
    bounds,
    covered,
    duration,
    in_range,
    minute,
    per_week,
)
from trailbell.styled_text import Line, Span, Style, line
from trailbell.wording import capitalize, pluralize

_MAX_SHARES = 5
_MAX_HIGH = 8
_MAX_NOTIFICATIONS = 20
_MAX_UNREADABLE = 10
_MAX_WEEKS = 20
NUMBERS = ("sent", "a week", "hits", "delay")
"""The columns of detections that are aligned to the right."""
_SEVERITIES = {"high": Style.ERROR, "medium": Style.WARNING, "low": Style.NOTE}


def summary_lines(report: ReplayReport) -> Iterator[Line]:
    """The answer in a few lines."""
    yield line(Span(answer(report), Style.HEADING))
    if high := _high(report):
        yield line("  ", Span("high severity", Style.ERROR), f": {high}")
    if report.first is None or report.last is None:
        return
    duplicates = pluralize(report.duplicates, "duplicate hit") if report.duplicates else ""
    yield line("  ", Span(f"{covered(report)}. {report.installations}", Style.NOTE))
    if duplicates:
        yield line(
            "  ",
            Span(f"{duplicates} left out: events that were delivered more than once.", Style.NOTE),
        )
    if report.notifications.low != report.notifications.high:
        yield line("  ", Span(report.delivery, Style.NOTE))


def _high(report: ReplayReport) -> str:
    """The detections of high severity with their notifications, which noise would hide."""
    sent = [
        (result.detection.id, result.notifications.typical)
        for result in report.detections
        if result.detection.severity == "high" and result.notifications.typical
    ]
    listed = ", ".join(f"{name} ({number:,})" for name, number in sent[:_MAX_HIGH])
    more = len(sent) - _MAX_HIGH
    return f"{listed} and {more:,} more" if more > 0 else listed


def detection_rows(report: ReplayReport) -> Iterator[tuple[str, ...]]:
    """A row for each detection that fires; the first has the names of the columns."""
    yield ("detection", "severity", "sent", "range", "a week", "hits", "delay", "remarks")
    for result in report.detections:
        sent = result.notifications
        yield (
            result.detection.id,
            result.detection.severity,
            f"{sent.typical:,}",
            bounds(sent),
            per_week(sent.typical, report.weeks).replace("less than ", "<"),
            f"{result.hits:,}",
            _in_minutes(result.seconds_to_notify[0]) if result.seconds_to_notify else "",
            _identities(result.masked),
        )


def _in_minutes(seconds: int) -> str:
    """A delay without the seconds, which depend on assumptions."""
    return duration(max(1, round(seconds / 60)) * 60)


def _identities(masked: Sequence[Share]) -> str:
    if not masked:
        return ""
    return pluralize(len(masked), "masked identity", "masked identities")


def cause_lines(causes: Sequence[Cause], number_of_weeks: float) -> Iterator[Line]:
    """The loudest causes, each with its exclusion."""
    if not causes:
        return
    yield line(Span("Loudest causes", Style.HEADING))
    yield line("  ", Span(NO_ADVICE, Style.NOTE))
    for number, cause in enumerate(causes, 1):
        removed = cause.notifications.typical - cause.with_exclusion.typical
        yield line()
        yield line(
            f"{number}. ",
            Span(cause.detection, Style.HEADING),
            f": {cause.value}: {pluralize(removed, 'notification')} of "
            f"{cause.notifications.typical:,}, {pluralize(cause.hits, 'hit')}",
            hanging=3,
        )
        if cause.refused:
            yield line("   ", Span("do not exclude: ", Style.WARNING), cause.refused)
        else:
            yield from (line("   ", text, whole=True) for text in cause.toml.split("\n"))
            left = f"leaves {_left(cause.with_exclusion.typical, number_of_weeks)}"
            yield line(f"   {left}, and also silences:" if cause.also_silences else f"   {left}")
        for text in cause.also_silences:
            yield line("   ", Span(f"- {text}", Style.NOTE))


def _left(number: int, number_of_weeks: float) -> str:
    if not number:
        return "no notification"
    return f"{pluralize(number, 'notification')}, {per_week(number, number_of_weeks)} a week"


def detail_lines(report: ReplayReport, ids: Collection[str]) -> Iterator[Line]:
    """Everything about some detections, each after an empty line but the first."""
    separator: list[Line] = []
    for result in report.detections:
        if result.detection.id in ids:
            yield from separator
            yield from _details(result)
            separator = [line()]
    for detection in report.quiet:
        if detection.id in ids:
            yield from separator
            yield line(Span(detection.id, Style.HEADING), ": does not fire")
            separator = [line()]


def _details(result: DetectionResult) -> Iterator[Line]:
    detection = result.detection
    yield line(
        Span(detection.id, Style.HEADING),
        "  ",
        Span(detection.severity, _SEVERITIES.get(detection.severity)),
        f"  {capitalize(detection.title)}",
    )
    if result.seconds_to_notify:
        typical, longest = result.seconds_to_notify
        yield line(
            f"  first event to notification: {duration(typical)}"
            + (f" (median), {duration(longest)} at most" if longest > typical else "")
        )
    if result.rule_messages is not None:
        yield line(f"  real-time messages, with its rule: {result.rule_messages:,}")
    if result.untold:
        yield line(
            f"  hits that no notification counts: {result.untold:,} (below the threshold, or "
            "while the alarm was in ALARM)"
        )
    breakdowns = (
        ("events", result.events),
        ("identities", result.identities),
        ("masked", result.masked),
        ("accounts", result.accounts),
        ("Regions", result.regions),
        ("addresses", result.addresses),
    )
    for name, found in breakdowns:
        for index, share in enumerate(found[:_MAX_SHARES]):
            label = name if not index else ""
            yield line(f"  {label:<14}{share.hits:9,}  {share.value or '-'}", whole=True)
        if len(found) > _MAX_SHARES:
            yield line(f"  {'':<14}{'':9}  and {len(found) - _MAX_SHARES:,} more")
    for week in result.weeks[:_MAX_WEEKS]:
        sent, hits = in_range(week.notifications), pluralize(week.hits, "hit")
        yield line(f"  week of {week.monday}  {sent} sent, {hits}")
    if len(result.weeks) > _MAX_WEEKS:
        yield line(f"  and {len(result.weeks) - _MAX_WEEKS:,} more weeks with hits")
    yield from _timeline(result.timeline)


def _timeline(notifications: Sequence[Notification]) -> Iterator[Line]:
    for each in notifications[:_MAX_NOTIFICATIONS]:
        who = ", ".join(each.told[:2]) + (
            f" and {len(each.told) - 2:,} more" if len(each.told) > 2 else ""
        )
        later = (
            f"; then {pluralize(each.masked_hits, 'hit')} without notification until "
            f"{minute(each.until)}"
            if each.masked_hits
            else ""
        )
        place = f" {each.installation}" if each.installation else ""
        counted = pluralize(each.hits, "hit") if each.hits else "again, for hits"
        yield line(
            f"  {minute(each.sent)}{place}  {counted} by {who}{later}",
            hanging=4,
        )
    if len(notifications) > _MAX_NOTIFICATIONS:
        yield line(f"  and {len(notifications) - _MAX_NOTIFICATIONS:,} more notifications")


def unread_lines(report: ReplayReport) -> Iterator[Line]:
    """What was not read, or not decided."""
    for share in report.uncertain:
        yield line(
            Span("note: ", Style.NOTE),
            f"{share.value} is uncertain about {pluralize(share.hits, 'record')}, which are no "
            'hits; "trailbell test" shows why',
        )
    if report.left_out:
        yield line(Span("note: ", Style.NOTE), report.left_out)


def shown_unreadable(unreadable: Sequence[str]) -> Iterator[str]:
    """The first sentences about what could not be read, and how many others there are."""
    yield from unreadable[:_MAX_UNREADABLE]
    if len(unreadable) > _MAX_UNREADABLE:
        yield f"{len(unreadable) - _MAX_UNREADABLE:,} more; --json has all"
