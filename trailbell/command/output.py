"""
Print lines for people: with colors, and wrapped at words, on a terminal only.

In:    lines; standard output or standard error.
Out:   the lines: on a terminal as `trailbell.command.console` shows them, elsewhere as they are.
Never: an import of rich for a pipe, so that programs that run commands wait less.
"""

import io
import os
import shutil
import sys
from collections.abc import Iterable
from typing import TextIO

import click

from trailbell.command.progress import removed
from trailbell.lazy_import import lazy_import
from trailbell.styled_text import Line, Span, Style, line, message, plain_text

_FORCE = ("FORCE_COLOR", "TTY_COMPATIBLE")
"""Variables with which rich shows colors where there is no terminal. What counts, it decides.

https://rich.readthedocs.io/en/stable/console.html#environment-variables
"""


def _may_have_colors(stream: TextIO) -> bool:
    """Whether a stream is a terminal, or is to be treated like one."""
    return stream.isatty() or any(map(os.environ.get, _FORCE))


def terminal_width(*, err: bool = False) -> int | None:
    """The width of the terminal, None if the stream is none."""
    is_terminal = (sys.stderr if err else sys.stdout).isatty()
    return shutil.get_terminal_size().columns if is_terminal else None


def print_lines(lines: Iterable[Line], *, err: bool = False) -> None:
    """Print lines to standard output, or to standard error."""
    stream = sys.stderr if err else sys.stdout
    with removed(stream):
        if _may_have_colors(stream):
            lazy_import("trailbell.command.console").print_lines(lines, err=err)
        else:
            stream.write(plain_text(lines) + "\n")
            stream.flush()


def print_text(text: str, *, err: bool = False) -> None:
    """Print sentences, which have no style."""
    print_lines(map(line, text.split("\n")), err=err)


def print_error(text: str) -> None:
    """Print an error to standard error."""
    print_lines(message(text, Style.ERROR, "error"), err=True)


def print_usage_error(error: click.ClickException) -> None:
    """Print what click says about an error, with its label in color."""
    text = io.StringIO()
    error.show(text)
    for each in text.getvalue().splitlines():
        label, colon, rest = each.partition(": ")
        style = Style.ERROR if label == "Error" else None
        print_lines([Line((Span(label, style), Span(f"{colon}{rest}")))], err=True)


def print_note(text: str) -> None:
    """Print a note to standard error."""
    print_lines(message(text, Style.NOTE, "note"), err=True)
