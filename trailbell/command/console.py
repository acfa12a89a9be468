"""
The console of rich: colors and widths, in one place.

In:    tables and lines; standard output or standard error.
Out:   text as wide as the terminal, or wide without one; colors if the terminal has them.
Never: an ID, an ARN or a command that is cut: a longer one continues over the edge.

``NO_COLOR`` and ``FORCE_COLOR`` are those of https://no-color.org and https://force-color.org.
"""

import io
import os
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Literal

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from trailbell.styled_text import Line, Span, Style, line

_WITHOUT_TERMINAL = 160
_GAP = 2
_ROOM_FOR_SENTENCES = 30
_COLORS = {
    Style.HEADING: "bold",
    Style.ADDED: "green",
    Style.REMOVED: "red",
    Style.CHANGED: "yellow",
    Style.RISK: "bold red",
    Style.ERROR: "bold red",
    Style.WARNING: "yellow",
    Style.SUCCESS: "green",
    Style.NOTE: "dim",
}

_WORD = re.compile(
    r"""\A\s* (?:trailbell|aws|git)[ ].*  # a command as a line
      | \s* (?: "(?:trailbell|aws|git)[ ][^"]*"\S*  # in quotes
             | (?<=:[ ])(?:trailbell|aws|git)[ ].*?(?=\.\s|$)\.?  # or after a colon
             | \S+ ) \s*""",
    re.VERBOSE,
)
"""What is not broken over two lines: a word, or a command to copy."""


def console(*, stderr: bool = False) -> Console:
    """A console with colors on a terminal only, and not if ``NO_COLOR`` is set.

    Then there is no bold text either, as people expect of output without escape sequences.
    """
    colors: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
    made = Console(stderr=stderr, color_system=colors, highlight=False, markup=False, emoji=False)
    if not made.file.isatty():
        made.width = _WITHOUT_TERMINAL
    return made


def print_lines(lines: Iterable[Line], *, err: bool = False) -> None:
    """Print lines with their colors, wrapped if there is a terminal."""
    screen = console(stderr=err)
    width = screen.width if screen.file.isatty() else None
    for each in lines:
        for text in [_colored(each)] if width is None else wrap(each, width):
            screen.print(text, soft_wrap=True)


def print_rows(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: Collection[str] = ()
) -> None:
    """Print a table whose first column has names, and whose last column has sentences.

    If a terminal leaves too little room for the sentences, each is below its row. The columns with
    ``numbers`` are aligned to the right.
    """
    screen = console()
    *others, _ = zip(head, *rows, strict=True)
    used = sum(max(map(cell_len, column)) + _GAP for column in others)
    if screen.file.isatty() and screen.width - used < _ROOM_FOR_SENTENCES:
        first, *short = table_lines(_table(head[:-1], [row[:-1] for row in rows], numbers))
        print_lines([first, *_with_sentences(short, rows)])
    elif screen.is_terminal:  # also a pipe, if FORCE_COLOR is set
        screen.print(_table(head, rows, numbers))
    else:
        for each in table_lines(_table(head, rows, numbers)):
            screen.print(str(each).rstrip(), soft_wrap=True, markup=False, highlight=False)


def _with_sentences(short: Iterable[Line], rows: Iterable[Sequence[str]]) -> Iterator[Line]:
    for cells, row in zip(short, rows, strict=True):
        rest = str(cells).removeprefix(row[0]).rstrip()
        yield line(Span(row[0], Style.HEADING), rest, whole=True)
        if row[-1]:
            yield line(f"    {row[-1]}", hanging=0)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: Collection[str]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(head[0], no_wrap=True)
    for name in head[1:]:
        table.add_column(name, overflow="fold", justify="right" if name in numbers else "left")
    for row in rows:
        table.add_row(*row)
    return table


def table_lines(table: Table) -> list[Line]:
    """The rows of a table, each as wide as its text, and its head as a heading."""
    plain = Console(
        file=io.StringIO(), width=_WITHOUT_TERMINAL, color_system=None, markup=False, emoji=False
    )
    with plain.capture() as rows:
        plain.print(table)
    head, *body = rows.get().splitlines()
    return [
        Line((Span(head, Style.HEADING),), whole=True),
        *(line(row, whole=True) for row in body),
    ]


def wrap(wide: Line, width: int) -> list[Text]:
    """Break a line at words. What does not fit into one line is not cut."""
    text = _colored(wide)
    if wide.whole or text.cell_len <= width:
        return [text]
    margin = len(text.plain) - len(text.plain.lstrip()) + wide.hanging
    breaks: list[int] = []
    used, start = 0, 0  # columns that are used, and those at which this line starts
    for word in _WORD.finditer(text.plain):
        if used + cell_len(word.group().rstrip()) > width and used > start:
            breaks.append(word.start())
            used = start = margin
        used += cell_len(word.group())
    first, *rest = text.divide(breaks)
    wrapped = [first, *(Text(" " * margin).append_text(part) for part in rest)]
    for part in wrapped:
        part.rstrip()
    return wrapped


def _colored(plain: Line) -> Text:
    return Text.assemble(
        *((span.text, _COLORS[span.style] if span.style else "") for span in plain.spans)
    )
