"""``trailbell rollout apply`` and ``resume``: plan a rollout and apply it."""

from pathlib import Path

import click

from trailbell.command.option import examples, option
from trailbell.command.options import FAIL_ON, PUSH_SECRET, YES, parse_risks
from trailbell.command.rollout_plan import (
    CHECK_OVERRIDES,
    DETACH_INOPERABLE,
    make_plan,
)
from trailbell.command.rollout_request import (
    RolloutFiles,
    RolloutRequest,
    confirming_terminal,
    file_options,
    rollout_options,
)
from trailbell.command.rollout_run import Run, confirm_and_apply
from trailbell.command.suggestions import suggest_rollouts
from trailbell.diff.model import Risk
from trailbell.rollout.apply.result import NextCommand
from trailbell.rollout.apply.stack_set_guard import read_known_operations
from trailbell.rollout.plan.planner import RolloutOptions
from trailbell.rollout.planning import Planning
from trailbell.rollout.report import plan_file
from trailbell.rollout.session import open_sessions


@click.command(
    "apply",
    epilog=examples(
        "rollout apply baseline",
        "rollout apply baseline --yes --json",
        "rollout apply --plan plan.json --yes",
    ),
)
@click.argument("name", required=False, shell_complete=suggest_rollouts)
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
@DETACH_INOPERABLE
@CHECK_OVERRIDES
@PUSH_SECRET
def apply(
    files: RolloutFiles,
    name: str | None,
    plan_path: Path | None,
    fail_on: str | None,
    push_secrets: tuple[str, ...],
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
    planning = Planning(options=options, check_overrides=check_overrides)
    if plan_path is None:
        if name is None:
            raise click.UsageError("Give the NAME of a rollout, or --plan FILE.")
        return _apply(files.request(name, push_secrets), planning, risks, yes=yes)
    if detach_inoperable or check_overrides or push_secrets:
        raise click.UsageError("--plan has its own options. Give them when the plan is created.")
    saved = plan_file.read(plan_path)
    if name not in (None, saved.rollout):
        raise click.UsageError(f'--plan: the plan is for the rollout "{saved.rollout}".')
    planning = Planning(options=saved.options, check_overrides=saved.check_overrides)
    request = files.request(saved.rollout, saved.push_secrets)
    return _apply(request, planning, risks, yes=yes, saved=saved)


@click.command(
    "resume", epilog=examples("rollout resume baseline", "rollout resume baseline --yes")
)
@rollout_options
@YES
def resume(request: RolloutRequest, *, yes: bool) -> int:
    """Retry the stack instances of NAME that failed, are outdated or were not started, with the
    template that the StackSet has.
    """
    planning = Planning(options=RolloutOptions(resume=True))
    return _apply(request, planning, frozenset(), yes=yes)


def _apply(
    request: RolloutRequest,
    planning: Planning,
    risks: frozenset[Risk],
    *,
    yes: bool,
    saved: plan_file.SavedPlan | None = None,
) -> int:
    terminal = confirming_terminal(request, yes=yes)
    sessions = open_sessions(request.rollout)
    known_operations = read_known_operations(sessions, terminal)
    planned = make_plan(sessions, request, planning)
    if saved is not None:
        plan_file.ensure_fresh(saved, planned, request.templates)
    run = Run(request, sessions, terminal, known_operations, continuations(request))
    return confirm_and_apply(run, planned, risks)


def continuations(request: RolloutRequest) -> tuple[NextCommand, ...]:
    """The commands that continue. To resume sends no secret, so it is none if some were to be sent.

    Whether a failed update left the secret in a stack cannot be read.
    """
    secrets = request.rollout.push_secrets
    words = " ".join(("apply", *(f"--push-secret {name}" for name in secrets)))
    again = request.next_command(words, "deploy the current dist/")
    if secrets:
        return (again,)
    return (request.next_command("resume", "retry what failed or was not started"), again)
