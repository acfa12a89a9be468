"""
What a rollout would do, as data.

In:    what `trailbell.rollout.plan.planner` and `trailbell.rollout.plan.removal` decide.
Out:   a `RolloutPlan`: frozen, comparable, the only input of the reports and of `apply_plan`.
Never: an effect. Nothing in this module calls AWS.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from trailbell.aws.stack_set import StackSetDefinition, StackSetOperation
from trailbell.cost.change import CostChange, added_up
from trailbell.diff.model import Risk, StackPlan, ValueChange
from trailbell.rollout.configuration.config import Rollout, RolloutConfig
from trailbell.rollout.model.stack_set_request import StackSetRequest
from trailbell.rollout.model.stage import (
    InstanceAction,
    ManagementStack,
    PlannedInstance,
    PlannedOperation,
    StackSetApi,
    Stage,
)


@dataclass(frozen=True, kw_only=True)
class StackSetPlan:
    """What happens to the StackSet of one stack, and to its stack instances.

    ``definition`` is the StackSet as it is, None if there is none. ``request`` is the StackSet as
    it should be; a removal has none. ``value_changes`` are those of parameters, tags and settings.
    ``running_operations`` may make ``instances`` out of date while they run. ``costs`` are those of
    all stacks, None if none of them changes.
    """

    rollout: RolloutConfig
    template_sha256: str
    definition: StackSetDefinition | None
    request: StackSetRequest | None = None
    template_changes: StackPlan | None = None
    value_changes: tuple[ValueChange, ...] = ()
    instances: tuple[PlannedInstance, ...] = ()
    management_stacks: tuple[ManagementStack, ...] = ()
    running_operations: tuple[StackSetOperation, ...] = ()
    costs: CostChange | None = None

    @property
    def stack(self) -> str:
        """The stack that the StackSet has."""
        return self.rollout.stack

    @property
    def template_plans(self) -> tuple[StackPlan, ...]:
        """The changes of the template: of the StackSet, and of the management account's stacks."""
        plans = (self.template_changes, *(each.template_changes for each in self.management_stacks))
        return tuple(plan for plan in plans if plan is not None)

    def counts(self) -> dict[InstanceAction, int]:
        """The number of stack instances for each action, in the order of `InstanceAction`."""
        return count_actions(self.instances)


@dataclass(frozen=True, kw_only=True)
class RolloutPlan:
    """A whole rollout: its StackSets in deployment order, and the stages that change them.

    ``account_id`` is the administrator account. ``notices`` are sentences to read before applying,
    and ``unknowns`` say what could not be read or judged.
    """

    rollout: Rollout
    account_id: str
    stack_sets: tuple[StackSetPlan, ...]
    stages: tuple[Stage, ...] = ()
    notices: tuple[str, ...] = ()
    unknowns: tuple[str, ...] = ()
    account_names: Mapping[str, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether applying it would change nothing."""
        return not any(stage.has_work for stage in self.stages)

    def stack_set(self, stack: str) -> StackSetPlan:
        """The plan for the StackSet of a stack."""
        return next(each for each in self.stack_sets if each.stack == stack)

    @property
    def instances(self) -> tuple[PlannedInstance, ...]:
        """The stack instances of all StackSets."""
        return tuple(each for stack_set in self.stack_sets for each in stack_set.instances)

    @property
    def template_plans(self) -> tuple[StackPlan, ...]:
        """The changes of all templates."""
        return tuple(plan for each in self.stack_sets for plan in each.template_plans)

    @property
    def costs(self) -> CostChange | None:
        """The change of costs in all stacks; None if none of them changes."""
        return added_up((each.costs, 1) for each in self.stack_sets)

    @property
    def blocked(self) -> bool:
        """Whether CloudFormation would reject the change of a template, in every stack."""
        return not self.empty and any(plan.blocked for plan in self.template_plans)

    def risks(self, stack: str = "") -> frozenset[Risk]:
        """The risks of all changes, or of those of one stack."""
        removes = frozenset({Risk.REMOVE} if any(self._removals(stack)) else ())
        chosen = (each for each in self.stack_sets if stack in ("", each.stack))
        return removes.union(*(plan.risks() for each in chosen for plan in each.template_plans))

    def blocks(self, risks: frozenset[Risk]) -> bool:
        """Whether a gate with these risks stops the plan. What is unknown may be any risk."""
        if not risks:
            return self.blocked
        judged = bool(self.risks() & risks) or bool(self.unknowns)
        return judged or any(plan.blocks(risks) for plan in self.template_plans)

    @property
    def removal_count(self) -> int:
        """The number of stacks to delete, or to remove from their StackSet."""
        return sum(operation.instance_count for operation in self._removals())

    def _removals(self, stack: str = "") -> Iterator[PlannedOperation]:
        for step in (step for stage in self.stages for step in stage.steps):
            if stack in ("", step.stack):
                for operation in step.operations:
                    if operation.api is StackSetApi.DELETE_INSTANCES:
                        yield operation

    @property
    def seconds(self) -> float:
        """The estimated duration if nothing fails."""
        return sum(stage.seconds for stage in self.stages)

    def counts(self) -> dict[InstanceAction, int]:
        """The number of stack instances for each action, in the order of `InstanceAction`."""
        return count_actions(self.instances)


def count_actions(instances: Iterable[PlannedInstance]) -> dict[InstanceAction, int]:
    """The number of stack instances for each action, in the order of `InstanceAction`."""
    counter = Counter(instance.action for instance in instances)
    return {action: counter[action] for action in InstanceAction if counter[action]}


def why_blocked(plan: RolloutPlan, risks: frozenset[Risk]) -> str:
    """Say why a plan must not be applied; empty if it may be."""
    if plan.blocked:
        return "The plan is blocked: CloudFormation rejects the change."
    if not plan.blocks(risks):
        return ""
    lines = []
    if plan.risks() & risks:
        lines.append(f"The plan is blocked by --fail-on {', '.join(sorted(plan.risks() & risks))}.")
    lines += [f"The plan is blocked by what is not known: {text}" for text in plan.unknowns]
    return "\n".join(lines) or "The plan is blocked by what is not known of its template."
