"""
Write Markdown for the documentation and for comments on pull requests.

In:    cells, texts.
Out:   Markdown in which no text is taken for markup, and that fits into a comment.
Never: what to say. Reports and pages decide that.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MAX_COMMENT = 60_000
"""Characters of a comment. GitHub accepts 65,536; the rest is for text that others add."""


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table; a ``|`` in a cell is escaped."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines
    )


def escape(text: str) -> str:
    r"""Escape the characters that have a meaning in Markdown or HTML.

    >>> escape("<b> of a_b")
    '\\<b\\> of a\\_b'
    """
    for character in "\\|*_<>[]":
        text = text.replace(character, f"\\{character}")
    return text


@dataclass(frozen=True, kw_only=True)
class Section:
    """Lines of a comment. Those of a smaller ``rank`` are kept first if not all lines fit.

    ``opening`` and ``closing`` enclose the lines, as the fences of a code block do.
    """

    lines: Sequence[str]
    rank: int
    opening: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()


def fit_sections(sections: Sequence[Section], limit: int = MAX_COMMENT) -> str:
    """The sections in their order, without the least important lines if they are too many.

    ``limit`` is the number of characters.
    """
    remaining = limit
    kept: dict[int, list[str]] = {}
    for index, section in sorted(enumerate(sections), key=lambda entry: entry[1].rank):
        enclosing = sum(len(line) + 1 for line in (*section.opening, *section.closing))
        room = remaining - enclosing - _NOTE_LENGTH
        lines = _lines_that_fit(section.lines, room)
        left_out = len(section.lines) - len(lines)
        note = [f"Lines left out because the comment is too long: {left_out:,}"] * (left_out > 0)
        if lines:
            kept[index] = [*section.opening, *lines, *section.closing, *note]
        elif note and remaining > _NOTE_LENGTH:
            kept[index] = note
        remaining -= sum(len(line) + 1 for line in kept.get(index, ()))
    return "\n".join(line for index in sorted(kept) for line in kept[index]) + "\n"


_NOTE_LENGTH = 80


def _lines_that_fit(lines: Sequence[str], room: int) -> Sequence[str]:
    for index, line in enumerate(lines):
        room -= len(line) + 1
        if room < 0:
            return lines[:index]
    return lines
