"""
Report a comparison as Markdown for a pull request.

In:    a `Comparison`.
Out:   Markdown that fits into one comment: the answer, a table of detections, then their events.
Never: a comment that GitHub refuses, or text of a record that is taken for markup.
"""

from collections.abc import Iterator, Sequence

from trailbell.markdown import MAX_COMMENT, Section, escape, fit_sections
from trailbell.replay.comparison import compare_wording as wording
from trailbell.replay.comparison.model import Comparison, DetectionDifference, Events, Reporter
from trailbell.replay.report.words import in_range
from trailbell.text_files import printable
from trailbell.wording import pluralize

_MOST = 10
_COLUMNS = ("detection", "", "severity", "notifications", "messages of rules")
_EVENT_COLUMNS = ("no longer reported", "newly reported")
_HEAD = ("", f"| {' | '.join((*_COLUMNS, *_EVENT_COLUMNS))} |", "|-|-|-|-|-|-|-|")


def to_markdown(comparison: Comparison, limit: int = MAX_COMMENT) -> str:
    """Return the comparison as Markdown of at most this many characters."""
    head = [
        "### Replay: what would be reported",
        "",
        f"**{_text(wording.answer(comparison))}**",
        "",
        f"- {_text(wording.scope(comparison))}",
        f"- {_text(wording.total(comparison.before, comparison.total_before))}",
        f"- {_text(wording.total(comparison.after, comparison.total_after))}",
        *(f"- {_text(remark)}" for remark in _remarks(comparison)),
    ]
    if comparison.unreadable:
        number = pluralize(len(comparison.unreadable), "file or record", "files or records")
        head.append(f"- **{number} could not be read**")
    sections = [
        Section(rank=0, lines=head),
        *_events("No longer reported", comparison.no_longer_reported, rank=1),
        Section(rank=2, lines=[_row(each) for each in comparison.differences], opening=_HEAD),
        *_events("Reported with a lower severity", comparison.lower_severity, rank=1),
        *_events("Newly reported", comparison.newly_reported, rank=3),
        *_events("Reported with a higher severity", comparison.higher_severity, rank=3),
        Section(
            rank=4,
            lines=[line for each in comparison.differences for line in _details(each)],
            opening=("", "<details><summary>detections</summary>", ""),
            closing=("", "</details>"),
        ),
        Section(rank=5, lines=_rest(comparison)),
    ]
    return fit_sections([section for section in sections if section.lines], limit)


def _remarks(comparison: Comparison) -> Iterator[str]:
    if remark := wording.rules_remark(comparison):
        yield remark
    yield from comparison.remarks


def _events(title: str, events: Events, *, rank: int) -> Iterator[Section]:
    if events.count:
        lines = [f"- {_code(text)}" for text in wording.events(events, _MOST)]
        opening = ("", f"**{title}: {pluralize(events.count, 'event')}**", "")
        yield Section(rank=rank, lines=lines, opening=opening)


def _row(difference: DetectionDifference) -> str:
    before, after = difference.before, difference.after
    cells = (
        f"`{difference.id}`",
        wording.change(difference),
        wording.severity(difference),
        _from_to(
            in_range(before.notifications) if before else "",
            in_range(after.notifications) if after else "",
        ),
        _from_to(
            _messages(before.rule_messages) if before else "",
            _messages(after.rule_messages) if after else "",
        ),
        f"{difference.no_longer_reported.count:,}",
        f"{difference.newly_reported.count:,}",
    )
    return f"| {' | '.join(cells)} |"


def _messages(number: int | None) -> str:
    return "no rule" if number is None else f"{number:,}"


def _from_to(before: str, after: str) -> str:
    if before == after or not (before and after):
        return before or after
    return f"{before} → {after}"


def _details(difference: DetectionDifference) -> Iterator[str]:
    yield f"- `{difference.id}`: {_text(difference.title)}"
    if text := wording.without_events(difference):
        yield f"  - {text}"
    for name, before, after in wording.figures(difference):
        yield f"  - {name}: {_from_to(before, after)}"
    lost, new = difference.no_longer_reported, difference.newly_reported
    yield from _detail("no longer reported", lost)
    yield from _reporters("still reported by", difference.still_reported_by)
    yield from _detail("newly reported", new)
    yield from _reporters("was already reported by", difference.already_reported_by)


def _detail(title: str, events: Events) -> Iterator[str]:
    if events.count:
        number = pluralize(events.count, "event")
        yield f"  - {title}: {number}: {', '.join(map(_code, wording.events(events, _MOST)))}"


def _reporters(title: str, reporters: Sequence[Reporter]) -> Iterator[str]:
    if reporters:
        yield f"  - {title} {_text(wording.reporters(reporters))}"


def _rest(comparison: Comparison) -> list[str]:
    lines = [""]
    if comparison.without_effect:
        names = ", ".join(f"`{name}`" for name in comparison.without_effect)
        lines.append(f"Changed, without a difference in these records: {names}")
        lines.append("")
    lines.append(f"Without a difference: {pluralize(comparison.equal, 'detection')}")
    return lines


def _text(text: str) -> str:
    return escape(printable(text))


def _code(text: str) -> str:
    """Text of a record as code, in which an @ before a name has no effect."""
    return f"`{printable(text).replace('`', chr(39))}`"
