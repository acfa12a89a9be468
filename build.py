#!/usr/bin/env python
"""The command line of Trailbell. ``python build.py`` builds everything; ``--help`` tells more."""

import io
import sys

try:
    import click
except ModuleNotFoundError:
    sys.exit(
        "error: click is not installed; run the first line of the README, then .venv/bin/python"
    )

from trailbell import __version__
from trailbell.errors import TrailbellError, UnknownNameError
from trailbell.lazy_import import lazy_import

# name: (module, attribute, one line for --help). Modules are loaded when they are called.
COMMANDS = {
    "build": ("trailbell.command.build", "command", "Compile, check, and write dist/."),
    "check": ("trailbell.command.build", "check", "Exit 1 if dist/ is not what it should be."),
    "list": ("trailbell.command.list", "command", "Show stacks and detections."),
    "test": ("trailbell.command.test", "command", "Tell which detections fire on which records."),
    "explain": ("trailbell.command.explain", "command", "Tell what one detection watches."),
    "audit": ("trailbell.command.audit", "command", "Grade templates as three auditors would."),
    "plan": ("trailbell.command.plan", "command", "Show what deploying would do."),
    "deploy": ("trailbell.command.deploy", "command", "Deploy by change set."),
    "follow": ("trailbell.command.follow", "command", "Watch a stack until it is at rest."),
    "verify": (
        "trailbell.command.verify",
        "command",
        "Read back what is deployed; exit 1 if wrong.",
    ),
    "delete": ("trailbell.command.delete", "command", "Delete a stack, by its name."),
    "permissions": ("trailbell.command.permissions", "command", "Print the policy of a deployer."),
    "rollout": ("trailbell.command.rollout", "command", "Roll out to every account."),
    "docs": ("trailbell.command.docs", "command", "Make the tables of the README anew."),
}


class Commands(click.Group):
    """Subcommands that are imported when they are called, so that --help is instant."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            raise UnknownNameError("command", cmd_name, COMMANDS)
        module, attribute, _ = COMMANDS[cmd_name]
        try:
            command: click.Command = getattr(lazy_import(module), attribute)
        except ModuleNotFoundError as error:
            raise click.ClickException(
                f"{error.name} is not installed; run the first line of the README, "
                "then use the python in .venv/bin"
            ) from error
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Without a command, or with options alone, the command is ``build``."""
        own = {"--help", "-h", "--version"}
        if not args or (args[0].startswith("-") and args[0] not in own):
            args = ["build", *args]
        return super().parse_args(ctx, args)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="trailbell")
def cli() -> None:
    """Compile the alarms that watch an AWS account into checked CloudFormation."""


def main() -> int:
    """Run the command line. Whatever is wrong on purpose is one message and its exit code."""
    for stream in (sys.stdout, sys.stderr):  # what a terminal cannot show is no reason to fail
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return cli.main(standalone_mode=False) or 0
    except TrailbellError as error:
        click.echo(f"error: {error}", err=True)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except OSError as error:  # standard output is a file on a full disk
        click.echo(f"error: {error.strerror or error}", err=True)
        return 2
    except click.Abort:
        click.echo("stopped", err=True)
        return 130


if __name__ == "__main__":
    sys.exit(main())
