"""
A rollout plan as text for a terminal.

In:    a `RolloutPlan`.
Out:   lines that one person can read, for 5 accounts and for 5,000.
Never: a line for each of 85,000 stack instances. `trailbell.rollout.report.serialize` has them all.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from trailbell.cost.change import costs_line
from trailbell.diff import report as diff_report
from trailbell.diff.model import DeployPlan, Risk, StackPlan, ValueChange
from trailbell.rollout.configuration.config import PermissionModel, RolloutConfig
from trailbell.rollout.configuration.operation_preferences import SECONDS_A_STACK
from trailbell.rollout.configuration.waves import WaveCheck
from trailbell.rollout.model.plan import RolloutPlan, StackSetPlan
from trailbell.rollout.model.stage import (
    InstanceAction,
    PlannedInstance,
    PlannedOperation,
    StackSetApi,
    Stage,
)
from trailbell.rollout.report import account_matrix
from trailbell.rollout.report.wording import format_duration, format_locations
from trailbell.styled_text import (
    Line,
    Span,
    Style,
    as_lines,
    indented,
    labeled,
    line,
    plain_text,
    styled,
)
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
    """Format a plan as text."""
    return plain_text(to_lines(plan)) + "\n"


def to_lines(plan: RolloutPlan, width: int | None = None) -> Iterator[Line]:
    """Format a plan as lines for a terminal of this width."""
    return as_lines(_lines(plan, width))


def title(plan: RolloutPlan) -> str:
    """The rollout, its stack and StackSet if there is one, and the administrator account."""
    rollout = plan.rollout.shared
    delegated = "delegated administrator " if rollout.delegated else ""
    model = (
        "service-managed" if rollout.permission_model is PermissionModel.SERVICE else "self-managed"
    )
    stacks = [f"stack {each.stack} as StackSet {each.stack_set_name}" for each in _configs(plan)]
    what = stacks[0] if len(stacks) == 1 else f"{len(stacks)} stacks"
    return f"rollout {rollout.name}: {what} ({model}, {delegated}{plan.account_id})"


def _configs(plan: RolloutPlan) -> list[RolloutConfig]:
    return [each.rollout for each in plan.stack_sets]


def _lines(plan: RolloutPlan, width: int | None) -> Iterator[str | Line]:
    yield styled(title(plan), Style.HEADING)
    yield from (f"  {text}" for text in summary_lines(plan))
    if costs := costs_line(plan.costs):
        yield f"  {costs}"
    yield from indented(labeled("note", notice, Style.NOTE) for notice in plan.notices)
    yield from indented(labeled("unknown", text, Style.WARNING) for text in plan.unknowns)
    for stack_set in plan.stack_sets:
        yield from _change_lines(plan, stack_set)
    if plan.instances:
        yield ""
        yield from location_lines(plan, width)
    if not plan.empty:
        yield ""
        yield from operation_lines(plan)


def _change_lines(plan: RolloutPlan, stack_set: StackSetPlan) -> Iterator[str | Line]:
    """A heading, changed values, and the changes of the template of one stack."""
    template_changes = stack_set.template_changes
    of_stack = f" of {stack_set.stack}" if len(plan.stack_sets) > 1 else ""
    if stack_set.value_changes or template_changes:
        yield ""
        heading = "Changes in every stack" if template_changes else "Changes"
        yield styled(f"{heading}{of_stack}", Style.HEADING)
    yield from indented(value_lines(stack_set))
    if template_changes is not None:
        yield from indented(diff_report.to_lines(without_costs(template_changes)))


def without_costs(changes: StackPlan) -> DeployPlan:
    """The changes of one stack. The costs of all stacks are shown instead of those of one."""
    return DeployPlan((replace(changes, costs=None),))


def value_lines(stack_set: StackSetPlan) -> Iterator[Line]:
    """Changed parameters, tags and settings of one stack."""
    for change in stack_set.value_changes:
        yield _value_line("", change)
    for stack in stack_set.management_stacks:
        for change in stack.changes:
            yield _value_line(f"management account {stack.account} {stack.region}: ", change)


def _value_line(subject: str, change: ValueChange) -> Line:
    before = Span(change.before or "(none)", Style.REMOVED)
    return line(
        f"{subject}{change.name}: ", before, " → ", Span(change.after or "(none)", Style.ADDED)
    )


def location_lines(plan: RolloutPlan, width: int | None = None) -> Iterator[str | Line]:
    """The table of accounts by Regions, and why each action is needed."""
    if plan.instances:
        yield from instance_lines(plan, width)
        for stack_set in plan.stack_sets:
            of_stack = f"{stack_set.stack}: " if len(plan.stack_sets) > 1 else ""
            yield from _reason_lines(stack_set.instances, of_stack)


def summary_lines(plan: RolloutPlan) -> Iterator[str]:
    """The number of stack instances for each action: of each stack in deployment order, and of all.

    Of several stacks also what they depend on, and their risks.
    """
    several = len(plan.stack_sets) > 1
    for each in plan.stack_sets:
        new = "new StackSet: " if each.definition is None else ""
        text = f"{new}{_counts(each.counts())}"
        if several:
            needs = sorted(plan.rollout.required_by(each.stack))
            after = f", after {', '.join(needs)}" if needs else ""
            text = f"{each.stack} as StackSet {each.rollout.stack_set_name}{after}: {text}"
            text += _describe_risks(plan.risks(each.stack))
        yield text
    if several:
        yield f"total: {_counts(plan.counts())}{_describe_risks(plan.risks())}"


def _counts(counts: Mapping[InstanceAction, int]) -> str:
    return ", ".join(f"{count:,} {action}" for action, count in counts.items()) or "no accounts"


def _describe_risks(risks: frozenset[Risk]) -> str:
    return f"; risks: {', '.join(sorted(risks))}" if risks else ""


def instance_lines(plan: RolloutPlan, width: int | None) -> Iterator[str | Line]:
    """The table of accounts by Regions, and the meaning of its marks."""
    rollout = plan.rollout.shared
    regions = list(rollout.regions)
    regions += sorted({instance.location.region for instance in plan.instances} - set(regions))
    order = [wave.name for wave in rollout.waves]
    waves: dict[str, str] = {}
    # An account with removals stays in the group of its wave.
    for instance in sorted(plan.instances, key=lambda each: each.wave not in order):
        waves.setdefault(instance.location.account, instance.wave)
    marks = account_matrix.join_marks(
        [{each.location: MARKS[each.action] for each in one.instances} for one in plan.stack_sets]
    )
    rows = account_matrix.account_rows(marks, waves, regions, order)
    yield from account_matrix.matrix_lines(rows, regions, plan.account_names, width)
    yield ""
    yield account_matrix.mark_legend(
        {MARKS[each.action]: each.action for each in plan.instances},
        [each.stack for each in plan.stack_sets],
        marks,
    )
    yield account_matrix.legend(regions)


def _reason_lines(instances: Sequence[PlannedInstance], of_stack: str) -> Iterator[str]:
    """Reasons and the stack instances that have them, the most frequent reason first."""
    by_reason: dict[tuple[InstanceAction, str], list[PlannedInstance]] = {}
    for instance in instances:
        if instance.reason and instance.action is not InstanceAction.SUSPENDED:
            by_reason.setdefault((instance.action, instance.reason), []).append(instance)
    ordered = sorted(by_reason.items(), key=lambda entry: -len(entry[1]))
    for (action, reason), affected in ordered[:_MAX_REASONS]:
        locations = format_locations([instance.location for instance in affected])
        yield f"  {of_stack}{action}: {reason} ({locations})"
    if len(ordered) > _MAX_REASONS:
        more = pluralize(len(ordered) - _MAX_REASONS, "other reason")
        yield f"  {of_stack}and {more}; --json lists all"


def operation_lines(plan: RolloutPlan) -> Iterator[str | Line]:
    """The operations of each stage, and how long they take."""
    for stage in plan.stages:
        yield line(Span(stage.name, Style.HEADING), _describe_pace(stage))
        for step in stage.steps:
            of_stack = f"{step.stack}: " if len(plan.stack_sets) > 1 else ""
            for operation in step.operations:
                yield f"  {of_stack}{describe_operation(operation)}"
            for stack in step.management_stacks:
                if stack.action.is_change:
                    location = f"{stack.account} {stack.region}"
                    yield f"  {of_stack}stack in the management account {location}: {stack.action}"
        if stage.check:
            yield f"  then {describe_check(stage.check)}"
    yield (
        f"about {format_duration(plan.seconds)} if nothing fails, estimated with "
        f"{SECONDS_A_STACK} s for each stack"
    )
    if plan.rollout.shared.auto_deployment.enabled:
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
