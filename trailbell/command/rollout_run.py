"""
Apply the plan of a rollout that a command made: show it, ask, apply, report.

In:    a `RolloutPlan`, and the `Run` with which it is applied.
Out:   the report on standard output, and the exit code.
Never: a change before the plan was shown and confirmed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import click

from trailbell.command.output import print_lines, terminal_width
from trailbell.command.rollout_request import RolloutRequest
from trailbell.command.terminal import Terminal
from trailbell.diff.model import Risk
from trailbell.rollout.apply.apply import apply_plan, result_of
from trailbell.rollout.apply.result import NextCommand, NextCommands, RolloutResult
from trailbell.rollout.model.plan import RolloutPlan, why_blocked
from trailbell.rollout.report import markdown_report, report, result_report, serialize
from trailbell.rollout.session import Sessions
from trailbell.wording import pluralize

_FORMATTERS = {
    "json": serialize.result_to_json,
    "markdown": markdown_report.result_to_markdown,
}


@dataclass(frozen=True)
class Run:
    """What a plan is applied with."""

    request: RolloutRequest
    sessions: Sessions
    terminal: Terminal
    known_operations: Mapping[str, frozenset[str]]
    again: tuple[NextCommand, ...]


def confirm_and_apply(run: Run, planned: RolloutPlan, risks: frozenset[Risk]) -> int:
    """Show the plan, ask for confirmation, apply it, and report the result."""
    request, terminal = run.request, run.terminal
    width = terminal_width(err=terminal.quiet)
    print_lines(report.to_lines(planned, width), err=terminal.quiet)
    if planned.empty:
        return _finish(request, replace(result_of(planned), stages=()))
    if planned.blocks(risks):
        message = f"{why_blocked(planned, risks)} Nothing was changed."
        return _finish(request, result_of(planned, message=message))
    count = planned.removal_count
    deletions = f" It deletes {pluralize(count, 'stack instance')}." if count else ""
    if not terminal.confirm(f"Apply the plan?{deletions}"):
        return _finish(request, result_of(planned, message="Nothing was changed."))
    result = apply_plan(
        run.sessions,
        planned,
        terminal,
        NextCommands(again=run.again, running=_running_commands(request)),
        run.known_operations,
    )
    return _finish(request, result)


def _running_commands(request: RolloutRequest) -> tuple[NextCommand, ...]:
    return (
        request.next_command("status", "show how far the operation is"),
        request.next_command("stop", "stop the operation"),
    )


def _finish(request: RolloutRequest, result: RolloutResult) -> int:
    """Print the result, and return the exit code."""
    if request.quiet:
        click.echo(_FORMATTERS[request.output](result), nl=False)
    elif lines := result_report.to_lines(result):
        print_lines(lines)
    return 0 if result.succeeded else 1
