"""
How a rollout changes what AWS bills each month, over all stack instances.

In:    the settings, the templates before and after, and the actions of stack instances.
Out:   a `CostChange` of one StackSet; None if no stack changes.
Never: a stack that is left out. What an earlier operation left behind is not known, which it says.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from trailbell.aws.stack_set import AccountRegion, StackSetDefinition
from trailbell.cost.change import CostChange, added_up, change_between, unknown_change
from trailbell.dist.built_templates import parse_document
from trailbell.errors import ContentError
from trailbell.rollout.configuration.config import RolloutConfig
from trailbell.rollout.configuration.parameters import default_values, stack_set_parameters
from trailbell.rollout.model.actual_state import ActualState
from trailbell.rollout.model.stage import InstanceAction, ManagementStack, PlannedInstance
from trailbell.template import Template
from trailbell.template.evaluate import UNKNOWN, Evaluator, Marker, Scope
from trailbell.template.resources import secret_parameters

_CREATES = (InstanceAction.CREATE,)
_UPDATES = (InstanceAction.UPDATE, InstanceAction.UPDATE_MOVED)
_DELETES = (InstanceAction.DELETE, InstanceAction.DELETE_MOVED)

Values = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class _Case:
    """Stack instances whose costs change in the same way: the same action and overrides."""

    action: InstanceAction
    before: Values
    after: Values


def planned_costs(
    rollout: RolloutConfig,
    template: Template,
    actual: ActualState,
    instances: tuple[PlannedInstance, ...],
) -> CostChange | None:
    """The change of costs in all stacks of a StackSet, and of the management account."""
    management = {
        AccountRegion(each.account, each.region): each for each in actual.management_stacks
    }
    cases: Counter[_Case] = Counter()
    changes: list[tuple[CostChange | None, int]] = []
    for instance in instances:
        if not instance.action.is_change or instance.retain:
            continue
        if instance.in_management_account and instance.action in _UPDATES:
            changes.append((_management_change(management.get(instance.location)), 1))
        else:
            cases[_case(rollout, actual, instance)] += 1
    prices = _Prices(rollout, template, actual.definition)
    changes += [(prices.change(case), count) for case, count in cases.items()]
    return added_up(changes)


def _case(rollout: RolloutConfig, actual: ActualState, instance: PlannedInstance) -> _Case:
    location = instance.location
    before = actual.parameter_overrides.get(location, {})
    after = rollout.parameter_overrides.get(location.account, {})
    return _Case(instance.action, frozenset(before.items()), frozenset(after.items()))


def _management_change(stack: ManagementStack | None) -> CostChange:
    if stack is not None and stack.template_changes is not None:
        return stack.template_changes.costs or CostChange()
    return unknown_change("how the stack in the management account changes")


@dataclass(frozen=True)
class _Prices:
    """What the stacks of a StackSet cost, before and after."""

    rollout: RolloutConfig
    template: Template
    definition: StackSetDefinition | None

    def change(self, case: _Case) -> CostChange:
        """The change of one stack."""
        if case.action in _CREATES:
            return change_between(None, self._after(case))
        before = self._before(case)
        if before is None:
            return unknown_change("the template of the StackSet, which cannot be read")
        if case.action in _UPDATES:
            return change_between(before, self._after(case))
        if case.action in _DELETES:
            return change_between(before, None)
        return unknown_change("what stack instances have that are OUTDATED")

    def _after(self, case: _Case) -> Evaluator:
        values = stack_set_parameters(self.rollout, self.template) | dict(case.after)
        return _evaluator(self.template, values)

    def _before(self, case: _Case) -> Evaluator | None:
        if self.definition is None:
            return None
        try:
            template = parse_document(self.definition.template, "The template of the StackSet")
        except ContentError:
            return None
        values = default_values(template) | dict(self.definition.parameters) | dict(case.before)
        return _evaluator(template, values)


def _evaluator(template: Template, values: Mapping[str, str]) -> Evaluator:
    """An evaluator with these values. AWS does not show those of NoEcho parameters."""
    known: dict[str, str | Marker] = dict(values)
    known |= dict.fromkeys(secret_parameters(template), UNKNOWN)
    return Evaluator(template, Scope(parameters=known, pseudo={"AWS::Partition": "aws"}))
