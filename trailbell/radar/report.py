"""
What the radar says: lines for people, JSON for programs.

In:    a `Result`, and the operations that are asked about.
Out:   lines, rows of tables, and a JSON document.
Never: a decision.
"""

import json
from collections.abc import Iterator, Sequence

from trailbell.radar.run import Result
from trailbell.radar.sweep import DismissalFinding, Fault, Target
from trailbell.styled_text import Line, Span, Style, line
from trailbell.wording import pluralize

_HEAD = ("operation", "effect", "its service", "state")
_MAX_NAMES = 5


def finding_rows(result: Result) -> list[tuple[str, ...]]:
    """The head, and a row for each operation that is neither detected nor dismissed."""
    rows = [(str(target), str(target.effect), target.purpose) for target in result.sweep.unknown]
    return [_HEAD[:3], *rows]


def state_rows(result: Result, targets: Sequence[Target]) -> list[tuple[str, ...]]:
    """The head, and a row for each of the operations, with what is known of it."""
    rows = [(str(it), str(it.effect), it.purpose, _state(result, it)) for it in targets]
    return [_HEAD, *rows]


def _state(result: Result, target: Target) -> str:
    sweep = result.sweep
    if target in sweep.covered:
        return f"detected by {sweep.covered[target]}"
    if target in sweep.dismissed:
        dismissal = sweep.dismissed[target]
        return f"dismissed on {dismissal.date}: {dismissal.reason}"
    return "neither detected nor dismissed"


def detail_lines(result: Result, target: Target) -> Iterator[Line]:
    """One operation: its state, and the event that proves it."""
    sweep = result.sweep
    style = Style.ERROR if target in sweep.unknown else Style.SUCCESS
    yield line(Span(str(target), Style.HEADING), f" ({target.effect}, {target.purpose})")
    yield line("  ", Span(_state(result, target), style))
    if target in sweep.dismissed:
        yield line(f"  {sweep.dismissed[target].location}")
    if target in sweep.covered:
        yield line("  An event that fires it:")
        text = json.dumps(result.proofs[target].event, indent=2)
        yield from (line(f"  {row}", whole=True) for row in text.splitlines())


def decision_lines(result: Result) -> Iterator[Line]:
    """One line for each new service, and for each name in a decision that is not true."""
    for service in result.services.new:
        yield line(
            Span(service, Style.ERROR),
            ": a new service, which is neither watched nor named under [[unwatched]]",
        )
    for finding in result.sweep.dismissal_findings:
        dismissal = finding.dismissal
        name = f'"{finding.name}" of {dismissal.service}'
        yield line(Span(dismissal.location, Style.ERROR), f": {name} {_fault(finding)}")
    for entry, name in result.services.missing:
        yield line(Span(entry.location, Style.ERROR), f': "{name}" is no service; remove it')


def _fault(finding: DismissalFinding) -> str:
    names = ", ".join(finding.related[:_MAX_NAMES])
    more = len(finding.related) - _MAX_NAMES
    names += f" and {more} more" if more > 0 else ""
    match finding.fault:
        case Fault.NO_OPERATION:
            return f"{finding.fault} that the radar watches; remove it"
        case Fault.COVERED:
            return f"{finding.fault}: {names}; remove it, or add the operation to without"
        case Fault.TWICE:
            return f"{finding.fault}, too: {names}; remove one of them"


def summary_lines(result: Result) -> Iterator[Line]:
    """The numbers, and what to do about findings."""
    sweep = result.sweep
    targets = sweep.targets
    services = len({target.service for target in targets})
    yield line(
        f"botocore {result.sdk}: {pluralize(len(targets), 'operation')} of "
        f"{pluralize(services, 'service')} can stop, delete, disable, suppress, share, grant, "
        f"export or change what matters: {len(sweep.covered):,} are detected, "
        f"{len(sweep.dismissed):,} are dismissed, {len(sweep.unknown):,} are neither."
    )
    if sweep.unknown:
        yield line("Write a detection for each, or dismiss it with a reason in radar.toml.")
    if result.services.new:
        yield line("Read what the new services do. Name those that need no watching in radar.toml.")


def to_json(result: Result, targets: Sequence[Target]) -> dict[str, object]:
    """The state of each operation, new services, and what is wrong with decisions."""
    return {
        "botocore": result.sdk,
        "operations": [_operation(result, target) for target in targets],
        "new_services": result.services.new,
        "wrong_decisions": [
            *(
                {
                    "location": finding.dismissal.location,
                    "service": finding.dismissal.service,
                    "name": finding.name,
                    "problem": finding.fault,
                    "related": finding.related,
                }
                for finding in result.sweep.dismissal_findings
            ),
            *(
                {"location": entry.location, "service": name, "problem": "is no service"}
                for entry, name in result.services.missing
            ),
        ],
    }


def _operation(result: Result, target: Target) -> dict[str, object]:
    sweep = result.sweep
    facts: dict[str, object] = {
        "service": target.service,
        "operation": target.operation,
        "effect": target.effect,
        "purpose": target.purpose,
    }
    if target in sweep.covered:
        event = result.proofs[target].event
        return {**facts, "state": "detected", "detection": sweep.covered[target], "event": event}
    if target in sweep.dismissed:
        it = sweep.dismissed[target]
        why = {"reason": it.reason, "date": it.date, "location": it.location}
        return {**facts, "state": "dismissed", **why}
    return {**facts, "state": "open"}
