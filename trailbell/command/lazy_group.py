"""
Groups of commands whose modules are imported when a command is called.

In:    a table: for each command, the module and attribute that define it, and one line of help.
Out:   a click group, whose help and whose shell completion need the table only.
Never: a command that is not in the table.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from trailbell.errors import UnknownNameError
from trailbell.lazy_import import lazy_import
from trailbell.project.root import choose_project

Table = Mapping[str, tuple[str, str, str]]
"""Module, attribute and one line of help, by the name of the command."""


def _choose_project(_: click.Context, __: click.Parameter, folder: Path | None) -> None:
    if folder is not None:
        choose_project(folder)


PROJECT_OPTION = click.Option(
    ["--project"],
    type=click.Path(path_type=Path),
    metavar="DIR",
    is_eager=True,
    expose_value=False,
    callback=_choose_project,
    help="Directory of the project. Default: the one with trailbell.toml, this one or above it.",
)


class LazyGroup(click.Group):
    """A group that imports a command when it is called, so that --help is fast.

    Each of its commands has the option ``--project``.
    """

    def __init__(self, *arguments: Any, table: Table, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:  # noqa: ARG002 - as click
        if cmd_name not in self.table:
            raise UnknownNameError("command", cmd_name, self.table)
        module, attribute, _ = self.table[cmd_name]
        try:
            command: click.Command = getattr(lazy_import(module), attribute)
        except ModuleNotFoundError as error:
            raise click.ClickException(
                f"{error.name} is not installed, which Trailbell needs. In a project, run: "
                "pip install -r requirements.txt"
            ) from error
        if all(parameter.name != PROJECT_OPTION.name for parameter in command.params):
            command.params.append(PROJECT_OPTION)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as click
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in self.table.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands, and the options of the group after a hyphen."""
        commands = (
            CompletionItem(name, help=text)
            for name, (_, _, text) in self.table.items()
            if name.startswith(incomplete)
        )
        return [*commands, *click.Command.shell_complete(self, ctx, incomplete)]
