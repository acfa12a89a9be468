"""
The program: its commands, and how errors become messages and exit codes.

In:    the arguments of the command line.
Out:   the exit code.
Never: work. Each command is a module, which is imported when the command is called.
"""

import io
import sys
from pathlib import Path

import click

from trailbell import __version__
from trailbell.command.interruption import Interruption
from trailbell.command.option import examples
from trailbell.errors import TrailbellError, UnknownNameError
from trailbell.lazy_import import lazy_import
from trailbell.project.root import choose_project, use_project

# name: (module, attribute, one line for --help). A module is imported when its command is called.
COMMANDS = {
    "init": ("trailbell.command.init", "command", "Start a project."),
    "build": (
        "trailbell.command.build",
        "command",
        "Compile and validate templates, and write them to dist/.",
    ),
    "check": ("trailbell.command.build", "check", "Check that dist/ is up to date."),
    "list": ("trailbell.command.list", "command", "List stacks and detections."),
    "test": ("trailbell.command.test", "command", "Test detections against CloudTrail records."),
    "explain": ("trailbell.command.explain", "command", "Explain one detection."),
    "audit": (
        "trailbell.command.audit",
        "command",
        "Evaluate templates against the CIS monitoring controls.",
    ),
    "lint": (
        "trailbell.command.lint",
        "command",
        "Run cfn-lint with the rules of Trailbell on any templates.",
    ),
    "plan": ("trailbell.command.plan", "command", "Preview a deployment."),
    "comment": (
        "trailbell.command.comment",
        "command",
        "Comment on a pull request, and update the comment.",
    ),
    "deploy": ("trailbell.command.deploy", "command", "Deploy stacks."),
    "follow": ("trailbell.command.follow", "command", "Follow a stack operation."),
    "verify": ("trailbell.command.verify", "command", "Verify deployed stacks."),
    "delete": ("trailbell.command.delete", "command", "Delete a stack."),
    "rollback": ("trailbell.command.rollback", "command", "Roll back a failed stack."),
    "permissions": (
        "trailbell.command.permissions",
        "command",
        "Print the IAM policy needed to deploy.",
    ),
    "rollout": (
        "trailbell.command.rollout",
        "command",
        "Deploy to many accounts with StackSets.",
    ),
    "schema": (
        "trailbell.command.schema",
        "command",
        "Print the JSON Schema of trailbell.toml.",
    ),
    "docs": ("trailbell.command.docs", "command", "Regenerate the documentation."),
}


def _choose_project(_: click.Context, __: click.Parameter, folder: Path | None) -> None:
    if folder is not None:
        choose_project(folder)


_PROJECT = click.Option(
    ["--project"],
    type=click.Path(path_type=Path),
    metavar="DIR",
    is_eager=True,
    expose_value=False,
    callback=_choose_project,
    help="Directory of the project. Default: the one with trailbell.toml, this one or above it.",
)


class Commands(click.Group):
    """Subcommands that are imported when they are called, so that --help is fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:  # noqa: ARG002 - as click
        if cmd_name not in COMMANDS:
            raise UnknownNameError("command", cmd_name, COMMANDS)
        module, attribute, _ = COMMANDS[cmd_name]
        try:
            command: click.Command = getattr(lazy_import(module), attribute)
        except ModuleNotFoundError as error:
            raise click.ClickException(
                f"{error.name} is not installed. Run the first command of the README, then use "
                ".venv/bin/python."
            ) from error
        if all(parameter.name != _PROJECT.name for parameter in command.params):
            command.params.append(_PROJECT)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as click
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Without a command, or with options only, run ``build``."""
        own_options = {"--help", "-h", "--version"}
        if not args or (args[0].startswith("-") and args[0] not in own_options):
            args = ["build", *args]
        return super().parse_args(ctx, args)


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples("build", "plan alerts --live", "deploy --help"),
)
@click.version_option(__version__, prog_name="trailbell")
def cli() -> None:
    """Compile AWS security detections into validated CloudFormation templates, and deploy them.

    Without a command, all stacks are built. Settings are read from trailbell.toml; options of the
    command line override them.
    """


def main(folder: Path | None = None) -> int:
    """Run the command line, in the project in this folder or that the current folder is in.

    Ctrl-C and SIGTERM exit with 130 and 143, after the cleanup.
    """
    if folder is not None:
        use_project(folder)
    with Interruption() as interruption:
        return interruption.end(_run())


def _run() -> int:
    """Run the command line. An error of ours is one message and its exit code."""
    for stream in (sys.stdout, sys.stderr):  # characters that a terminal cannot show are escaped
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return cli.main(prog_name="trailbell", standalone_mode=False) or 0
    except TrailbellError as error:
        click.echo(f"error: {error}", err=True)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except OSError as error:  # for example, standard output is a file on a full disk
        click.echo(f"error: {error.strerror or error}", err=True)
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return 130
