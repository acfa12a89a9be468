"""``build.py rollout``: deploy a stack to many accounts with StackSets."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from trailbell import settings
from trailbell.command import exits
from trailbell.command.option import (
    examples,
    is_not_interactive,
    json_option,
    option,
    output_format,
)
from trailbell.command.options import DIST, SETTINGS, YES
from trailbell.command.terminal import Terminal
from trailbell.dist.built_templates import BuiltTemplate, load_templates
from trailbell.rollout import apply as applying
from trailbell.rollout import drift as drift_detection
from trailbell.rollout import planner, removal, report, serialize, stack_set_definition
from trailbell.rollout import status as stack_set_status
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
from trailbell.source_location import PROJECT
from trailbell.wording import pluralize

_PLAN_FORMATTERS = {
    "text": report.to_text,
    "json": serialize.plan_to_json,
    "markdown": serialize.plan_to_markdown,
}
_RESULT_FORMATTERS = {
    "text": report.result_to_text,
    "json": serialize.result_to_json,
    "markdown": serialize.result_to_markdown,
}


@dataclass(frozen=True)
class RolloutRequest:
    """What a command works on, before anything is called."""

    rollout: RolloutConfig
    template: BuiltTemplate
    output: str

    @property
    def quiet(self) -> bool:
        """Whether a program reads standard output."""
        return self.output != "text"


def _rollout_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """NAME and the options of every subcommand. The subcommand gets them as ``request``."""

    @wraps(command)
    def run(
        name: str,
        settings_path: Path | None,
        dist_dir: Path,
        *,
        as_json: bool,
        as_markdown: bool,
        **values: Any,
    ) -> Any:
        output = output_format(as_json=as_json, as_markdown=as_markdown)
        return command(request=_request(name, settings_path, dist_dir, output), **values)

    decorated: Callable[..., Any] = run
    for declare in (
        option("--markdown", "as_markdown", is_flag=True, help="Print Markdown."),
        json_option("the result"),
        DIST,
        SETTINGS,
        click.argument("name"),
    ):
        decorated = declare(decorated)
    return decorated


def _request(name: str, settings_path: Path | None, dist_dir: Path, output: str) -> RolloutRequest:
    """The rollout and its template, checked. Raises `InputError`s."""
    templates = {template.stack: template for template in load_templates(dist_dir, ())}
    rollout = read_rollout(settings.load(settings_path, PROJECT), name, templates)
    template = templates[rollout.stack]
    stack_set_definition.validate_for_stack_set(rollout, template)
    return RolloutRequest(rollout, template, output)


def _plan(
    session: RolloutSession,
    request: RolloutRequest,
    options: RolloutOptions,
    *,
    check_overrides: bool = False,
) -> RolloutPlan:
    accounts = read_organization(session)
    actual = read_actual_state(session, accounts, request.template, check_overrides=check_overrides)
    return planner.plan_rollout(
        request.rollout,
        request.template,
        accounts,
        actual,
        account_id=session.identity.account,
        options=options,
    )


_CHECK_OVERRIDES = option(
    "--check-overrides",
    "check_overrides",
    former=("--deep",),
    is_flag=True,
    help="Read the parameter overrides of every stack instance. This is slow.",
)


@click.group("rollout", epilog=examples("rollout plan baseline", "rollout apply baseline"))
def command() -> None:
    """Deploy a stack to the accounts and Regions configured under [rollout.NAME] in
    trailbell.toml.
    """


@command.command(
    "plan",
    epilog=examples("rollout plan baseline", "rollout plan baseline --exit-code --markdown"),
)
@_rollout_options
@option("--exit-code", is_flag=True, help=exits.HELP)
@_CHECK_OVERRIDES
def plan(request: RolloutRequest, *, exit_code: bool, check_overrides: bool) -> int:
    """Preview the rollout NAME without changing anything."""
    session = open_session(request.rollout)
    planned = _plan(session, request, RolloutOptions(), check_overrides=check_overrides)
    click.echo(_PLAN_FORMATTERS[request.output](planned), nl=False)
    return exits.exit_code(changes=not planned.empty, blocked=planned.blocked) if exit_code else 0


@command.command(
    "apply", epilog=examples("rollout apply baseline", "rollout apply baseline --yes --json")
)
@_rollout_options
@YES
@option(
    "--detach-inoperable",
    "detach_inoperable",
    former=("--release-inoperable",),
    is_flag=True,
    help="Remove INOPERABLE stack instances from the StackSet and retain their stacks.",
)
@_CHECK_OVERRIDES
def apply(
    request: RolloutRequest, *, yes: bool, detach_inoperable: bool, check_overrides: bool
) -> int:
    """Apply the rollout NAME wave by wave.

    Safe to run again after a failure or an interruption.
    """
    options = RolloutOptions(release_inoperable=detach_inoperable)
    return _apply(request, options, yes=yes, check_overrides=check_overrides)


@command.command(
    "resume", epilog=examples("rollout resume baseline", "rollout resume baseline --yes")
)
@_rollout_options
@YES
def resume(request: RolloutRequest, *, yes: bool) -> int:
    """Retry the stack instances of NAME that failed, are outdated or were not started, with the
    template that the StackSet has.
    """
    return _apply(request, RolloutOptions(resume=True), yes=yes)


def _apply(
    request: RolloutRequest, options: RolloutOptions, *, yes: bool, check_overrides: bool = False
) -> int:
    terminal = _terminal(request, yes=yes)
    session = open_session(request.rollout)
    wait_for_running_operations(session, terminal)
    planned = _plan(session, request, options, check_overrides=check_overrides)
    return _confirm_and_apply(session, planned, request, terminal)


def _terminal(request: RolloutRequest, *, yes: bool) -> Terminal:
    terminal = Terminal(yes=yes, quiet=request.quiet)
    if not yes and not terminal.interactive():
        raise is_not_interactive("Use --yes.")
    return terminal


def _confirm_and_apply(
    session: RolloutSession, planned: RolloutPlan, request: RolloutRequest, terminal: Terminal
) -> int:
    """Show the plan, ask for confirmation, apply it, and report the result."""
    click.echo(report.to_text(planned), nl=False, err=terminal.quiet)
    if planned.empty:
        if terminal.quiet:
            click.echo(_RESULT_FORMATTERS[request.output](_nothing_done(request.rollout)), nl=False)
        return 0
    count = planned.removal_count
    deletions = f" It deletes {pluralize(count, 'stack instance')}." if count else ""
    if not terminal.confirm(f"Apply the plan?{deletions}"):
        terminal.info("Nothing was changed.")
        return 1
    result = applying.apply_plan(session, planned, request.template, terminal)
    click.echo(_RESULT_FORMATTERS[request.output](result), nl=False)
    return 0 if result.succeeded else 1


def _nothing_done(rollout: RolloutConfig) -> RolloutResult:
    return RolloutResult(rollout=rollout.name, stack_set_name=rollout.stack_set_name, stages=())


@command.command(
    "status", epilog=examples("rollout status baseline", "rollout status baseline --json")
)
@_rollout_options
def status(request: RolloutRequest) -> int:
    """Show the status of the StackSet of NAME.

    Exit codes: 0 all stack instances are current, 1 some are not.
    """
    result = stack_set_status.read_status(open_session(request.rollout))
    click.echo(_format(request, result, stack_set_status.to_text(result)), nl=False)
    return 0 if result.succeeded else 1


@command.command("stop", epilog=examples("rollout stop baseline", "rollout stop baseline --json"))
@_rollout_options
def stop(request: RolloutRequest) -> int:
    """Stop the running operations of NAME and wait for stacks in progress."""
    terminal = Terminal(quiet=request.quiet)
    operations = applying.stop_operations(open_session(request.rollout), terminal)
    lines = [f"{operation.action} {operation.id} {operation.status}" for operation in operations]
    text = "\n".join(lines or ["No operation was in progress."]) + "\n"
    click.echo(_format(request, {"operations": operations}, text), nl=False)
    return 0


@command.command(
    "drift", epilog=examples("rollout drift baseline", "rollout drift baseline --markdown")
)
@_rollout_options
def drift(request: RolloutRequest) -> int:
    """Detect drift in all stack instances of NAME.

    Exit codes: 0 no drift, 1 some stack instances drifted or could not be checked.
    """
    session = open_session(request.rollout)
    result = drift_detection.detect_drift(session, Terminal(quiet=request.quiet))
    click.echo(_format(request, result, drift_detection.to_text(result)), nl=False)
    return 0 if result.in_sync else 1


@command.command(
    "remove",
    epilog=examples(
        "rollout remove baseline --account 123456789012", "rollout remove baseline --all --yes"
    ),
)
@_rollout_options
@option(
    "--account",
    "accounts",
    multiple=True,
    metavar="ID",
    help="Account to remove the stack instances from. Can be repeated. Default: all.",
)
@option(
    "--region",
    "regions",
    multiple=True,
    metavar="REGION",
    help="Region to remove the stack instances from. Can be repeated. Default: all.",
)
@option("--all", "everything", is_flag=True, help="Delete all stack instances and the StackSet.")
@option(
    "--retain",
    is_flag=True,
    help="Keep the stacks in the accounts and only remove them from the StackSet.",
)
@YES
def remove(
    request: RolloutRequest,
    accounts: tuple[str, ...],
    regions: tuple[str, ...],
    *,
    everything: bool,
    retain: bool,
    yes: bool,
) -> int:
    """Delete stack instances of NAME in the given accounts and Regions, or all of them."""
    if everything == bool(accounts or regions):
        raise click.UsageError("Give --account, --region, or both; or --all.")
    terminal = _terminal(request, yes=yes)
    session = open_session(request.rollout)
    wait_for_running_operations(session, terminal)
    actual = removal.read_state(session, request.template)
    wanted = RemovalRequest(
        accounts=accounts, regions=regions, everything=everything, retain=retain
    )
    planned = removal.plan_removal(
        request.rollout, wanted, actual, account_id=session.identity.account
    )
    return _confirm_and_apply(session, planned, request, terminal)


def _format(request: RolloutRequest, result: Any, text: str) -> str:
    match request.output:
        case "json":
            data = result if isinstance(result, dict) else asdict(result)
            return json.dumps(data, indent=2, default=str) + "\n"
        case "markdown":
            return f"```text\n{text}```\n"
        case _:
            return text
