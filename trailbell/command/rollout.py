"""``build.py rollout``: plan, apply, resume, status, stop, drift and remove, in every account."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from trailbell import settings
from trailbell.aws.stack_set import InstanceResult
from trailbell.command import exits
from trailbell.command.project import DIST
from trailbell.dist.built_templates import BuiltTemplate, load_templates
from trailbell.rollout import apply as applying
from trailbell.rollout import drift as drifts
from trailbell.rollout import planner, removal, report, serialize, stack_set_definition, wording
from trailbell.rollout import (
    status as statuses,
)
from trailbell.rollout.apply import RolloutResult
from trailbell.rollout.config import RolloutConfig
from trailbell.rollout.follow import wait_for_running_operations
from trailbell.rollout.plan import RolloutPlan
from trailbell.rollout.planner import RolloutOptions
from trailbell.rollout.removal import RemovalRequest
from trailbell.rollout.session import (
    RolloutSession,
    open_session,
    read_actual_state,
    read_organization,
)
from trailbell.rollout.settings import read_rollout
from trailbell.rollout.ui import Progress
from trailbell.source_location import PROJECT

F = TypeVar("F", bound=Callable[..., Any])
_EACH = 40
"""Stacks up to which each that ends well is told by itself; failures always are."""

_PLANS = {
    "text": report.to_text,
    "json": serialize.plan_to_json,
    "markdown": serialize.plan_to_markdown,
}
_RUNS = {
    "text": report.result_to_text,
    "json": serialize.result_to_json,
    "markdown": serialize.result_to_markdown,
}


@dataclass(frozen=True)
class Terminal:
    """A voice: lines on standard error, plans on standard output unless a machine reads it."""

    yes: bool = False
    quiet: bool = False

    def info(self, text: str) -> None:
        """One line."""
        click.echo(text, err=True)

    def show_progress(self, progress: Progress, fresh: tuple[InstanceResult, ...]) -> None:
        """What ended, then how far it is."""
        for result in fresh:
            if result.status == "FAILED" or progress.total <= _EACH:
                reason = f": {result.reason}" if result.reason else ""
                self.info(
                    f"  {result.location.account} {result.location.region} {result.status}{reason}"
                )
        if fresh or progress.running:
            self.info(told(progress))

    def confirm(self, plan: RolloutPlan) -> bool:
        """Whether to go on. What deletes stacks says so in the question."""
        if self.yes:
            return True
        deletes = f" It takes {plan.removal_count:,} stacks away." if plan.removal_count else ""
        return click.confirm(f"Apply?{deletes}", err=True)

    def interactive(self) -> bool:
        """Whether somebody can be asked."""
        return sys.stdin.isatty() and sys.stderr.isatty()


def told(progress: Progress) -> str:
    """Progress as one line."""
    parts = [f"{progress.done:,} done", f"{progress.running:,} running"]
    parts += [f"{progress.failed:,} failed"] if progress.failed else []
    parts += [f"{progress.cancelled:,} given up"] if progress.cancelled else []
    parts.append(f"{progress.left:,} left")
    line = f"{progress.stage}: {', '.join(parts)}"
    if progress.rate is not None and progress.seconds_left is not None:
        time = wording.format_duration(progress.seconds_left)
        line += f"; {progress.rate:.1f} a minute, about {time} to go"
    return line


@dataclass(frozen=True)
class Work:
    """What a command works on, before anything is called."""

    rollout: RolloutConfig
    source: BuiltTemplate
    form: str


def _options(command: F) -> F:
    for option in (
        click.option("--markdown", "as_markdown", is_flag=True, help="For a pull request."),
        click.option("--json", "as_json", is_flag=True, help="For machines."),
        click.option(
            "--dist",
            "folder",
            type=click.Path(path_type=Path),
            default=DIST,
            metavar="DIR",
            help="Folder of the templates; dist/ if not given.",
        ),
        click.option(
            "--settings", "file", type=click.Path(path_type=Path), help="Instead of trailbell.toml."
        ),
        click.argument("name"),
    ):
        command = option(command)
    return command


def _work(name: str, file: Path | None, folder: Path, *, as_json: bool, as_markdown: bool) -> Work:
    """The rollout and its template, checked. Raises `InputError`s."""
    if as_json and as_markdown:
        raise click.UsageError("--json and --markdown exclude each other")
    everything = {each.stack: each for each in load_templates(folder, ())}
    found = read_rollout(settings.load(file, PROJECT), name, everything)
    source = everything[found.stack]
    stack_set_definition.validate_for_stack_set(found, source)
    form = "json" if as_json else "markdown" if as_markdown else "text"
    return Work(found, source, form)


def _planned(
    desk: RolloutSession, work: Work, wishes: RolloutOptions, *, deep: bool = False
) -> RolloutPlan:
    found = read_organization(desk)
    there = read_actual_state(desk, found, work.source, check_overrides=deep)
    return planner.plan_rollout(
        work.rollout, work.source, found, there, account_id=desk.identity.account, options=wishes
    )


@click.group("rollout")
def command() -> None:
    """Roll a stack out to every account, by StackSets, as trailbell.toml says."""


@command.command("plan")
@_options
@click.option("--exit-code", is_flag=True, help=exits.HELP)
@click.option("--deep", is_flag=True, help="Ask for the parameters of every single stack.")
def plan_(
    name: str,
    file: Path | None,
    folder: Path,
    *,
    as_json: bool,
    as_markdown: bool,
    exit_code: bool,
    deep: bool,
) -> int:
    """Show what rolling out NAME would do. Nothing is changed."""
    work = _work(name, file, folder, as_json=as_json, as_markdown=as_markdown)
    plan = _planned(open_session(work.rollout), work, RolloutOptions(), deep=deep)
    click.echo(_PLANS[work.form](plan), nl=False)
    return exits.exit_code(changes=not plan.empty, blocked=plan.blocked) if exit_code else 0


@command.command("apply")
@_options
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--release-inoperable", is_flag=True, help="Take inoperable stacks out of the set.")
@click.option("--deep", is_flag=True, help="Ask for the parameters of every single stack.")
def apply(
    name: str,
    file: Path | None,
    folder: Path,
    *,
    as_json: bool,
    as_markdown: bool,
    yes: bool,
    release_inoperable: bool,
    deep: bool,
) -> int:
    """Roll out NAME, wave by wave. Run it again after anything: it goes on from what AWS says."""
    work = _work(name, file, folder, as_json=as_json, as_markdown=as_markdown)
    return _applied(work, RolloutOptions(release_inoperable=release_inoperable), yes=yes, deep=deep)


@command.command("resume")
@_options
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
def resume(
    name: str, file: Path | None, folder: Path, *, as_json: bool, as_markdown: bool, yes: bool
) -> int:
    """Finish NAME: only what failed, is outdated or never began, with the set's own template."""
    work = _work(name, file, folder, as_json=as_json, as_markdown=as_markdown)
    return _applied(work, RolloutOptions(resume=True), yes=yes)


def _applied(work: Work, wishes: RolloutOptions, *, yes: bool, deep: bool = False) -> int:
    voice = _voice(work, yes=yes)
    desk = open_session(work.rollout)
    wait_for_running_operations(desk, voice)
    return _driven(desk, _planned(desk, work, wishes, deep=deep), work, voice)


def _voice(work: Work, *, yes: bool) -> Terminal:
    voice = Terminal(yes=yes, quiet=work.form != "text")
    if not yes and not voice.interactive():
        raise click.UsageError("nobody can be asked here; say --yes")
    return voice


def _driven(desk: RolloutSession, plan: RolloutPlan, work: Work, voice: Terminal) -> int:
    """Show a plan, ask, apply it, tell what became of it."""
    click.echo(report.to_text(plan), nl=False, err=voice.quiet)
    if plan.empty:
        done = RolloutResult(
            rollout=work.rollout.name, stack_set_name=work.rollout.stack_set_name, stages=()
        )
        if voice.quiet:
            click.echo(_RUNS[work.form](done), nl=False)
        return 0
    if not voice.confirm(plan):
        voice.info("nothing was changed")
        return 1
    run = applying.apply_plan(desk, plan, work.source, voice)
    click.echo(_RUNS[work.form](run), nl=False)
    return 0 if run.succeeded else 1


@command.command("status")
@_options
def status(name: str, file: Path | None, folder: Path, *, as_json: bool, as_markdown: bool) -> int:
    """Show how the set of NAME stands. Exit 1 if a stack is not current."""
    work = _work(name, file, folder, as_json=as_json, as_markdown=as_markdown)
    found = statuses.read_status(open_session(work.rollout))
    click.echo(_shaped(work, found, statuses.to_text(found)), nl=False)
    return 0 if found.succeeded else 1


@command.command("stop")
@_options
def stop(name: str, file: Path | None, folder: Path, *, as_json: bool, as_markdown: bool) -> int:
    """Begin no more stacks of NAME, and wait for those that run."""
    work = _work(name, file, folder, as_json=as_json, as_markdown=as_markdown)
    voice = Terminal(quiet=work.form != "text")
    found = applying.stop_operations(open_session(work.rollout), voice)
    lines = [f"{each.action} {each.id} {each.status}" for each in found]
    text = "\n".join(lines or ["nothing was under way"]) + "\n"
    click.echo(_shaped(work, {"operations": found}, text), nl=False)
    return 0


@command.command("drift")
@_options
def drift(name: str, file: Path | None, folder: Path, *, as_json: bool, as_markdown: bool) -> int:
    """Look for changes made by hand in all stacks of NAME. Exit 1 if there are some."""
    work = _work(name, file, folder, as_json=as_json, as_markdown=as_markdown)
    found = drifts.detect_drift(open_session(work.rollout), Terminal(quiet=work.form != "text"))
    click.echo(_shaped(work, found, drifts.to_text(found)), nl=False)
    return 0 if found.in_sync else 1


@command.command("remove")
@_options
@click.option("--account", "accounts", multiple=True, metavar="ID", help="Repeatable.")
@click.option("--region", "regions", multiple=True, metavar="R", help="Repeatable.")
@click.option("--all", "everything", is_flag=True, help="All stacks, then the set itself.")
@click.option("--retain", is_flag=True, help="Leave the stacks standing, outside of the set.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
def remove(
    name: str,
    file: Path | None,
    folder: Path,
    accounts: tuple[str, ...],
    regions: tuple[str, ...],
    *,
    as_json: bool,
    as_markdown: bool,
    everything: bool,
    retain: bool,
    yes: bool,
) -> int:
    """Remove the stacks of NAME from accounts, from Regions, from both at once, or --all."""
    if everything == bool(accounts or regions):
        raise click.UsageError("say --account, --region or both; or --all")
    work = _work(name, file, folder, as_json=as_json, as_markdown=as_markdown)
    voice = _voice(work, yes=yes)
    desk = open_session(work.rollout)
    wait_for_running_operations(desk, voice)
    there = removal.read_state(desk, work.source)
    what = RemovalRequest(accounts=accounts, regions=regions, everything=everything, retain=retain)
    return _driven(
        desk,
        removal.plan_removal(work.rollout, what, there, account_id=desk.identity.account),
        work,
        voice,
    )


def _shaped(work: Work, found: Any, text: str) -> str:
    match work.form:
        case "json":
            data = found if isinstance(found, dict) else asdict(found)
            return json.dumps(data, indent=2, default=str) + "\n"
        case "markdown":
            return f"```text\n{text}```\n"
        case _:
            return text
