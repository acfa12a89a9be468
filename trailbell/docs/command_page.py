"""
The reference of the command line: every command with its arguments and options.

In:    the command line.
Out:   the text of ``docs/reference/commands.md``.
Never: text that is not in the help of a command, except for headings.
"""

import inspect
import re
from collections.abc import Iterator

import click

from trailbell.markdown import table

_INTRODUCTION = """
<!-- Generated from the help of the commands by `trailbell docs`. -->

`--help` after a command shows the same in a terminal. `python build.py`, at the top of a project,
is the same program. All commands share their [exit codes](exit-codes.md) and
[output formats](output-formats.md).
"""
_EVERYWHERE = ("--help", "--project")
"""Options that every command has. They are described once."""


def commands_page(cli: click.Group) -> str:
    """The page of all commands."""
    context = click.Context(cli, info_name="trailbell", help_option_names=["-h", "--help"])
    commands = list(_commands(cli, context))
    parts = [
        "# Commands",
        _INTRODUCTION.strip(),
        _overview(commands),
        "## Options of every command",
        _options_table(commands[0][1], commands[0][0], only=_EVERYWHERE),
        *(part for context, command in commands for part in _section(context, command)),
    ]
    return "\n\n".join(parts) + "\n"


def _commands(
    group: click.Group, context: click.Context
) -> Iterator[tuple[click.Context, click.Command]]:
    """The commands of a group, and those of its groups, each with its context."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None:
            continue
        below = click.Context(command, info_name=name, parent=context)
        yield below, command
        if isinstance(command, click.Group):
            yield from _commands(command, below)


def _overview(commands: list[tuple[click.Context, click.Command]]) -> str:
    return table(
        ("Command", "What it does"),
        (
            (f"[`{context.command_path}`](#{_anchor(context.command_path)})", _summary(command))
            for context, command in commands
        ),
    )


def _anchor(heading: str) -> str:
    return heading.replace(" ", "-")


def _summary(command: click.Command) -> str:
    """The first sentence of the help."""
    text = " ".join(_help(command).split("\n\n")[0].split())
    return re.split(r"(?<=\.) (?=[A-Z])", text)[0]


def _help(command: click.Command) -> str:
    return inspect.cleandoc(command.help or "").replace("\b\n", "")


def _section(context: click.Context, command: click.Command) -> Iterator[str]:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield f"## {context.command_path}"
    if not isinstance(command, click.Group):
        yield f"```text\n{usage}\n```"
    yield "\n\n".join(_paragraph(text) for text in _help(command).split("\n\n"))
    options = _options_table(command, context, besides=_EVERYWHERE)
    if options:
        yield options
    if lines := _examples(command):
        yield "```sh\n" + "\n".join(lines) + "\n```"


def _paragraph(text: str) -> str:
    return " ".join(text.split()).replace("<", "&lt;").replace("*", "\\*")


def _options_table(
    command: click.Command,
    context: click.Context,
    *,
    only: tuple[str, ...] = (),
    besides: tuple[str, ...] = (),
) -> str:
    """A table of options; empty if the command has none."""
    rows = []
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context) if isinstance(parameter, click.Option) else None
        names = {*parameter.opts, *parameter.secondary_opts}
        if record is None or names & set(besides) or (only and not names & set(only)):
            continue
        rows.append((f"`{record[0]}`", _paragraph(record[1])))
    return table(("Option", "Meaning"), rows) if rows else ""


def _examples(command: click.Command) -> list[str]:
    """The commands to copy at the end of the help."""
    lines = (line.strip() for line in (command.epilog or "").splitlines())
    return [line for line in lines if line.startswith("trailbell ")]
