"""
A plan and a run, for people.

In:    a `DeployPlan`, a `RolloutResult`.
Out:   text for a terminal.
Never: every pair of 85,000 on a line of its own. `machine` has them all.
"""

from collections.abc import Iterator, Sequence

from trailbell.diff import report as stack_report
from trailbell.diff.model import DeployPlan as StacksPlan
from trailbell.rollout import account_matrix
from trailbell.rollout.apply import RolloutResult, StageResult
from trailbell.rollout.config import PermissionModel
from trailbell.rollout.failures import Failures, InstanceFailure
from trailbell.rollout.operation_preferences import SECONDS_A_STACK, CountOrPercent
from trailbell.rollout.plan import (
    InstanceAction,
    PlannedInstance,
    PlannedOperation,
    RolloutPlan,
    StackSetApi,
    Stage,
)

MARKS = {
    InstanceAction.CREATE: "+",
    InstanceAction.UPDATE: "~",
    InstanceAction.OUTDATED: "!",
    InstanceAction.DELETE: "-",
    InstanceAction.UNCHANGED: ".",
    InstanceAction.INOPERABLE: "x",
    InstanceAction.SUSPENDED: "s",
    InstanceAction.LEFT: "o",
}
_REASONS = 10
_PAIRS = 5
_MINUTE, _HOUR, _DAY = 60, 3600, 24 * 3600


def to_text(plan: RolloutPlan) -> str:
    """The plan for a terminal."""
    return "\n".join(_lines(plan)) + "\n"


def title(plan: RolloutPlan) -> str:
    """Which rollout, as what, from where."""
    rollout = plan.rollout
    who = "delegated administrator " if rollout.delegated else ""
    model = (
        "service-managed" if rollout.permission_model is PermissionModel.SERVICE else "self-managed"
    )
    return (
        f"rollout {rollout.name}: stack {rollout.stack} as set {rollout.stack_set_name} "
        f"({model}, {who}{plan.account})"
    )


def _lines(plan: RolloutPlan) -> Iterator[str]:
    yield title(plan)
    yield f"  {summary(plan)}"
    for remark in plan.remarks:
        yield f"  note: {remark}"
    if plan.values or plan.template:
        yield ""
        yield "what changes in every stack" if plan.template else "what changes"
    for value in plan.values:
        yield f"  {value.name}: {value.before or '(none)'} → {value.after or '(none)'}"
    if plan.template is not None:
        told = stack_report.to_text(StacksPlan((plan.template,)))
        yield from (f"  {line}" for line in told.splitlines())
    if plan.cells:
        yield ""
        yield from picture(plan.cells, plan)
        yield from _whys(plan.cells)
    if not plan.empty:
        yield ""
        yield from calls(plan)


def summary(plan: RolloutPlan) -> str:
    """How much of what, in one line."""
    told = ", ".join(f"{count:,} {kind}" for kind, count in plan.counts().items())
    new = "new set: " if plan.definition is None else ""
    return f"{new}{told or 'no accounts'}"


def picture(cells: Sequence[PlannedInstance], plan: RolloutPlan) -> Iterator[str]:
    """The matrix, with what its marks mean."""
    regions = list(plan.rollout.regions)
    regions += sorted({cell.location.region for cell in cells} - set(regions))
    groups: dict[str, str] = {}
    for cell in cells:  # an account that has both stays in its wave, whatever leaves
        groups.setdefault(cell.location.account, cell.wave)
    marks = {cell.location: MARKS[cell.kind] for cell in cells}
    yield from account_matrix.matrix_lines(
        account_matrix.account_rows(marks, groups, regions), regions, plan.names
    )
    seen = dict.fromkeys(cell.kind for cell in cells)
    yield ""
    yield "  ".join(f"{MARKS[kind]} {kind}" for kind in seen)
    yield account_matrix.legend(regions)


def _whys(cells: Sequence[PlannedInstance]) -> Iterator[str]:
    """Reasons with the pairs that have them, the most frequent first."""
    by_reason: dict[tuple[InstanceAction, str], list[PlannedInstance]] = {}
    for cell in cells:
        if cell.why and cell.kind is not InstanceAction.SUSPENDED:
            by_reason.setdefault((cell.kind, cell.why), []).append(cell)
    told = sorted(by_reason.items(), key=lambda entry: -len(entry[1]))
    for (kind, why), found in told[:_REASONS]:
        where = ", ".join(f"{c.location.account} {c.location.region}" for c in found[:_PAIRS])
        more = f" and {len(found) - _PAIRS:,} more" if len(found) > _PAIRS else ""
        yield f"  {kind}: {why} ({where}{more})"
    if len(told) > _REASONS:
        yield f"  and {len(told) - _REASONS:,} other reasons; --json has them all"


def calls(plan: RolloutPlan) -> Iterator[str]:
    """Stage by stage what will be asked of AWS, and how long it takes."""
    for stage in plan.stages:
        yield f"{stage.name}{_takes(stage)}"
        for call in stage.calls:
            yield f"  {call_text(call)}"
        for plain in stage.plain:
            if plain.kind.changes:
                yield f"  plain stack in {plain.account} {plain.region}: {plain.kind}"
        if stage.check:
            yield f"  then {check_text(stage)}"
    yield f"about {duration(plan.seconds)} at {SECONDS_A_STACK} s a stack, if nothing fails"


def _takes(stage: Stage) -> str:
    if not stage.works:
        return ": nothing to do"
    paces = {call.pacing for call in stage.calls if call.pairs}
    how = ""
    for pace in paces:
        across = "Regions at once" if pace.regions_at_once else "one Region after the other"
        how = (
            f", {_accounts(pace.concurrency)} at a time, {pace.failure_tolerance} may fail, "
            f"{pace.mode.value}, {across}"
        )
    return f": about {duration(stage.seconds)}{how}"


def call_text(call: PlannedOperation) -> str:
    """One call in words."""
    if not call.pairs:
        return call.do.value
    where = (
        ", ".join(call.regions) if len(call.regions) <= _PAIRS else f"{len(call.regions)} Regions"
    )
    who, what = pluralize(len(call.accounts), "account"), pluralize(call.pairs, "stack")
    told = f"{call.do.value}: {who} x {where} = {what}"
    said = str(call.targets)
    told += f", {said}" if said else ""
    if call.overrides is not None:
        told += f", own parameters: {', '.join(call.overrides) or 'none any more'}"
    if call.do is StackSetApi.DELETE:
        told += ", stacks stay" if call.retain else ", stacks are deleted"
    return told


def pluralize(count: int, word: str) -> str:
    """``1 stack``, ``2,000 stacks``."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _accounts(share: CountOrPercent) -> str:
    return f"{share} of the accounts" if share.percent else pluralize(share.number, "account")


def check_text(stage: Stage) -> str:
    """What is checked after a stage."""
    check = stage.check
    parts = []
    if check.wait_minutes:
        parts.append(f"wait {check.wait_minutes} minutes")
    if check.alarms:
        parts.append(f"alarms {', '.join(check.alarms)} must not ring")
    if check.command:
        parts.append(f"{' '.join(check.command)} must end with 0")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """``90`` as ``2 min``, ``7200`` as ``2 h 0 min``."""
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    if seconds < 2 * _DAY:
        return f"{seconds // _HOUR:.0f} h {seconds % _HOUR // _MINUTE:.0f} min"
    return f"{seconds / _DAY:.1f} days"


def result_to_text(run: RolloutResult) -> str:
    """What became of a plan, for a terminal."""
    lines = [line for stage in run.stages for line in _stage(stage)]
    if run.interrupted:
        lines.append("stopped watching; AWS goes on with what it was told")
        lines.append(f"  see how: python build.py rollout status {run.rollout}")
        lines.append(f"  stop it: python build.py rollout stop {run.rollout}")
    if not run.succeeded:
        lines.append("to go on from here, once mended:")
        lines.append(f"  python build.py rollout resume {run.rollout}   what is left of this set")
        lines.append(f"  python build.py rollout apply {run.rollout}    with what dist/ holds now")
    return "\n".join(lines) + "\n"


def _stage(stage: StageResult) -> Iterator[str]:
    yield f"{stage.name}: {stage.end}"
    for operation in stage.operations:
        if not operation.succeeded:
            count = f", {pluralize(operation.failed, 'stack')} failed" if operation.failed else ""
            why = f": {operation.reason}" if operation.reason else ""
            yield f"  {operation.action} {operation.id} {operation.status}{count}{why}"
    yield from failure_lines(stage.failures)
    for result in stage.plain:
        yield f"  plain stack {result.name}: {result.status} {result.text}".rstrip()
        if result.root_cause is not None:
            yield f"    {result.root_cause.logical_id}: {result.root_cause.reason}"
    if stage.text:
        yield from (f"  {line}" for line in stage.text.splitlines())


def failure_lines(found: Failures) -> Iterator[str]:
    """Failures by reason; those that were merely given up in one line."""
    by_reason: dict[str, list[InstanceFailure]] = {}
    for failure in found.failed:
        by_reason.setdefault(_reason(failure), []).append(failure)
    for reason, alike in sorted(by_reason.items(), key=lambda entry: -len(entry[1])):
        where = ", ".join(f"{f.pair.account} {f.pair.region}" for f in alike[:_PAIRS])
        more = f" and {len(alike) - _PAIRS:,} more" if len(alike) > _PAIRS else ""
        yield f"  failed: {where}{more}"
        yield f"    {reason}"
        advice = next((f.root_cause.hint for f in alike if f.root_cause and f.root_cause.hint), "")
        if advice:
            yield f"    {advice}"
        note = next((f.note for f in alike if f.note), "")
        if note:
            yield f"    {note}"
    if found.cancelled:
        yield f"  {found.cancelled:,} more were not tried, because too many had failed"


def _reason(failure: InstanceFailure) -> str:
    if failure.root_cause is None:
        return failure.reason
    cause = failure.root_cause
    where = f".{cause.path}" if cause.path else ""
    return f"{cause.logical_id}{where} ({cause.type}): {cause.reason}"
