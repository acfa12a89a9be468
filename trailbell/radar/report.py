"""
What the radar says: lines for people, JSON for programs.

In:    a `Sweep`, the proofs, and the version of the SDK.
Out:   lines, rows of tables, and a JSON document.
Never: a decision.
"""

import json
from collections.abc import Iterator, Mapping, Sequence

from trailbell.radar.proof import Proof
from trailbell.radar.sweep import DismissalFinding, Fault, Sweep, Target
from trailbell.styled_text import Line, Span, Style, line
from trailbell.wording import pluralize

Proofs = Mapping[Target, Proof]

_HEAD = ("operation", "effect", "its service", "state")
_MAX_NAMES = 5


def finding_rows(sweep: Sweep) -> list[tuple[str, ...]]:
    """The head, and a row for each operation that is neither detected nor dismissed."""
    rows = [(str(target), str(target.effect), target.purpose) for target in sweep.unknown]
    return [_HEAD[:3], *rows]


def state_rows(sweep: Sweep, targets: Sequence[Target]) -> list[tuple[str, ...]]:
    """The head, and a row for each of the operations, with what is known of it."""
    return [
        _HEAD,
        *((str(it), str(it.effect), it.purpose, _state(sweep, it)) for it in targets),
    ]


def _state(sweep: Sweep, target: Target) -> str:
    if target in sweep.covered:
        return f"detected by {sweep.covered[target]}"
    if target in sweep.dismissed:
        dismissal = sweep.dismissed[target]
        return f"dismissed on {dismissal.date}: {dismissal.reason}"
    return "neither detected nor dismissed"


def detail_lines(sweep: Sweep, target: Target, proofs: Proofs) -> Iterator[Line]:
    """One operation: its state, and the event that proves it."""
    style = Style.ERROR if target in sweep.unknown else Style.SUCCESS
    yield line(Span(str(target), Style.HEADING), f" ({target.effect}, {target.purpose})")
    yield line("  ", Span(_state(sweep, target), style))
    if target in sweep.dismissed:
        yield line(f"  {sweep.dismissed[target].location}")
    if target in sweep.covered:
        yield line("  An event that fires it:")
        text = json.dumps(proofs[target].event, indent=2)
        yield from (line(f"  {row}", whole=True) for row in text.splitlines())


def dismissal_lines(sweep: Sweep) -> Iterator[Line]:
    """One line for each dismissal that is not true any more."""
    for finding in sweep.dismissal_findings:
        dismissal = finding.dismissal
        name = f'"{finding.name}" of {dismissal.service}'
        yield line(Span(dismissal.location, Style.ERROR), f": {name} {_fault(finding)}")


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


def summary_lines(sweep: Sweep, sdk: str) -> Iterator[Line]:
    """The numbers, and what to do about findings."""
    targets = sweep.targets
    services = len({target.service for target in targets})
    yield line(
        f"botocore {sdk}: {pluralize(len(targets), 'operation')} of "
        f"{pluralize(services, 'service')} can stop, delete, disable, suppress, share, grant, "
        f"export or change what matters: {len(sweep.covered):,} are detected, "
        f"{len(sweep.dismissed):,} are dismissed, {len(sweep.unknown):,} are neither."
    )
    if sweep.unknown:
        yield line("Write a detection for each, or dismiss it with a reason in radar.toml.")
    if sweep.dismissal_findings:
        count = pluralize(len(sweep.dismissal_findings), "name")
        yield line(f"{count} in dismissals must be corrected.")


def to_json(sweep: Sweep, targets: Sequence[Target], proofs: Proofs, sdk: str) -> dict[str, object]:
    """The state of each operation, and what is wrong with dismissals."""
    return {
        "botocore": sdk,
        "operations": [_operation(sweep, target, proofs) for target in targets],
        "dismissals": [
            {
                "location": finding.dismissal.location,
                "service": finding.dismissal.service,
                "name": finding.name,
                "problem": finding.fault,
                "related": finding.related,
            }
            for finding in sweep.dismissal_findings
        ],
    }


def _operation(sweep: Sweep, target: Target, proofs: Proofs) -> dict[str, object]:
    facts: dict[str, object] = {
        "service": target.service,
        "operation": target.operation,
        "effect": target.effect,
        "purpose": target.purpose,
    }
    if target in sweep.covered:
        event = proofs[target].event
        return {**facts, "state": "detected", "detection": sweep.covered[target], "event": event}
    if target in sweep.dismissed:
        it = sweep.dismissed[target]
        why = {"reason": it.reason, "date": it.date, "location": it.location}
        return {**facts, "state": "dismissed", **why}
    return {**facts, "state": "open"}
