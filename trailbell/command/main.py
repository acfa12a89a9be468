"""
The program: its commands, and how errors become messages and exit codes.

In:    the arguments of the command line.
Out:   the exit code.
Never: work. Each command is a module, which is imported when the command is called.
"""

import contextlib
import io
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import click

from trailbell import __version__
from trailbell.command import completion
from trailbell.command.interruption import Interruption
from trailbell.command.lazy_group import PROJECT_OPTION, LazyGroup
from trailbell.command.option import examples
from trailbell.errors import TrailbellError
from trailbell.lazy_import import lazy_import
from trailbell.project.root import use_project

# name: (module, attribute, one line for --help). A module is imported when its command is called.
COMMANDS = {
    "init": ("trailbell.command.init", "command", "Start a project."),
    "new": (
        "trailbell.command.new",
        "command",
        "Write a detection, stack or policy that builds, and its test.",
    ),
    "import": (
        "trailbell.command.import_rules",
        "command",
        "Write detections for Sigma rules.",
    ),
    "build": (
        "trailbell.command.build",
        "command",
        "Compile and validate templates, and write them to dist/.",
    ),
    "check": ("trailbell.command.build", "check", "Check that dist/ is up to date."),
    "list": ("trailbell.command.list", "command", "List stacks and detections."),
    "test": ("trailbell.command.test", "command", "Test detections against CloudTrail records."),
    "tune": (
        "trailbell.command.tune",
        "command",
        "Propose exclusions and thresholds for noisy detections.",
    ),
    "replay": (
        "trailbell.command.replay",
        "command",
        "Show what would have notified you, for CloudTrail records.",
    ),
    "explain": (
        "trailbell.command.explain",
        "command",
        "Explain a detection, or a rule for cfn-lint.",
    ),
    "demo": (
        "trailbell.command.demo",
        "command",
        "Play an attack on an emulator, and show what notifies you.",
    ),
    "audit": (
        "trailbell.command.audit",
        "command",
        "Evaluate templates against the CIS monitoring controls.",
    ),
    "radar": (
        "trailbell.command.radar",
        "command",
        "Find operations of the AWS SDK that nothing detects.",
    ),
    "lint": (
        "trailbell.command.lint",
        "command",
        "Run cfn-lint with the rules of Trailbell on any templates.",
    ),
    "cost": ("trailbell.command.cost", "command", "Estimate what stacks cost in a month."),
    "prove": ("trailbell.command.prove", "command", "Prove what policies allow and deny."),
    "plan": ("trailbell.command.plan", "command", "Preview a deployment."),
    "comment": (
        "trailbell.command.comment",
        "command",
        "Comment on a pull request, and update the comment.",
    ),
    "diff-baseline": (
        "trailbell.command.diff_baseline",
        "command",
        "Show what an upgrade changes in dist/.",
    ),
    "deploy": ("trailbell.command.deploy", "command", "Deploy stacks."),
    "follow": ("trailbell.command.follow", "command", "Follow a stack operation."),
    "verify": ("trailbell.command.verify", "command", "Verify deployed stacks."),
    "drill": ("trailbell.command.drill", "command", "Prove that people are notified."),
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
    "docs": ("trailbell.command.docs", "command", "Document the detections of the project."),
    "completion": (
        "trailbell.command.completion",
        "command",
        "Print a script for shell completion.",
    ),
}


class Commands(LazyGroup):
    """The commands. Without one, or with options only, it runs ``build``.

    The option ``--project`` can also precede the command.
    """

    def __init__(self, *arguments: Any, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.params.append(PROJECT_OPTION)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Add ``build`` if there is no command. Shell completion asks about commands then."""
        project = _project_words(args)
        rest = args[len(project) :]
        without_command = not rest and not ctx.resilient_parsing
        if without_command or (rest and rest[0].startswith("-") and rest[0] not in _OWN_OPTIONS):
            args = [*project, "build", *rest]
        return super().parse_args(ctx, args)


_OWN_OPTIONS = frozenset({"--help", "-h", "--version"})


def _project_words(args: list[str]) -> list[str]:
    """The first words if they are ``--project DIR``."""
    if args and args[0].startswith("--project="):
        return args[:1]
    return args[:2] if args and args[0] == "--project" else []


@click.command(
    cls=Commands,
    table=COMMANDS,
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
    if completion.VARIABLE in os.environ:
        return _complete()
    with Interruption() as interruption:
        return interruption.end(_run())


def _complete() -> int:
    """Print what can follow on the command line of a shell, or nothing: an error would be in it."""
    with contextlib.suppress(TrailbellError, click.ClickException, OSError, ValueError):
        cli.main(prog_name="trailbell", standalone_mode=False)
    return 0


def _output() -> ModuleType:
    """What prints errors. Most commands, and --help, do without."""
    return lazy_import("trailbell.command.output")


def _run() -> int:
    """Run the command line. An error of ours is one message and its exit code."""
    for stream in (sys.stdout, sys.stderr):  # characters that a terminal cannot show are escaped
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return cli.main(prog_name="trailbell", standalone_mode=False) or 0
    except TrailbellError as error:
        _output().print_error(str(error))
        return error.exit_code
    except click.ClickException as error:
        _output().print_usage_error(error)
        return error.exit_code
    except OSError as error:  # for example, standard output is a file on a full disk
        _output().print_error(_problem(error))
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return 130


def _problem(error: OSError) -> str:
    """What the operating system refused, and where."""
    problem = error.strerror or str(error)
    if isinstance(error.filename, str | bytes):
        return f"{os.fsdecode(error.filename)}: {problem}"
    if isinstance(error, FileNotFoundError) and _is_folder_gone():
        return "the current folder does not exist any more; change to another one"
    return problem


def _is_folder_gone() -> bool:
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False
