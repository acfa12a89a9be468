"""``build.py rollout plan``, ``apply``, ``resume`` and ``remove``: what makes a plan."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from trailbell.command import exits
from trailbell.command.option import examples, option
from trailbell.command.options import FAIL_ON, YES, parse_risks
from trailbell.command.rollout_request import (
    RolloutFiles,
    RolloutRequest,
    confirming_terminal,
    file_options,
    rollout_options,
)
from trailbell.command.terminal import Terminal
from trailbell.diff.model import Risk
from trailbell.rollout import (
    markdown_report,
    plan_file,
    planner,
    removal,
    report,
    result_report,
    serialize,
)
from trailbell.rollout.apply import apply_plan, result_of
from trailbell.rollout.follow import wait_for_running_operations
from trailbell.rollout.plan import RolloutPlan
from trailbell.rollout.planner import RolloutOptions
from trailbell.rollout.removal import RemovalRequest
from trailbell.rollout.result import NextCommand, RolloutResult
from trailbell.rollout.session import (
    RolloutSession,
    open_session,
    read_actual_state,
    read_organization,
)
from trailbell.wording import pluralize

_PLAN_FORMATTERS = {
    "text": report.to_text,
    "json": serialize.plan_to_json,
    "markdown": markdown_report.plan_to_markdown,
}
_RESULT_FORMATTERS = {
    "text": result_report.to_text,
    "json": serialize.result_to_json,
    "markdown": markdown_report.result_to_markdown,
}
_CHECK_OVERRIDES = option(
    "--check-overrides",
    "check_overrides",
    former=("--deep",),
    is_flag=True,
    help="Read the parameter overrides of every stack instance. This is slow.",
)
_DETACH_INOPERABLE = option(
    "--detach-inoperable",
    "detach_inoperable",
    former=("--release-inoperable",),
    is_flag=True,
    help="Remove INOPERABLE stack instances from the StackSet and retain their stacks.",
)


@dataclass(frozen=True, kw_only=True)
class _Planning:
    """How a plan is computed."""

    options: RolloutOptions
    check_overrides: bool = False


@click.command(
    "plan",
    epilog=examples(
        "rollout plan baseline",
        "rollout plan baseline --exit-code --fail-on remove,detection-gap --markdown",
        "rollout plan baseline --out plan.json",
    ),
)
@rollout_options
@option("--exit-code", is_flag=True, help=exits.HELP)
@FAIL_ON
@_CHECK_OVERRIDES
@_DETACH_INOPERABLE
@option(
    "-o",
    "--out",
    "out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help='Write the plan to this file, for "rollout apply --plan FILE". Default: none.',
)
def plan(
    request: RolloutRequest,
    fail_on: str | None,
    out: Path | None,
    *,
    exit_code: bool,
    check_overrides: bool,
    detach_inoperable: bool,
) -> int:
    """Preview the rollout NAME without changing anything."""
    risks = parse_risks(fail_on)
    planning = _Planning(
        options=RolloutOptions(release_inoperable=detach_inoperable),
        check_overrides=check_overrides,
    )
    planned = _plan(open_session(request.rollout), request, planning)
    click.echo(_PLAN_FORMATTERS[request.output](planned), nl=False)
    if out is not None:
        plan_file.write(
            out, planned, request.template, planning.options, check_overrides=check_overrides
        )
    blocked = planned.blocks(risks)
    if exit_code:
        return exits.exit_code(changes=not planned.empty, blocked=blocked)
    return 1 if blocked and risks else 0


def _plan(session: RolloutSession, request: RolloutRequest, planning: _Planning) -> RolloutPlan:
    accounts = read_organization(session)
    actual = read_actual_state(
        session, accounts, request.template, check_overrides=planning.check_overrides
    )
    return planner.plan_rollout(
        request.rollout,
        request.template,
        accounts,
        actual,
        account_id=session.identity.account,
        options=planning.options,
    )


@click.command(
    "apply",
    epilog=examples(
        "rollout apply baseline",
        "rollout apply baseline --yes --json",
        "rollout apply --plan plan.json --yes",
    ),
)
@click.argument("name", required=False)
@file_options
@YES
@option(
    "--plan",
    "plan_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help='Apply a plan saved with "rollout plan --out FILE", if it is still up to date.',
)
@FAIL_ON
@_DETACH_INOPERABLE
@_CHECK_OVERRIDES
def apply(
    files: RolloutFiles,
    name: str | None,
    plan_path: Path | None,
    fail_on: str | None,
    *,
    yes: bool,
    detach_inoperable: bool,
    check_overrides: bool,
) -> int:
    """Apply the rollout NAME wave by wave, or exactly the plan of --plan.

    Safe to run again after a failure or an interruption.
    """
    risks = parse_risks(fail_on)
    options = RolloutOptions(release_inoperable=detach_inoperable)
    planning = _Planning(options=options, check_overrides=check_overrides)
    if plan_path is None:
        if name is None:
            raise click.UsageError("Give the NAME of a rollout, or --plan FILE.")
        return _apply(files.request(name), planning, risks, yes=yes)
    if detach_inoperable or check_overrides:
        raise click.UsageError("--plan has its own options. Give them when the plan is created.")
    saved = plan_file.read(plan_path)
    if name not in (None, saved.rollout):
        raise click.UsageError(f'--plan: the plan is for the rollout "{saved.rollout}".')
    planning = _Planning(options=saved.options, check_overrides=saved.check_overrides)
    return _apply(files.request(saved.rollout), planning, risks, yes=yes, saved=saved)


@click.command(
    "resume", epilog=examples("rollout resume baseline", "rollout resume baseline --yes")
)
@rollout_options
@YES
def resume(request: RolloutRequest, *, yes: bool) -> int:
    """Retry the stack instances of NAME that failed, are outdated or were not started, with the
    template that the StackSet has.
    """
    planning = _Planning(options=RolloutOptions(resume=True))
    return _apply(request, planning, frozenset(), yes=yes)


def _apply(
    request: RolloutRequest,
    planning: _Planning,
    risks: frozenset[Risk],
    *,
    yes: bool,
    saved: plan_file.SavedPlan | None = None,
) -> int:
    terminal = confirming_terminal(request, yes=yes)
    session = open_session(request.rollout)
    wait_for_running_operations(session, terminal)
    planned = _plan(session, request, planning)
    if saved is not None:
        plan_file.ensure_fresh(saved, planned, request.template)
    next_commands = (
        request.next_command("resume", "retry what failed or was not started"),
        request.next_command("apply", "deploy the current dist/"),
    )
    return _confirm_and_apply(session, planned, request, terminal, next_commands, risks)


def _confirm_and_apply(
    session: RolloutSession,
    planned: RolloutPlan,
    request: RolloutRequest,
    terminal: Terminal,
    next_commands: Sequence[NextCommand],
    risks: frozenset[Risk] = frozenset(),
) -> int:
    """Show the plan, ask for confirmation, apply it, and report the result."""
    click.echo(report.to_text(planned), nl=False, err=terminal.quiet)
    if planned.empty:
        return _finish(request, replace(result_of(planned), stages=()))
    if planned.blocks(risks):
        return _finish(request, result_of(planned, message=_blocked(risks)))
    count = planned.removal_count
    deletions = f" It deletes {pluralize(count, 'stack instance')}." if count else ""
    if not terminal.confirm(f"Apply the plan?{deletions}"):
        return _finish(request, result_of(planned, message="Nothing was changed."))
    return _finish(request, apply_plan(session, planned, request.template, terminal, next_commands))


def _blocked(risks: frozenset[Risk]) -> str:
    if not risks:
        return "The plan is blocked: CloudFormation rejects the change. Nothing was changed."
    return f"The plan is blocked by --fail-on {','.join(sorted(risks))}. Nothing was changed."


def _finish(request: RolloutRequest, result: RolloutResult) -> int:
    """Print the result, and return the exit code."""
    click.echo(_RESULT_FORMATTERS[request.output](result), nl=False)
    return 0 if result.succeeded else 1


@click.command(
    "remove",
    epilog=examples(
        "rollout remove baseline --account 123456789012", "rollout remove baseline --all --yes"
    ),
)
@rollout_options
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
    terminal = confirming_terminal(request, yes=yes)
    session = open_session(request.rollout)
    wait_for_running_operations(session, terminal)
    wanted = RemovalRequest(
        accounts=accounts, regions=regions, everything=everything, retain=retain
    )
    planned = removal.plan_removal(
        request.rollout,
        wanted,
        removal.read_state(session, request.template),
        account_id=session.identity.account,
    )
    again = request.next_command(_remove_words(wanted), "remove what is left")
    return _confirm_and_apply(session, planned, request, terminal, (again,))


def _remove_words(wanted: RemovalRequest) -> str:
    """The same removal as it can be typed."""
    words = ["remove"]
    words += [f"--account {account}" for account in wanted.accounts]
    words += [f"--region {region}" for region in wanted.regions]
    words += ["--all"] if wanted.everything else []
    words += ["--retain"] if wanted.retain else []
    return " ".join(words)
