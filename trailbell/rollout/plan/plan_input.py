"""
What the operations of a rollout are planned from.

In:    what `trailbell.rollout.plan.planner` decides about each stack instance.
Out:   a `PlanInput`.
Never: an operation.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trailbell.aws.stack_set import AccountRegion, StackInstance
from trailbell.rollout.configuration.config import RolloutConfig
from trailbell.rollout.configuration.waves import Wave
from trailbell.rollout.model.desired_state import DesiredState
from trailbell.rollout.model.stage import ManagementStack, PlannedInstance
from trailbell.rollout.plan.instance_operations import NamedInstances, named_instances


@dataclass(frozen=True, kw_only=True)
class PlanInput:
    """What the operations are planned from.

    ``stack_instances`` are those in AWS, and ``parameter_overrides`` theirs as far as they were
    read. ``known_parameters`` are those of the StackSet as it is. ``stacks_change`` says that the
    template, the parameters or the tags of the StackSet change.
    """

    rollout: RolloutConfig
    instances: tuple[PlannedInstance, ...]
    stack_instances: Mapping[AccountRegion, StackInstance]
    desired_state: DesiredState = field(default_factory=DesiredState)
    parameter_overrides: Mapping[AccountRegion, Mapping[str, str]] = field(default_factory=dict)
    management_stacks: tuple[ManagementStack, ...] = ()
    stack_set_exists: bool = True
    known_parameters: frozenset[str] = frozenset()
    stacks_change: bool = False
    managed_execution_changes: bool = False
    auto_deployment_changes: bool = False
    release_inoperable: bool = False

    @property
    def named(self) -> NamedInstances:
        """The stack instances that exist, and how requests name them."""
        return named_instances(
            self.rollout, self.stack_instances, self.desired_state.unit_by_account
        )

    @property
    def has_live_instances(self) -> bool:
        """Whether an UpdateStackSet without targets would update a stack."""
        return any(each.status != "INOPERABLE" for each in self.stack_instances.values())

    def of_wave(self, wave: Wave) -> tuple[PlannedInstance, ...]:
        """The stack instances of a wave."""
        return tuple(
            instance
            for instance in self.instances
            if instance.wave == wave.name and not instance.in_management_account
        )
