"""
What every subcommand of ``rollout`` takes: NAME, the files, and the format of its output.

In:    the arguments of the command line.
Out:   a `RolloutRequest`: the rollout and its templates, checked before anything is called.
Never: a call of AWS.
"""

import json
import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any

import click

from trailbell import settings
from trailbell.command.option import Decorator, is_not_interactive, json_option, option
from trailbell.command.option import output_format as format_of
from trailbell.command.options import DIST, SETTINGS
from trailbell.command.output import print_lines
from trailbell.command.suggestions import suggest_rollouts
from trailbell.command.terminal import Terminal
from trailbell.dist import manifest
from trailbell.dist.built_templates import BuiltTemplate, load_templates
from trailbell.errors import AccessDeniedError, InputError
from trailbell.project.root import chosen_root
from trailbell.rollout.apply.result import NextCommand
from trailbell.rollout.configuration import contradictions
from trailbell.rollout.configuration.config import Rollout
from trailbell.rollout.configuration.settings import read_rollout, unused_stack_sets
from trailbell.rollout.configuration.stack_order import with_templates
from trailbell.rollout.plan import stack_set_definition
from trailbell.styled_text import Line, plain_text


@dataclass(frozen=True)
class RolloutRequest:
    """What a command works on. ``file_options`` repeats the options that name other files.

    ``templates`` are those of ``dist/``, ``others`` the other rollouts of the settings,
    ``unused`` the default names of StackSets that none of them has, with their stacks.
    """

    rollout: Rollout
    templates: Mapping[str, BuiltTemplate]
    output: str
    file_options: str = ""
    others: tuple[Rollout, ...] = ()
    unused: Mapping[str, str] = field(default_factory=dict)

    @property
    def quiet(self) -> bool:
        """Whether a program reads standard output."""
        return self.output != "text"

    def next_command(self, words: str, purpose: str) -> NextCommand:
        """A command for this rollout that continues, as it can be typed."""
        verb, _, options = words.partition(" ")
        tail = f" {options}" if options else ""
        return NextCommand(
            command=f"trailbell rollout {verb} {self.rollout.name}{self.file_options}{tail}",
            purpose=purpose,
        )


@dataclass(frozen=True, kw_only=True)
class RolloutFiles:
    """Where a request is read from, and how its result is printed."""

    settings_path: Path | None
    dist_dir: Path
    output: str

    def request(self, name: str, push_secrets: tuple[str, ...] = ()) -> RolloutRequest:
        """The rollout of this name and its templates, checked. Raises `InputError`s."""
        templates = {template.stack: template for template in load_templates(self.dist_dir, ())}
        table = settings.load(self.settings_path)
        secrets = tuple(sorted(set(push_secrets)))
        rollout = with_templates(read_rollout(table, name, templates), templates, secrets)
        for config in rollout.stack_sets:
            stack_set_definition.validate_for_stack_set(config, templates[config.stack])
        contradictions.check_settings(rollout, templates)
        return RolloutRequest(
            rollout=rollout,
            templates=templates,
            output=self.output,
            file_options=self._options(),
            others=_others(table, name, templates),
            unused=unused_stack_sets(table, templates),
        )

    def _options(self) -> str:
        words = [] if self.settings_path is None else ["--settings", str(self.settings_path)]
        root = chosen_root()
        if root is None or self.dist_dir != root / manifest.FOLDER:
            words += ["--dist", str(self.dist_dir)]
        return f" {shlex.join(words)}" if words else ""


def _others(
    table: settings.Table, name: str, templates: Mapping[str, BuiltTemplate]
) -> tuple[Rollout, ...]:
    """The other rollouts of the settings. An error in one of them does not disturb this one."""
    others = []
    for other, _ in table.tables("rollout"):
        if other != name:
            try:
                others.append(with_templates(read_rollout(table, other, templates), templates))
            except InputError:
                continue
    return tuple(others)


def file_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every subcommand, which gets them as ``files``."""

    @wraps(command)
    def run(
        settings_path: Path | None,
        dist_dir: Path,
        *,
        as_json: bool,
        as_markdown: bool,
        **values: Any,
    ) -> Any:
        output = format_of(as_json=as_json, as_markdown=as_markdown)
        files = RolloutFiles(settings_path=settings_path, dist_dir=dist_dir, output=output)
        try:
            return command(files=files, **values)
        except AccessDeniedError as error:
            error.rollout = values.get("name") or ""
            raise

    decorated: Callable[..., Any] = run
    declarations: tuple[Decorator, ...] = (
        option("--markdown", "as_markdown", is_flag=True, help="Print Markdown."),
        json_option("the result"),
        DIST,
        SETTINGS,
    )
    for declare in declarations:
        decorated = declare(decorated)
    return decorated


def rollout_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """NAME and the options of a subcommand, which gets them as ``request``."""

    @wraps(command)
    def run(name: str, files: RolloutFiles, **values: Any) -> Any:
        return command(request=files.request(name), **values)

    return click.argument("name", shell_complete=suggest_rollouts)(file_options(run))


def confirming_terminal(request: RolloutRequest, *, yes: bool) -> Terminal:
    """The terminal of a command that asks. Raises `click.UsageError` if no one can answer."""
    terminal = Terminal(yes=yes, quiet=request.quiet)
    if not yes and not terminal.interactive():
        raise is_not_interactive("Use --yes.")
    return terminal


def print_result(request: RolloutRequest, data: Mapping[str, Any], lines: Iterable[Line]) -> None:
    """Print a result in the format of the request; ``lines`` are its text."""
    match request.output:
        case "json":
            click.echo(json.dumps(data, indent=2, default=str))
        case "markdown":
            click.echo(f"```text\n{plain_text(lines)}\n```")
        case _:
            print_lines(lines)
