#!/usr/bin/env python
"""The command line of Trailbell. ``python build.py`` builds; ``--help`` lists the commands."""

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
    "build": (
        "trailbell.command.build",
        "command",
        "Compile and validate templates, and write them to dist/.",
    ),
    "check": ("trailbell.command.build", "check", "Check that dist/ is up to date."),
    "list": ("trailbell.command.list", "command", "List stacks and detections."),
    "test": (
        "trailbell.command.test",
        "command",
        "Test detections against CloudTrail records.",
    ),
    "explain": ("trailbell.command.explain", "command", "Explain one detection."),
    "audit": (
        "trailbell.command.audit",
        "command",
        "Evaluate templates against the CIS monitoring controls.",
    ),
    "plan": ("trailbell.command.plan", "command", "Preview a deployment."),
    "deploy": ("trailbell.command.deploy", "command", "Deploy stacks."),
    "follow": ("trailbell.command.follow", "command", "Follow a stack operation."),
    "verify": ("trailbell.command.verify", "command", "Verify deployed stacks."),
    "delete": ("trailbell.command.delete", "command", "Delete a stack."),
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
    "docs": ("trailbell.command.docs", "command", "Regenerate the documentation."),
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
    """Compile AWS security detections into validated CloudFormation templates, and deploy them.

    Without a command, the command is build.

    \b
    Examples:
      python build.py
      python build.py deploy --help
    """


def main() -> int:
    """Run the command line. An expected error is one message and its exit code."""
    for stream in (
        sys.stdout,
        sys.stderr,
    ):  # a character that a terminal cannot show is not an error
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
        click.echo("interrupted", err=True)
        return 130


if __name__ == "__main__":
    sys.exit(main())
