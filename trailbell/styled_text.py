"""
Lines of text whose parts have a meaning, which a terminal shows as colors.

In:    texts, and what they mean: added, removed, a risk, a note.
Out:   a `Line` of `Span`s; as a string, the same text without any mark.
Never: a color, or the width of a terminal. `trailbell.command.console` knows those.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from trailbell.text_files import printable


class Style(StrEnum):
    """What a part of a line means."""

    HEADING = "heading"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RISK = "risk"
    ERROR = "error"
    WARNING = "warning"
    SUCCESS = "success"
    NOTE = "note"


@dataclass(frozen=True)
class Span:
    """A part of a line. Without a style, it is shown like any text."""

    text: str
    style: Style | None = None


Part = str | Span


@dataclass(frozen=True)
class Line:
    """One line, without control characters.

    If it is wider than the terminal, it continues below, ``hanging`` columns to the right of where
    its text starts. A line that is ``whole`` is not wrapped: a row of a table, or text to copy.
    """

    spans: tuple[Span, ...]
    hanging: int = 2
    whole: bool = False

    def __str__(self) -> str:
        return "".join(span.text for span in self.spans)


def line(*parts: Part, hanging: int = 2, whole: bool = False) -> Line:
    """Join texts and spans to a line. Text of others cannot control the terminal.

    >>> str(line("  ", Span("+ Topic", Style.ADDED), "  add"))
    '  + Topic  add'
    """
    spans = (part if isinstance(part, Span) else Span(part) for part in parts)
    return Line(
        tuple(replace(span, text=printable(span.text)) for span in spans if span.text),
        hanging=hanging,
        whole=whole,
    )


def styled(text: str, style: Style | None, *, hanging: int = 2) -> Line:
    """A line that has one style."""
    return line(Span(text, style), hanging=hanging)


def labeled(label: str, text: str, style: Style | None) -> Line:
    """A line that starts with a label: ``warning: ...``. Only the label has the style."""
    return line(Span(label, style), f": {text}")


def message(text: str, style: Style | None, label: str = "") -> Iterator[Line]:
    """The lines of a message, with the style on its label or else on its first line.

    A line that marks a position in the line above it, and this line, are not wrapped.
    """
    first, *rest = text.split("\n")
    yield labeled(label, first, style) if label else styled(first, style)
    whole = any(each.strip() == "^" for each in rest)
    yield from (line(each, whole=whole) for each in rest)


def status_style(status: str) -> Style | None:
    """The style of a status of AWS: of a failure, a rollback, a success, or none of these.

    >>> status_style("UPDATE_ROLLBACK_COMPLETE")
    <Style.WARNING: 'warning'>
    """
    if status.endswith("FAILED"):
        return Style.ERROR
    if "ROLLBACK" in status or status in ("CANCELLED", "INOPERABLE", "OUTDATED"):
        return Style.WARNING
    return Style.SUCCESS if status.endswith(("COMPLETE", "SUCCEEDED", "CURRENT")) else None


def indented(lines: Iterable[Line], columns: int = 2) -> Iterator[Line]:
    """The lines, moved to the right."""
    for each in lines:
        yield replace(each, spans=(Span(" " * columns), *each.spans)) if each.spans else each


def as_lines(texts: Iterable[str | Line]) -> Iterator[Line]:
    """Texts without a style as lines, among others that are lines."""
    return (line(each) if isinstance(each, str) else each for each in texts)


def plain_text(lines: Iterable[Line]) -> str:
    """The lines without styles, joined by line breaks."""
    return "\n".join(map(str, lines))
