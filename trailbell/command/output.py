"""
Print lines for people: with colors, and wrapped at words, on a terminal only.

In:    lines; standard output or standard error.
Out:   the lines: on a terminal as `trailbell.command.console` shows them, elsewhere as they are.
Never: an import of rich for a pipe, so that programs that run commands wait less.
"""

import os
import sys
from collections.abc import Iterable

import click

from trailbell.lazy_import import lazy_import
from trailbell.styled_text import Line, Style, labeled, line, plain_text

_FORCE = ("FORCE_COLOR", "TTY_COMPATIBLE")
"""Variables with which rich shows colors where there is no terminal. What counts, it decides.

https://rich.readthedocs.io/en/stable/console.html#environment-variables
"""


def may_have_colors(*, err: bool = False) -> bool:
    """Whether a stream is a terminal, or is to be treated like one."""
    return (sys.stderr if err else sys.stdout).isatty() or any(map(os.environ.get, _FORCE))


def print_lines(lines: Iterable[Line], *, err: bool = False) -> None:
    """Print lines to standard output, or to standard error."""
    if may_have_colors(err=err):
        lazy_import("trailbell.command.console").print_lines(lines, err=err)
    else:
        click.echo(plain_text(lines), err=err)


def print_text(text: str, *, err: bool = False) -> None:
    """Print sentences, which have no style."""
    print_lines(map(line, text.split("\n")), err=err)


def print_error(text: str) -> None:
    """Print an error to standard error."""
    _print_message("error", text, Style.ERROR)


def print_note(text: str) -> None:
    """Print a note to standard error."""
    _print_message("note", text, Style.NOTE)


def _print_message(label: str, text: str, style: Style) -> None:
    first, *rest = text.split("\n")
    below = (line(each, whole=_is_to_be_aligned(rest)) for each in rest)
    print_lines([labeled(label, first, style), *below], err=True)


def _is_to_be_aligned(lines: Iterable[str]) -> bool:
    """Whether one of the lines marks a position in the line above it."""
    return any(each.strip() == "^" for each in lines)
