"""
A rollout plan as text for a terminal.

In:    a `RolloutPlan`.
Out:   lines that one person can read, for 5 accounts and for 5,000.
Never: a line for each of 85,000 stack instances. `trailbell.rollout.serialize` has them all.
"""

from collections.abc import Iterator, Sequence

from trailbell.diff import report as diff_report
from trailbell.diff.model import DeployPlan, ValueChange
from trailbell.rollout import account_matrix
from trailbell.rollout.config import PermissionModel
from trailbell.rollout.operation_preferences import SECONDS_A_STACK
from trailbell.rollout.plan import (
    InstanceAction,
    PlannedInstance,
    PlannedOperation,
    RolloutPlan,
    StackSetApi,
    Stage,
)
from trailbell.rollout.waves import WaveCheck
from trailbell.rollout.wording import format_duration, format_locations
from trailbell.text_files import printable
from trailbell.wording import pluralize

MARKS = {
    InstanceAction.CREATE: "+",
    InstanceAction.UPDATE: "~",
    InstanceAction.OUTDATED: "!",
    InstanceAction.DELETE: "-",
    InstanceAction.UNCHANGED: ".",
    InstanceAction.INOPERABLE: "x",
    InstanceAction.SUSPENDED: "s",
    InstanceAction.RETAINED: "o",
    InstanceAction.UPDATE_MOVED: "m",
    InstanceAction.DELETE_MOVED: "M",
    InstanceAction.GONE: "g",
}
_MAX_REASONS = 10
_MAX_REGIONS = 5


def to_text(plan: RolloutPlan) -> str:
    """Format a plan for a terminal."""
    return "\n".join(printable(line) for line in _lines(plan)) + "\n"


def title(plan: RolloutPlan) -> str:
    """The rollout, its stack, its StackSet, and the administrator account."""
    rollout = plan.rollout
    delegated = "delegated administrator " if rollout.delegated else ""
    model = (
        "service-managed" if rollout.permission_model is PermissionModel.SERVICE else "self-managed"
    )
    return (
        f"rollout {rollout.name}: stack {rollout.stack} as StackSet {rollout.stack_set_name} "
        f"({model}, {delegated}{plan.account_id})"
    )


def _lines(plan: RolloutPlan) -> Iterator[str]:
    yield title(plan)
    yield f"  {summary(plan)}"
    for notice in plan.notices:
        yield f"  note: {notice}"
    for unknown in plan.unknowns:
        yield f"  unknown: {unknown}"
    if plan.value_changes or plan.template_changes:
        yield ""
        yield "Changes in every stack" if plan.template_changes else "Changes"
    yield from (f"  {line}" for line in value_lines(plan))
    if plan.template_changes is not None:
        text = diff_report.to_text(DeployPlan((plan.template_changes,)))
        yield from (f"  {line}" for line in text.splitlines())
    if plan.instances:
        yield ""
        yield from location_lines(plan)
    if not plan.empty:
        yield ""
        yield from operation_lines(plan)


def value_lines(plan: RolloutPlan) -> Iterator[str]:
    """Changed parameters, tags and settings."""
    for change in plan.value_changes:
        yield _value_line(change)
    for stack in (each for stage in plan.stages for each in stage.management_stacks):
        for change in stack.changes:
            yield f"management account {stack.account} {stack.region}: {_value_line(change)}"


def _value_line(change: ValueChange) -> str:
    return f"{change.name}: {change.before or '(none)'} → {change.after or '(none)'}"


def location_lines(plan: RolloutPlan) -> Iterator[str]:
    """The table of accounts by Regions, and why each action is needed."""
    if plan.instances:
        yield from instance_lines(plan)
        yield from _reason_lines(plan.instances)


def summary(plan: RolloutPlan) -> str:
    """The number of stack instances for each action, in one line."""
    counts = ", ".join(f"{count:,} {action}" for action, count in plan.counts().items())
    new = "new StackSet: " if plan.definition is None else ""
    return f"{new}{counts or 'no accounts'}"


def instance_lines(plan: RolloutPlan) -> Iterator[str]:
    """The table of accounts by Regions, and the meaning of its marks."""
    regions = list(plan.rollout.regions)
    regions += sorted({instance.location.region for instance in plan.instances} - set(regions))
    waves: dict[str, str] = {}
    for instance in plan.instances:  # an account with removals stays in the group of its wave
        waves.setdefault(instance.location.account, instance.wave)
    marks = {instance.location: MARKS[instance.action] for instance in plan.instances}
    rows = account_matrix.account_rows(marks, waves, regions)
    yield from account_matrix.matrix_lines(rows, regions, plan.account_names)
    actions = dict.fromkeys(instance.action for instance in plan.instances)
    yield ""
    yield "  ".join(f"{MARKS[action]} {action}" for action in actions)
    yield account_matrix.legend(regions)


def _reason_lines(instances: Sequence[PlannedInstance]) -> Iterator[str]:
    """Reasons and the stack instances that have them, the most frequent reason first."""
    by_reason: dict[tuple[InstanceAction, str], list[PlannedInstance]] = {}
    for instance in instances:
        if instance.reason and instance.action is not InstanceAction.SUSPENDED:
            by_reason.setdefault((instance.action, instance.reason), []).append(instance)
    ordered = sorted(by_reason.items(), key=lambda entry: -len(entry[1]))
    for (action, reason), affected in ordered[:_MAX_REASONS]:
        locations = format_locations([instance.location for instance in affected])
        yield f"  {action}: {reason} ({locations})"
    if len(ordered) > _MAX_REASONS:
        yield f"  and {len(ordered) - _MAX_REASONS:,} other reasons; --json lists all"


def operation_lines(plan: RolloutPlan) -> Iterator[str]:
    """The operations of each stage, and how long they take."""
    for stage in plan.stages:
        yield f"{stage.name}{_describe_pace(stage)}"
        for operation in stage.operations:
            yield f"  {describe_operation(operation)}"
        for stack in stage.management_stacks:
            if stack.action.is_change:
                location = f"{stack.account} {stack.region}"
                yield f"  stack in the management account {location}: {stack.action}"
        if stage.check:
            yield f"  then {describe_check(stage.check)}"
    yield (
        f"about {format_duration(plan.seconds)} if nothing fails, estimated with "
        f"{SECONDS_A_STACK} s for each stack"
    )
    if plan.rollout.auto_deployment.enabled:
        yield (
            "Automatic deployment to accounts that join later uses no wave, no operation "
            "preference and no order of Regions of this rollout."
        )


def _describe_pace(stage: Stage) -> str:
    if not stage.has_work:
        return ": nothing to do"
    settings = ""
    for preferences in {op.preferences for op in stage.operations if op.instance_count}:
        region_concurrency = "parallel" if preferences.parallel_regions else "sequential"
        settings = (
            f"; maximum concurrent accounts {preferences.concurrency}, failure tolerance "
            f"{preferences.failure_tolerance}, {preferences.mode.value}, Region concurrency "
            f"{region_concurrency}"
        )
    return f": about {format_duration(stage.seconds)}{settings}"


def describe_operation(operation: PlannedOperation) -> str:
    """One operation in one line."""
    if not operation.instance_count:
        count = operation.untargeted
        reach = f": all {pluralize(count, 'stack instance')} of the StackSet" if count else ""
        return f"{operation.api.value}{reach}"
    regions = (
        ", ".join(operation.regions)
        if len(operation.regions) <= _MAX_REGIONS
        else f"{len(operation.regions)} Regions"
    )
    accounts = pluralize(len(operation.accounts), "account")
    instances = pluralize(operation.instance_count, "stack instance")
    text = f"{operation.api.value}: {accounts} x {regions} = {instances}"
    targets = str(operation.targets)
    text += f", {targets}" if targets else ""
    if operation.parameter_overrides is not None:
        text += f", parameter overrides: {', '.join(operation.parameter_overrides) or 'removed'}"
    if operation.api is StackSetApi.DELETE_INSTANCES:
        text += ", stacks are retained" if operation.retain else ", stacks are deleted"
    return text


def describe_check(check: WaveCheck) -> str:
    """The conditions for the next wave."""
    parts = []
    if check.wait_minutes:
        parts.append(f"wait {pluralize(check.wait_minutes, 'minute')}")
    if check.alarms:
        parts.append(f"alarms {', '.join(check.alarms)} must stay OK")
    if check.command:
        parts.append(f"{' '.join(check.command)} must exit with 0")
    return ", ".join(parts)
