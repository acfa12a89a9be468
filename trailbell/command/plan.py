"""``trailbell plan``: preview a deployment, from the templates or with change sets in AWS."""

from dataclasses import replace
from pathlib import Path

import click

from trailbell.command import exits
from trailbell.command.option import examples, json_option, option, output_format
from trailbell.command.options import (
    FAIL_ON,
    ChangeSetOptions,
    SelectedStacks,
    StackOptions,
    change_set_options,
    parse_risks,
    stack_options,
)
from trailbell.command.output import print_lines, print_text
from trailbell.command.progress import progress
from trailbell.command.suggestions import suggest_stacks
from trailbell.cost.change import change_between
from trailbell.cost.fixed_costs import evaluator
from trailbell.deploy import plan_file
from trailbell.deploy.target import check_alternatives
from trailbell.diff import markdown_report, report, templates
from trailbell.diff.model import DeployPlan, Gate, PlanBasis, StackPlan, gate, why_blocked
from trailbell.diff.removed_stack import plan_removed_stack
from trailbell.dist.baseline import read_baseline
from trailbell.lazy_import import lazy_import
from trailbell.markdown import MAX_COMMENT
from trailbell.styled_text import Line, Span, Style, line
from trailbell.template import Template
from trailbell.template.evaluate import UNKNOWN


@click.command(
    "plan",
    epilog=examples(
        "plan",
        "plan --against main --exit-code --fail-on replace,detection-gap",
        "plan alerts --live --out plan.json",
    ),
)
@click.argument("stacks", nargs=-1, shell_complete=suggest_stacks)
@stack_options
@option(
    "--against",
    metavar="REV|FILE|DIR",
    help=(
        "Git revision, file or directory to compare with. Ignored with --live. Default: the commit "
        "at which this branch left its target branch."
    ),
)
@option(
    "--live",
    "live",
    former=("--account",),
    is_flag=True,
    help="Create a change set in the account to preview the changes.",
)
@change_set_options
@json_option("the plan")
@option("--markdown", "as_markdown", is_flag=True, help="Print the plan as Markdown.")
@option(
    "--max-length",
    type=click.IntRange(min=1_000),
    default=MAX_COMMENT,
    metavar="CHARACTERS",
    help=(
        "Maximum length of the Markdown. The least important lines are left out. Default: "
        f"{MAX_COMMENT}, which fits into a comment."
    ),
)
@option("--exit-code", is_flag=True, help=exits.HELP)
@FAIL_ON
@option(
    "-o",
    "--out",
    "out",
    former=("--output",),
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the plan to this file. Default: none.",
)
def command(
    options: StackOptions,
    change_sets: ChangeSetOptions,
    stacks: tuple[str, ...],
    against: str | None,
    out: Path | None,
    fail_on: str | None,
    max_length: int,
    *,
    live: bool,
    as_json: bool,
    as_markdown: bool,
    exit_code: bool,
) -> int:
    """Show the changes that deploying STACKS would make, without making them. Without STACKS, all
    are compared; with --live, name those that you deploy.

    By default, dist/ is compared with the commit at which this branch left its target branch (that
    of the pull request in CI, else the default branch), and AWS is not contacted. With --live, a
    change set is created in the account and deleted afterward; with --live --out FILE it is kept,
    and "deploy --plan FILE" executes it.
    """
    risks = parse_risks(fail_on)
    output = output_format(as_json=as_json, as_markdown=as_markdown)
    work = options.select(stacks, needs_environment=live)
    if live:
        plan = _plan_live(work, change_sets, keep=out is not None)
    else:
        plan = _plan_offline(work, against, options.dist_dir, all_stacks=not stacks)
    match output:
        case "json":
            click.echo(plan_file.as_json(plan), nl=False)
        case "markdown":
            click.echo(markdown_report.to_markdown(plan, max_length), nl=False)
        case _:
            print_lines(report.to_lines(plan))
    if out is not None:
        plan_file.write(out, plan)
        for name, text in plan_file.obstacles(plan).items():
            print_text(f'{out} cannot be executed. Stack "{name}": {text}', err=True)
    for stack in plan.stacks:
        if (risks or exit_code) and (reason := why_blocked(stack, risks)):
            print_lines([_blocked(stack.stack, reason)], err=True)
    unplanned = [s.stack for s in plan.stacks if s.blocked and s.basis is PlanBasis.OFFLINE]
    if live and unplanned and not exit_code:  # as "deploy" would end
        return 2 if set(unplanned) <= set(plan.refused) else 1
    return _exit_code(gate(plan, risks), strict=exit_code, gated=bool(risks))


def _plan_live(work: SelectedStacks, change_sets: ChangeSetOptions, *, keep: bool) -> DeployPlan:
    check_alternatives(work.selected)
    deploy_options = lazy_import("trailbell.deploy.change_set").DeployOptions
    with progress("reading stacks") as shown:
        plan: DeployPlan = lazy_import("trailbell.deploy.live_plan").plan_from_account(
            work.environment,
            work.stacks_to_deploy(),
            deploy_options(**vars(change_sets), review=keep),
            lazy_import("trailbell.command.terminal").Terminal(),
            keep_change_sets=keep,
            show=shown.update,
        )
    return plan


def _plan_offline(
    work: SelectedStacks, against: str | None, dist_dir: Path, *, all_stacks: bool
) -> DeployPlan:
    names = [template.stack for template in work.selected]
    compared_with = read_baseline(against, dist_dir, names, all_stacks=all_stacks)
    if compared_with.remark:
        print_text(compared_with.remark, err=True)
    region = work.environment.region
    plans = []
    for template in work.selected:
        before = compared_with.documents.get(template.stack)
        plan = templates.plan_from_templates(template, before, compared_with.name, region=region)
        plans.append(_with_given_parameters(work, plan, before, template.document))
    plans += [
        plan_removed_stack(stack, before, compared_with.name, region=region)
        for stack, before in compared_with.removed.items()
    ]
    return DeployPlan(tuple(plans))


def _with_given_parameters(
    work: SelectedStacks, plan: StackPlan, before: Template | None, after: Template
) -> StackPlan:
    """The plan with the parameters of the settings: their defaults do not count."""
    given = work.environment.settings_for(plan.stack).parameters
    changes = tuple(change for change in plan.parameters if change.name not in given)
    values = {name: v if isinstance(v, str) else UNKNOWN for name, v in given.items()}
    old = None if before is None else evaluator(before, values)
    return replace(plan, parameters=changes, costs=change_between(old, evaluator(after, values)))


def _blocked(stack: str, reason: str) -> Line:
    return line(Span(f"{stack} is blocked.", Style.ERROR), f" {reason}")


def _exit_code(result: Gate, *, strict: bool, gated: bool) -> int:
    """A blocked plan is a finding with ``--fail-on``; only ``--exit-code`` distinguishes
    changes.
    """
    if strict:
        return exits.exit_code(changes=result is Gate.CHANGES, blocked=result is Gate.BLOCKED)
    return 1 if result is Gate.BLOCKED and gated else 0
