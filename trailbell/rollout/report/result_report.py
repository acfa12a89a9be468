"""
The result of a rollout as text for a terminal.

In:    a `RolloutResult`, `Failures`.
Out:   lines: how each stage and each stack in it ended, every failed account with its reason, and
       how to go on.
Never: a placeholder in a command. What is to be typed has the real names.
"""

from collections.abc import Iterator, Sequence

from trailbell.rollout.apply.failures import Failures, InstanceFailure
from trailbell.rollout.apply.result import RolloutResult, StageStatus, StepResult
from trailbell.rollout.report.wording import format_locations
from trailbell.styled_text import (
    Line,
    Span,
    Style,
    as_lines,
    indented,
    labeled,
    line,
    plain_text,
    status_style,
)
from trailbell.wording import pluralize

_INOPERABLE = (
    "A deletion that fails leaves the stack instance INOPERABLE. The next removal takes it off the "
    "StackSet and retains its stack, which is then deleted in its own account."
)


def to_text(result: RolloutResult) -> str:
    """Format the result of a plan as text."""
    lines = to_lines(result)
    return plain_text(lines) + "\n" if lines else ""


def to_lines(result: RolloutResult) -> list[Line]:
    """Format the result of a plan as lines for a terminal."""
    return [*as_lines(stage_lines(result)), *as_lines(ending_lines(result))]


def stage_lines(result: RolloutResult) -> Iterator[str | Line]:
    """How each stage ended."""
    yield from result.message.splitlines()
    for stage in result.stages:
        if len(result.stack_sets) == 1:
            yield _status_line(stage.name, stage.status, _reach(stage.status, stage.steps))
            for step in stage.steps:
                yield from _step_lines(step)
        else:
            yield _status_line(stage.name, stage.status)
            for step in stage.steps:
                reach = _reach(step.status, [step])
                yield _status_line(f"  {step.stack}", step.status, reach)
                yield from indented(as_lines(_step_lines(step)))
        yield from (f"  {text}" for text in stage.check_message.splitlines())


_STYLES = {
    StageStatus.DONE: Style.SUCCESS,
    StageStatus.WITHIN_TOLERANCE: Style.WARNING,
    StageStatus.LEFT_OUT: Style.WARNING,
    StageStatus.FAILED: Style.ERROR,
    StageStatus.CHECK_FAILED: Style.ERROR,
    StageStatus.INTERRUPTED: Style.ERROR,
}


def _status_line(name: str, status: StageStatus, more: str = "") -> Line:
    return line(f"{name}: ", Span(status, _STYLES.get(status)), more)


def ending_lines(result: RolloutResult) -> Iterator[str | Line]:
    """What continues in AWS, and the commands that go on."""
    if result.interrupted or result.running:
        yield _running_line(result)
    if result.next_commands:
        width = max(len(next_.command) for next_ in result.next_commands)
        yield "To continue:"
        for next_ in result.next_commands:
            yield line(f"  {next_.command:<{width}}   {next_.purpose}", whole=True)


def _running_line(result: RolloutResult) -> str:
    if not result.running:
        return "Stopped. No StackSet operation of this run continues in AWS."
    noun = "Operation" if len(result.running) == 1 else "Operations"
    verb = "continues" if len(result.running) == 1 else "continue"
    return f"{noun} {', '.join(result.running)} {verb} in AWS."


def _step_lines(step: StepResult) -> Iterator[str | Line]:
    for operation in step.operations:
        if not operation.succeeded:
            failed = operation.failed
            count = f", {pluralize(failed, 'stack instance')} failed" if failed else ""
            reason = f": {operation.reason}" if operation.reason else ""
            status = Span(operation.status, status_style(operation.status))
            yield line(f"  {operation.action} {operation.id} ", status, f"{count}{reason}")
    yield from failure_lines(step.failures)
    if step.failures.failed and any(operation.action == "DELETE" for operation in step.operations):
        yield f"  {_INOPERABLE}"
    for stack in step.management_stacks:
        yield (
            f"  stack {stack.name} in the management account: {stack.status} {stack.text}".rstrip()
        )
        if stack.root_cause is not None:
            yield f"    {stack.root_cause.logical_id}: {stack.root_cause.reason}"
    yield from indented(labeled("note", note, Style.NOTE) for note in step.notes)
    yield from (f"  {text}" for text in step.message.splitlines())


def _reach(status: StageStatus, steps: Sequence[StepResult]) -> str:
    """How many stack instances were reached, where it is not all of them."""
    planned, reached = sum(step.planned for step in steps), sum(step.reached for step in steps)
    if status in (StageStatus.DONE, StageStatus.LEFT_OUT) or reached == planned:
        return ""
    return f" ({reached:,} of {pluralize(planned, 'stack instance')} reached)"


def failure_lines(failures: Failures) -> Iterator[str | Line]:
    """Failures by reason, the most frequent first; canceled stack instances in one line."""
    by_reason: dict[str, list[InstanceFailure]] = {}
    for failure in failures.failed:
        by_reason.setdefault(_describe_failure(failure), []).append(failure)
    for reason, affected in sorted(by_reason.items(), key=lambda entry: -len(entry[1])):
        locations = format_locations([failure.location for failure in affected])
        yield line("  ", Span("failed", Style.ERROR), f": {locations}")
        yield f"    {reason}"
        hints = [failure.hint for failure in affected]
        notes = [failure.note for failure in affected]
        for texts in (hints, notes):
            first = next((text for text in texts if text), "")
            if first:
                yield f"    {first}"
    if failures.missed:
        yield f"  not reached: {format_locations(failures.missed)}"
    if failures.unplanned:
        yield f"  reached, and not in the plan: {format_locations(failures.unplanned)}"
    if failures.canceled:
        yield (
            f"  {failures.canceled:,} more were canceled because the failure tolerance was "
            "exceeded or the operation was stopped"
        )
    for reason in failures.unreadable:
        yield f"  the results could not be read: {reason}"


def _describe_failure(failure: InstanceFailure) -> str:
    if failure.root_cause is None:
        return failure.reason
    cause = failure.root_cause
    path = f".{cause.path}" if cause.path else ""
    return f"{cause.logical_id}{path} ({cause.type}): {cause.reason}"
