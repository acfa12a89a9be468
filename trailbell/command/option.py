"""
Options of commands: current names in the help, former names still accepted, examples at the end.

In:    declarations of click options.
Out:   decorators for commands.
Never: what an option means. Each command, and `options`, decide that.
"""

from collections.abc import Callable
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class Option(click.Option):
    """An option whose former names work as its current ones, and do not appear in the help."""

    def __init__(
        self, names: list[str], *, former: tuple[str, ...] = (), **attributes: Any
    ) -> None:
        super().__init__([*names, *former], **attributes)
        self._current = [name for name in self.opts if name not in former]

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        accepted, self.opts = self.opts, self._current
        try:
            return super().get_help_record(ctx)
        finally:
            self.opts = accepted

    def get_error_hint(self, ctx: click.Context | None) -> str:
        accepted, self.opts = self.opts, self._current
        try:
            return super().get_error_hint(ctx)
        finally:
            self.opts = accepted


def option(*names: str, former: tuple[str, ...] = (), **attributes: Any) -> Decorator:
    """An option of a command; ``former`` are names that it had before."""
    return click.option(*names, cls=Option, former=former, **attributes)


def examples(*lines: str) -> str:
    """The end of a help text: commands to copy, each with what it does.

    The mark ``\\b`` keeps click from joining the lines.
    """
    return "\b\nExamples:\n" + "\n".join(f"  trailbell {line}" for line in lines)


def json_option(what: str) -> Decorator:
    """``--json``."""
    return option("--json", "as_json", is_flag=True, help=f"Print {what} as JSON.")


def output_format(*, as_json: bool, as_markdown: bool) -> str:
    """The format that ``--json`` and ``--markdown`` select: text, json or markdown."""
    if as_json and as_markdown:
        raise click.UsageError("--json and --markdown cannot be combined.")
    return "json" if as_json else "markdown" if as_markdown else "text"


def is_not_interactive(hint: str) -> click.UsageError:
    """The error of a command that has to ask where no one can answer."""
    return click.UsageError(f"This shell is not interactive. {hint}")
