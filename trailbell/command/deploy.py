"""``trailbell deploy``: create change sets, show the plan, confirm, execute, follow."""

from dataclasses import dataclass, replace
from pathlib import Path

import click

from trailbell.command.option import (
    examples,
    is_not_interactive,
    json_option,
    option,
    output_format,
)
from trailbell.command.options import (
    FAIL_ON,
    YES,
    ChangeSetOptions,
    SelectedStacks,
    StackOptions,
    change_set_options,
    parse_risks,
    stack_options,
)
from trailbell.command.output import print_lines
from trailbell.command.suggestions import suggest_stacks
from trailbell.command.terminal import Terminal, print_results
from trailbell.deploy import apply, result_report, reviewed, saved_plan
from trailbell.deploy.change_set import DeployOptions
from trailbell.deploy.result import StackResult, exit_code
from trailbell.deploy.session import open_session
from trailbell.deploy.subscribers import with_subscribers
from trailbell.deploy.target import check_alternatives
from trailbell.diff.model import Risk


@dataclass(frozen=True)
class _Execution:
    """What to execute: a change set by its ARN, a saved plan, or new change sets."""

    arn: str | None
    plan_path: Path | None


@click.command(
    "deploy",
    epilog=examples(
        "deploy security-alerts --parameter NotificationEmail=you@example.com",
        "deploy alerts --no-execute-changeset",
        "deploy --plan plan.json --yes",
    ),
)
@click.argument("stacks", nargs=-1, shell_complete=suggest_stacks)
@stack_options
@YES
@option(
    "--no-execute-changeset",
    "no_execute",
    former=("--no-execute",),
    is_flag=True,
    help="Create the change sets but do not execute them.",
)
@option(
    "--execute-change-set",
    "arn",
    former=("--execute",),
    metavar="ARN",
    help="Execute this existing change set.",
)
@option(
    "--plan",
    "plan_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help='Execute a plan saved with "plan --live --out FILE".',
)
@FAIL_ON
@option(
    "--delete-failed-stack",
    "delete_failed",
    multiple=True,
    metavar="NAME",
    help=(
        "Delete this stack first if it is in a failed state, and create it again. Can be repeated."
    ),
)
@option(
    "--continue-rollback",
    is_flag=True,
    help="Continue the rollback of stacks in UPDATE_ROLLBACK_FAILED before deploying.",
)
@change_set_options
@json_option("the results")
@option("--markdown", "as_markdown", is_flag=True, help="Print the results as Markdown.")
def command(
    options: StackOptions,
    change_sets: ChangeSetOptions,
    stacks: tuple[str, ...],
    arn: str | None,
    plan_path: Path | None,
    fail_on: str | None,
    delete_failed: tuple[str, ...],
    *,
    yes: bool,
    no_execute: bool,
    continue_rollback: bool,
    as_json: bool,
    as_markdown: bool,
) -> int:
    """Create a change set for each of STACKS, show the plan, ask for confirmation, execute the
    change sets, and show stack events until the deployment ends. Instead of STACKS, give
    --execute-change-set or --plan to execute what was reviewed.

    In a shell that is not interactive, use --yes to execute without confirmation, or
    --no-execute-changeset to leave the change sets for review.
    """
    if sum((bool(stacks), arn is not None, plan_path is not None)) != 1:
        raise click.UsageError(
            "Give one of: stack names, --execute-change-set ARN, or --plan FILE."
        )
    risks = parse_risks(fail_on)
    output = output_format(as_json=as_json, as_markdown=as_markdown)
    terminal = Terminal(yes=yes, quiet=output != "text")
    work = _in_region_of(options, arn).select(stacks)
    if not (yes or no_execute) and not terminal.interactive():
        raise is_not_interactive(
            "Use --yes, or --no-execute-changeset to leave the change sets for review."
        )
    if arn is not None or plan_path is not None:
        results = _execute_existing(work, _Execution(arn, plan_path), risks, terminal)
    else:
        deploy_options = DeployOptions(
            **vars(change_sets),
            continue_rollback=continue_rollback,
            delete_failed=frozenset(delete_failed),
            review=no_execute,
        )
        results = _deploy(work, deploy_options, risks, terminal)
    print_results(results, output)
    if output == "text":
        print_lines(result_report.drill_lines(results, work.environment.name))
    return exit_code(results)


def _in_region_of(options: StackOptions, arn: str | None) -> StackOptions:
    """The ARN of a change set names its Region."""
    if arn is None:
        return options
    parts = arn.split(":")
    if len(parts) < 6 or parts[2] != "cloudformation" or not parts[5].startswith("changeSet/"):
        raise click.UsageError(f'--execute-change-set: "{arn}" is not the ARN of a change set.')
    return replace(options, command_line=replace(options.command_line, region=parts[3]))


def _deploy(
    work: SelectedStacks, options: DeployOptions, risks: frozenset[Risk], terminal: Terminal
) -> tuple[StackResult, ...]:
    check_alternatives(work.selected)
    stacks, waits = work.stacks_to_deploy(), work.dependencies()
    session = open_session(work.environment)
    results = apply.apply(session, stacks, waits, options, risks, terminal)
    return with_subscribers(session, stacks, results)


def _execute_existing(
    work: SelectedStacks, execution: _Execution, risks: frozenset[Risk], terminal: Terminal
) -> tuple[StackResult, ...]:
    session, stacks = open_session(work.environment), work.stacks_to_deploy()
    results: tuple[StackResult, ...]
    if execution.arn is not None:
        results = (reviewed.execute_change_set(session, execution.arn, stacks, risks, terminal),)
    else:
        path = execution.plan_path or Path()
        results = saved_plan.apply_saved_plan(session, path, stacks, risks, terminal)
    return with_subscribers(session, stacks, results)
