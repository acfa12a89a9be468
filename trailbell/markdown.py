"""
Write Markdown for the documentation and for comments on pull requests.

In:    cells, texts.
Out:   Markdown in which no text is taken for markup, and that fits into a comment.
Never: what to say. Reports and pages decide that.
"""

import re
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


def code(text: str) -> str:
    r"""Text of others as code, in which nothing is markup, a link or a mention, also in a table.

    Characters that control the display, and line breaks, are shown as their codes. Entities "cannot
    be used in place of symbols indicating structure":
    https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references

    >>> code("a_b|c")
    '<code>a&#95;b&#124;c</code>'
    """
    visible = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
    return f"<code>{_MARKUP.sub(lambda found: f'&#{ord(found[0])};', visible)}</code>"


# Also what makes GitHub link an address: https://github.github.com/gfm/#autolinks-extension-
_MARKUP = re.compile(r"[!\"#$%&'()*;<>?@\[\\\]^_`{|}~]|:(?=//)|(?<=www)\.", re.IGNORECASE)


def fenced(text: str, language: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """A block of code as opening, lines and closing. No line of it can close it.

    Characters that control the display are shown as their codes.
    """
    visible = "".join(c if c.isprintable() or c in "\n\t" else f"\\u{ord(c):04x}" for c in text)
    longest = max((len(run) for run in re.findall("`+", visible)), default=0)
    fence = "`" * max(3, longest + 1)
    return (f"{fence}{language}",), tuple(visible.strip("\n").split("\n")), (fence,)


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
