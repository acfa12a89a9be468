"""``trailbell rollout status``, ``stop`` and ``drift``: what needs no plan."""

import click

from trailbell.command.option import examples
from trailbell.command.output import terminal_width
from trailbell.command.progress import progress
from trailbell.command.rollout_request import RolloutRequest, print_result, rollout_options
from trailbell.command.terminal import Terminal
from trailbell.rollout.observe import drift as drift_detection
from trailbell.rollout.observe import status as rollout_status
from trailbell.rollout.observe.stop import stop_operations
from trailbell.rollout.session import open_sessions
from trailbell.styled_text import line


@click.command(
    "status", epilog=examples("rollout status baseline", "rollout status baseline --json")
)
@rollout_options
def status(request: RolloutRequest) -> int:
    """Show the status of the StackSets of NAME.

    Exit codes: 0 all stack instances are current, 1 some are not.
    """
    with progress("reading stack instances"):
        result = rollout_status.read_status(open_sessions(request.rollout), request.unused)
    lines = rollout_status.to_lines(result, terminal_width())
    print_result(request, rollout_status.to_data(result), lines)
    return 0 if result.succeeded else 1


@click.command("stop", epilog=examples("rollout stop baseline", "rollout stop baseline --json"))
@rollout_options
def stop(request: RolloutRequest) -> int:
    """Stop the running operations of NAME and wait for stacks in progress."""
    terminal = Terminal(quiet=request.quiet)
    operations = stop_operations(open_sessions(request.rollout), terminal)
    lines = [f"{operation.action} {operation.id} {operation.status}" for operation in operations]
    shown = map(line, lines or ["No operation was in progress."])
    print_result(request, {"operations": operations}, shown)
    return 0


@click.command(
    "drift", epilog=examples("rollout drift baseline", "rollout drift baseline --markdown")
)
@rollout_options
def drift(request: RolloutRequest) -> int:
    """Detect drift in all stack instances of NAME.

    Exit codes: 0 no drift, 1 some stack instances drifted or could not be checked.
    """
    sessions = open_sessions(request.rollout)
    reports = drift_detection.detect_drift(sessions, Terminal(quiet=request.quiet))
    lines = drift_detection.to_lines(reports)
    print_result(request, drift_detection.to_data(reports), lines)
    return 0 if all(report.in_sync for report in reports) else 1
