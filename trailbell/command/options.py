"""
What the commands that deploy have in common: options, and a voice at the terminal.

In:    words of the command line.
Out:   an `Environment` with targets; questions and lines.
Never: a question where nobody can answer.
"""

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import click

from trailbell import settings
from trailbell.deploy import dependencies, parameters, plan_file
from trailbell.deploy import environment as environments
from trailbell.deploy.environment import CommandLineSettings, Environment
from trailbell.deploy.target import StackToDeploy, resolve_stacks
from trailbell.diff import report
from trailbell.diff.model import DeployPlan
from trailbell.dist import manifest
from trailbell.dist.built_templates import BuiltTemplate, StackReference, load_templates
from trailbell.source_location import PROJECT

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

_WHERE = (
    click.option(
        "-e",
        "--environment",
        default="",
        metavar="NAME",
        help="Use the settings in [environment.NAME] of trailbell.toml.",
    ),
    click.option(
        "--settings",
        "file",
        type=click.Path(path_type=Path),
        help="Read this file instead of trailbell.toml.",
    ),
    click.option(
        "--dist",
        "folder",
        type=click.Path(path_type=Path),
        default=manifest.FOLDER,
        metavar="DIR",
        help="Take the templates from this folder. Default: dist/.",
    ),
    click.option(
        "--region",
        metavar="REGION",
        help="Deploy in this Region. Default: that of the settings, then of the AWS configuration.",
    ),
    click.option("--profile", metavar="NAME", help="Sign in with this profile."),
    click.option("--role", metavar="ARN", help="Assume this role before any other call."),
    click.option(
        "--stack-name",
        metavar="NAME",
        help="Call the stack so; {stack} stands for its name in dist/. Default: {stack}.",
    ),
)
_HOW = (
    click.option(
        "--parameter",
        "given",
        multiple=True,
        metavar="K=V",
        help="Set a parameter of the stack. Repeatable.",
    ),
    click.option(
        "--parameters",
        "files",
        type=click.Path(path_type=Path),
        multiple=True,
        metavar="FILE",
        help="Read parameters from JSON, in either shape of the AWS CLI. Repeatable.",
    ),
    click.option(
        "--tag",
        "tags",
        multiple=True,
        metavar="K=V",
        help="Tag the stack, and what it makes. Repeatable.",
    ),
    click.option(
        "--notification-arn",
        "notification_arns",
        multiple=True,
        metavar="ARN",
        help="Have CloudFormation send the events of the stack to this SNS topic. Repeatable.",
    ),
    click.option(
        "--stack-policy",
        "policy",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Protect resources from updates by the stack policy in this JSON file.",
    ),
    click.option(
        "--termination-protection/--no-termination-protection",
        default=None,
        help="Protect the stack from being deleted. Default: on.",
    ),
    click.option(
        "--rollback-alarm",
        "rollback_alarms",
        multiple=True,
        metavar="ARN",
        help="Roll back if this CloudWatch alarm goes into ALARM meanwhile. Repeatable.",
    ),
    click.option(
        "--rollback-minutes",
        type=click.IntRange(0, 180),
        metavar="MINUTES",
        help="Watch the rollback alarms this long after the deployment. Default: 0.",
    ),
    click.option(
        "--on-failure",
        type=click.Choice(["rollback", "delete", "keep"]),
        help=(
            "If the deployment fails, roll back, delete a stack that is new, or keep what was "
            "made. Default: rollback."
        ),
    ),
    click.option(
        "--service-role",
        metavar="ARN",
        help="Let CloudFormation act with this role instead of your own rights.",
    ),
    click.option(
        "--template-bucket",
        metavar="BUCKET",
        help="Upload templates of more than 51,200 bytes to this S3 bucket.",
    ),
)


def where(command: F) -> F:
    """Options that say where."""
    for option in reversed(_WHERE):
        command = option(command)
    return command


def how(command: F) -> F:
    """Options that say how; they win over the settings."""
    for option in reversed(_HOW):
        command = option(command)
    return command


@dataclass(frozen=True)
class SelectedStacks:
    """What a command works on. ``everything`` are all templates of the folder."""

    environment: Environment
    sources: tuple[BuiltTemplate, ...]
    everything: tuple[BuiltTemplate, ...]

    def stacks_to_deploy(self) -> tuple[StackToDeploy, ...]:
        """The stacks as they are to be, in the order of their needs."""
        waits = dependencies.dependencies(self.sources, self.environment)
        found = {
            t.stack: t for t in resolve_stacks(self.everything, self.sources, self.environment)
        }
        return tuple(found[name] for wave in dependencies.batches(waits) for name in wave)

    def named(self, word: str) -> StackReference:
        """A stack by its name in ``dist/`` or in AWS."""
        names = {
            source.stack: self.environment.settings_for(source.stack).stack_name
            for source in self.sources
        }
        for source in self.sources:
            if word in (source.stack, names[source.stack]):
                return StackReference(names[source.stack], source)
        return StackReference(word, None)


def select_stacks(
    stacks: tuple[str, ...],
    environment: str,
    file: Path | None,
    folder: Path,
    overrides: CommandLineSettings,
) -> SelectedStacks:
    """The stacks and their environment. Raises `InputError`s, all before any call."""
    everything = load_templates(folder, ())
    wanted = load_templates(folder, stacks) if stacks else everything
    names = [source.stack for source in everything]
    found = environments.environment(settings.load(file, PROJECT), environment, names)
    environments.check_stacks(found, frozenset(names))
    found = environments.with_command_line(found, overrides, [source.stack for source in wanted])
    return SelectedStacks(found, wanted, everything)


def overrides(words: dict[str, Any]) -> CommandLineSettings:
    """What the options of `where` and `how` say. ``words`` are click's, by name."""
    values: dict[str, str] = {}
    for path in words.pop("files", ()):
        values |= parameters.from_file(path)
    values |= dict(
        parameters.parse_assignment(text, "--parameter") for text in words.pop("given", ())
    )
    tags = dict(parameters.parse_assignment(text, "--tag") for text in words.pop("tags", ()))
    policy = words.pop("policy", None)
    return CommandLineSettings(
        parameters=values,
        tags=tags,
        stack_policy=environments.policy_text(policy) if policy else None,
        **words,
    )


SHAPES: dict[str, Callable[[DeployPlan], str]] = {
    "text": lambda plan: report.to_text(plan) + "\n",
    "json": plan_file.as_json,
    "markdown": lambda plan: report.to_markdown(plan),
}


def shape(*, as_json: bool, as_markdown: bool) -> str:
    """Which of `SHAPES` was asked for."""
    if as_json and as_markdown:
        raise click.UsageError("--json and --markdown exclude each other")
    return "json" if as_json else "markdown" if as_markdown else "text"


@dataclass(frozen=True)
class Terminal:
    """A voice: lines on standard error, plans on standard output unless a machine reads it."""

    yes: bool = False
    quiet: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def info(self, text: str) -> None:
        """One line, whole, whoever else speaks."""
        with self.lock:
            click.echo(text, err=True)

    def show_event(self, stack: str, event: Any) -> None:
        reason = f"  {event.reason}" if event.reason else ""
        self.info(f"{event.at:%H:%M:%S}  {stack}  {event.status:<28}{event.logical_id}{reason}")

    def show_plan(self, plan: DeployPlan) -> None:
        with self.lock:
            click.echo(report.to_text(plan), err=self.quiet)

    def confirm(self) -> bool:
        return self.yes or _asked(lambda: click.confirm("Execute?", err=True))

    def confirm_name(self, name: str, why: str) -> bool:
        if not self.interactive():
            return False
        if why:
            self.info(why)
        question = f"Type {name} to delete it"
        said: str = _asked(lambda: click.prompt(question, default="", show_default=False, err=True))
        return said.strip() == name

    def interactive(self) -> bool:
        """Whether somebody can be asked."""
        return sys.stdin.isatty() and sys.stderr.isatty()


def _asked(question: Callable[[], T]) -> T:
    """The answer. Ctrl-C at a question is Ctrl-C, whatever click makes of it."""
    try:
        return question()
    except click.Abort:
        raise KeyboardInterrupt from None
