"""``trailbell rollout plan``: preview a rollout, and save the plan."""

from pathlib import Path

import click

from trailbell.command import exits
from trailbell.command.option import examples, option
from trailbell.command.options import FAIL_ON, PUSH_SECRET, parse_risks
from trailbell.command.output import print_lines, terminal_width
from trailbell.command.progress import progress
from trailbell.command.rollout_request import RolloutFiles, RolloutRequest, file_options
from trailbell.command.suggestions import suggest_rollouts
from trailbell.rollout.model.plan import RolloutPlan, why_blocked
from trailbell.rollout.plan.planner import RolloutOptions
from trailbell.rollout.planning import Planning, plan_whole_rollout
from trailbell.rollout.report import markdown_report, plan_file, report, serialize
from trailbell.rollout.session import Sessions, open_sessions
from trailbell.styled_text import Style, styled

_FORMATTERS = {
    "json": serialize.plan_to_json,
    "markdown": markdown_report.plan_to_markdown,
}
CHECK_OVERRIDES = option(
    "--check-overrides",
    "check_overrides",
    former=("--deep",),
    is_flag=True,
    help="Read the parameter overrides of every stack instance. This is slow.",
)
DETACH_INOPERABLE = option(
    "--detach-inoperable",
    "detach_inoperable",
    former=("--release-inoperable",),
    is_flag=True,
    help="Remove INOPERABLE stack instances from the StackSet and retain their stacks.",
)


@click.command(
    "plan",
    epilog=examples(
        "rollout plan baseline",
        "rollout plan baseline --exit-code --fail-on remove,detection-gap --markdown",
        "rollout plan baseline --out plan.json",
    ),
)
@click.argument("name", shell_complete=suggest_rollouts)
@file_options
@option("--exit-code", is_flag=True, help=exits.HELP)
@FAIL_ON
@CHECK_OVERRIDES
@DETACH_INOPERABLE
@PUSH_SECRET
@option(
    "-o",
    "--out",
    "out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help='Write the plan to this file, for "rollout apply --plan FILE". Default: none.',
)
def plan(
    name: str,
    files: RolloutFiles,
    fail_on: str | None,
    push_secrets: tuple[str, ...],
    out: Path | None,
    *,
    exit_code: bool,
    check_overrides: bool,
    detach_inoperable: bool,
) -> int:
    """Preview the rollout NAME without changing anything."""
    risks = parse_risks(fail_on)
    request = files.request(name, push_secrets)
    planning = Planning(
        options=RolloutOptions(release_inoperable=detach_inoperable),
        check_overrides=check_overrides,
    )
    planned = make_plan(open_sessions(request.rollout), request, planning)
    if request.quiet:
        click.echo(_FORMATTERS[request.output](planned), nl=False)
    else:
        print_lines(report.to_lines(planned, terminal_width()))
    if out is not None:
        plan_file.write(
            out, planned, request.templates, planning.options, check_overrides=check_overrides
        )
    blocked = planned.blocks(risks)
    if blocked and (risks or exit_code):
        print_lines([styled(why_blocked(planned, risks), Style.ERROR)], err=True)
    if exit_code:
        return exits.exit_code(changes=not planned.empty, blocked=blocked)
    return 1 if blocked and risks else 0


def make_plan(sessions: Sessions, request: RolloutRequest, planning: Planning) -> RolloutPlan:
    with progress("reading accounts and stack instances") as shown:
        return plan_whole_rollout(
            sessions,
            request.rollout,
            request.templates,
            planning,
            request.others,
            request.unused,
            shown.update,
        )
