"""``trailbell drill``: prove that people are notified."""

import uuid

import click

from trailbell import settings
from trailbell.build.project import load_catalogs
from trailbell.catalog.detection import Detection
from trailbell.command.option import examples, is_not_interactive, json_option, option
from trailbell.command.options import YES, SelectedStacks, StackOptions, location_options
from trailbell.command.output import print_lines, print_note
from trailbell.command.progress import progress
from trailbell.command.suggestions import suggest_detections, suggest_stacks
from trailbell.command.terminal import Terminal
from trailbell.deploy.session import open_session
from trailbell.deploy.target import StackToDeploy
from trailbell.drill import plan_report, report
from trailbell.drill.plan import DrillPath
from trailbell.drill.planner import DrillRequest, build_plan
from trailbell.drill.result import DrillResult
from trailbell.drill.run import Cleanup, now, run_drill
from trailbell.errors import AccessDeniedError, AwsError, DeploymentInterruptedError

_BOTH = "both"


@click.command(
    "drill",
    epilog=examples(
        "drill root-account-use",
        "drill trail-tampering --path alarm --yes --json",
        "drill iam-changes --environment production --timeout 30",
        "drill iam-changes --stack security-alerts --stack-name StackSet-baseline-0a1b2c3d",
    ),
)
@click.argument("detection", shell_complete=suggest_detections)
@location_options
@option(
    "--stack",
    "stacks",
    multiple=True,
    metavar="NAME",
    shell_complete=suggest_stacks,
    help=(
        "Drill only what this stack of dist/ deploys, for example with --stack-name if a rollout "
        "deployed it. Can be repeated. Default: all stacks."
    ),
)
@option(
    "--path",
    "path",
    type=click.Choice([*(each.value for each in DrillPath), _BOTH]),
    help=(
        "Send the event through the metric filter and the alarm, through the EventBridge rule, or "
        "through both. Default: what is deployed."
    ),
)
@option(
    "--timeout",
    "timeout",
    type=click.IntRange(1, 120),
    default=15,
    metavar="MINUTES",
    help="Minutes to wait for the notification. Default: 15.",
)
@option(
    "--announcement/--no-announcement",
    "announcement",
    default=True,
    help=(
        "Send an announcement to the topics of the alarm first (default), or not. The notification "
        "of an alarm cannot be marked as a drill."
    ),
)
@YES
@json_option("the result")
def command(
    options: StackOptions,
    detection: str,
    stacks: tuple[str, ...],
    path: str | None,
    timeout: int,
    *,
    announcement: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Send a sample event of DETECTION through what is deployed, and report whether people are
    notified: the seconds until metric filter, alarm, EventBridge rule and topic, and the
    deliveries that SNS counts.

    The plan is shown first: what is sent where, who is notified, what is removed. The event is
    marked as a drill. Rules accept it if their stack was deployed with AllowDrills=yes.

    Exit codes: 0 people were notified, 1 they were not, or not all of them, or it is not confirmed,
    2 the drill could not start.
    """
    terminal = Terminal(yes=yes, quiet=as_json)
    work = options.select(stacks)
    subject = _find(options, detection)
    targets = work.stacks_to_deploy()
    if not yes and not terminal.interactive():
        raise is_not_interactive("Use --yes to run the drill without confirmation.")
    paths = frozenset(DrillPath) if path == _BOTH else frozenset({DrillPath(path)} if path else ())
    request = DrillRequest(
        run=uuid.uuid4().hex[:8],
        at=now(),
        paths=paths,
        is_announced=announcement,
        timeout_minutes=timeout,
    )
    try:
        result = _run(work, (targets, subject), request, terminal)
    except AccessDeniedError as error:
        error.command = "permissions --for drill"
        raise
    if result is None:
        terminal.info("Nothing was sent.")
        return 1
    if as_json:
        click.echo(report.to_json(result), nl=False)
    else:
        print_lines(report.to_lines(result))
    return result.exit_code


def _find(options: StackOptions, name: str) -> Detection:
    """The detection as it is deployed, else as it is written. Raises `UnknownNameError`."""
    deployed, written = load_catalogs(settings.load(options.settings_path))
    is_deployed = any(name == each.id for each in deployed)
    return deployed.get(name) if is_deployed else written.get(name)


def _run(
    work: SelectedStacks,
    subject: tuple[tuple[StackToDeploy, ...], Detection],
    request: DrillRequest,
    terminal: Terminal,
) -> DrillResult | None:
    """Plan, show the plan, ask, and run. None if the plan was declined.

    Raises `DeploymentInterruptedError` on Ctrl-C, after the cleanup.
    """
    cleanup = Cleanup()
    try:
        session = open_session(work.environment)
        with progress("reading what is deployed"):
            plan = build_plan(session, *subject, request)
        print_lines(plan_report.to_lines(plan), err=terminal.quiet)
        if not terminal.confirm("Run this drill?"):
            return None
        with progress("waiting for the notification"):
            return run_drill(session, plan, terminal.info, cleanup)
    except KeyboardInterrupt:
        texts = (*cleanup.removed, *cleanup.left)
        left = (*texts, _SENT) if texts else ()
        raise DeploymentInterruptedError((), left) from None
    except AwsError:
        for text in (*cleanup.removed, *cleanup.left):
            print_note(text)
        raise


_SENT = "the event may have been sent, so a notification about it can still arrive"
