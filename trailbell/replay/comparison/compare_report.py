"""
Report a comparison in a terminal.

In:    a `Comparison`.
Out:   lines: the answer, what is no longer reported, what is newly reported, each detection.
Never: all callers of a difference. The first few are shown, and JSON has all.
"""

from collections.abc import Iterator, Sequence

from trailbell.replay.comparison import compare_wording as wording
from trailbell.replay.comparison.model import Comparison, DetectionDifference, Events, Reporter
from trailbell.styled_text import Line, Span, Style, line
from trailbell.wording import pluralize

_MOST = 5
_MAX_UNREADABLE = 10
_STYLES = {"added": Style.ADDED, "removed": Style.REMOVED, "changed": Style.CHANGED}
_SIGNS = {"added": "+", "removed": "-", "changed": "~"}


def summary_lines(comparison: Comparison) -> Iterator[Line]:
    """The answer, and the notifications of both."""
    yield line(Span(wording.answer(comparison), Style.HEADING))
    yield line("  ", Span(wording.scope(comparison), Style.NOTE))
    yield line(f"  {wording.total(comparison.before, comparison.total_before)}")
    yield line(f"  {wording.total(comparison.after, comparison.total_after)}")
    for remark in (wording.rules_remark(comparison), *comparison.remarks):
        if remark:
            yield line("  ", Span(remark, Style.NOTE))


def to_lines(comparison: Comparison) -> Iterator[Line]:
    """All of it."""
    yield from summary_lines(comparison)
    yield from _events("No longer reported", comparison.no_longer_reported, Style.REMOVED)
    yield from _events("Newly reported", comparison.newly_reported, Style.ADDED)
    yield from _events("Reported with a lower severity", comparison.lower_severity, Style.REMOVED)
    yield from _events("Reported with a higher severity", comparison.higher_severity, Style.ADDED)
    for difference in comparison.differences:
        yield line()
        yield from _difference(difference)
    if comparison.without_effect:
        yield line()
        names = ", ".join(comparison.without_effect)
        yield line(f"Changed, without a difference in these records: {names}")
    yield line()
    yield line(f"Without a difference: {pluralize(comparison.equal, 'detection')}")


def unreadable_lines(comparison: Comparison) -> Iterator[str]:
    """What could not be read, the first of it."""
    yield from comparison.unreadable[:_MAX_UNREADABLE]
    more = len(comparison.unreadable) - _MAX_UNREADABLE
    if more > 0:
        yield f"{more:,} more could not be read; --json names all"


def _events(title: str, events: Events, style: Style) -> Iterator[Line]:
    if not events.count:
        return
    yield line()
    yield line(Span(f"{title}: {pluralize(events.count, 'event')}", style))
    for text in wording.events(events, _MOST):
        yield line(f"  {text}")


def _difference(difference: DetectionDifference) -> Iterator[Line]:
    change = wording.change(difference)
    yield line(
        Span(f"{_SIGNS[change]} {difference.id}", _STYLES[change]),
        f"  {change}, {wording.severity(difference)}  {difference.title}",
    )
    if text := wording.without_events(difference):
        yield line(f"    {text}")
    for name, before, after in wording.figures(difference):
        yield line(f"    {name}: {_from_to(before, after)}")
    lost, new = difference.no_longer_reported, difference.newly_reported
    yield from _details("no longer reported", lost, Style.REMOVED)
    yield from _reporters("still reported by", difference.still_reported_by)
    yield from _details("newly reported", new, Style.ADDED)
    yield from _reporters("was already reported by", difference.already_reported_by)


def _from_to(before: str, after: str) -> str:
    return f"{before} → {after}" if before and after else before or after


def _details(title: str, events: Events, style: Style) -> Iterator[Line]:
    if events.count:
        yield line("    ", Span(f"{title}: {pluralize(events.count, 'event')}", style))
        for text in wording.events(events, _MOST):
            yield line(f"      {text}")


def _reporters(title: str, reporters: Sequence[Reporter]) -> Iterator[Line]:
    if reporters:
        yield line(f"    {title}: {wording.reporters(reporters)}")
