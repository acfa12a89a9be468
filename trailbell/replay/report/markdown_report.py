"""
A replay as Markdown, for issue trackers and pull requests.

In:    a `ReplayReport`.
Out:   the answer, a table of the detections that fire, the loudest causes, what was not read.
Never: more than fits into a comment, or text of an event as markup, a link or a mention.
"""

from collections.abc import Iterator, Sequence

from trailbell.markdown import Section, code, escape, fenced, fit_sections, table
from trailbell.replay.model import Cause, DetectionResult, ReplayReport
from trailbell.replay.report.words import (
    CAUSES,
    MASKED,
    NO_ADVICE,
    answer,
    covered,
    duration,
    in_range,
    per_week,
)
from trailbell.wording import pluralize

MAX_DETECTIONS = 30
MAX_CAUSES = 5

_MAX_UNREADABLE = 5
_HEAD = (
    "Severity",
    "Detection",
    "Notifications",
    "A week",
    "Hits",
    "Time to notify",
    "Masked identities",
)


def to_markdown(report: ReplayReport) -> str:
    """The report in at most `trailbell.markdown.MAX_COMMENT` characters; a line break ends it."""
    sections = [
        Section(lines=tuple(_answer(report)), rank=0),
        *_detections(report),
        *_causes(report.causes),
        *_unread(report),
    ]
    return fit_sections(sections)


def _answer(report: ReplayReport) -> Iterator[str]:
    yield f"**{answer(report)}**"
    yield ""
    details = [covered(report), pluralize(report.files, "file")]
    if report.duplicates:
        details.append(f"{pluralize(report.duplicates, 'duplicate hit')} left out")
    if report.quiet:
        details.append(f"{pluralize(len(report.quiet), 'detection')} without a hit")
    yield "; ".join(detail for detail in details if detail) + "."
    assumptions = [escape(text) for text in (report.delivery, report.installations) if text]
    if assumptions and report.detections:
        yield ""
        yield " ".join(assumptions)


def _detections(report: ReplayReport) -> Iterator[Section]:
    if not report.detections:
        return
    listed = report.detections[:MAX_DETECTIONS]
    head, line, *rows = table(_HEAD, (_row(each, report.weeks) for each in listed)).split("\n")
    yield Section(lines=rows, rank=1, opening=("", head, line))
    more = len(report.detections) - len(listed)
    notes = [f"and {pluralize(more, 'more detection')} with fewer notifications"] if more else []
    if any(result.masked for result in listed):
        notes.append(MASKED)
    if notes:
        yield Section(lines=[line for note in notes for line in ("", note)], rank=2)


def _row(result: DetectionResult, weeks: float) -> tuple[str, ...]:
    times = result.seconds_to_notify
    longest = f", up to {duration(times[1])}" if times and times[1] != times[0] else ""
    return (
        escape(result.detection.severity),
        f"{escape(result.detection.title)} {code(result.detection.id)}",
        in_range(result.notifications),
        per_week(result.notifications.typical, weeks),
        f"{result.hits:,}",
        f"{duration(times[0])}{longest}" if times else "none",
        f"{len(result.masked):,}",
    )


def _causes(causes: Sequence[Cause]) -> Iterator[Section]:
    if not causes:
        return
    yield Section(lines=("", "### Loudest causes", "", escape(NO_ADVICE)), rank=3)
    for number, cause in enumerate(causes[:MAX_CAUSES], 1):
        yield _cause(number, cause)
    if more := len(causes[MAX_CAUSES:]):
        yield Section(lines=("", f"and {more:,} more"), rank=3)


def _cause(number: int, cause: Cause) -> Section:
    text = (
        f"{number}\\. {CAUSES.get(cause.key, cause.key).capitalize()} {code(cause.value)} "
        f"for {code(cause.detection)}: {pluralize(cause.hits, 'hit')}. With the exclusion, "
        f"{in_range(cause.with_exclusion)} of {in_range(cause.notifications)} notifications "
        "remain."
    )
    if cause.refused:
        return Section(lines=("", f"{text} Do not exclude it: {code(cause.refused)}"), rank=3)
    opening, lines, closing = fenced(cause.toml, "toml")
    also = [f"- also silences: {code(each)}" for each in cause.also_silences]
    return Section(
        lines=lines,
        rank=3,
        opening=("", text, "", *opening),
        closing=(*closing, *([""] if also else []), *also),
    )


def _unread(report: ReplayReport) -> Iterator[Section]:
    uncertain = [
        f"{each.value}: {pluralize(each.hits, 'evaluation')} without a certain result"
        for each in report.uncertain
    ]
    texts = [
        *([report.left_out] if report.left_out else []),
        *report.unreadable[:_MAX_UNREADABLE],
        *uncertain,
    ]
    more = len(report.unreadable[_MAX_UNREADABLE:])
    lines = [f"- {code(text)}" for text in texts]
    if more:
        lines.append(f"- and {more:,} more that could not be read")
    if lines:
        yield Section(lines=("", "### Not read or not decided", "", *lines), rank=4)
