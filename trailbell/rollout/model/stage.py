"""
The parts of a plan: what happens to a stack instance, by which operation, and in which stage.

In:    what `trailbell.rollout.plan.planner` and `trailbell.rollout.plan.removal` decide.
Out:   `PlannedInstance`s; a `Stage` for each wave, with a `Step` for each stack in the order of
       their dependencies.
Never: an effect, or a decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from trailbell.aws.stack_set import AccountRegion
from trailbell.diff.model import StackPlan, ValueChange
from trailbell.rollout.configuration.operation_preferences import OperationPreferences
from trailbell.rollout.configuration.waves import WaveCheck
from trailbell.rollout.model.deployment_targets import DeploymentTargets

_MINUTE = 60.0


class InstanceAction(StrEnum):
    """What happens to one stack instance. Capitals are statuses of StackSets."""

    CREATE = "create"
    UPDATE = "update"
    OUTDATED = "OUTDATED"  # an earlier operation failed, was stopped, or did not get that far
    DELETE = "delete"
    UNCHANGED = "unchanged"
    INOPERABLE = "INOPERABLE"  # a deletion failed; StackSets skips it in every operation
    SUSPENDED = "suspended"  # the account is not ACTIVE, so no stack can change there
    RETAINED = "retained"  # no longer part of the rollout, and the settings retain it
    UPDATE_MOVED = "update (moved)"  # the account left the unit by which AWS records the stack
    DELETE_MOVED = "delete (moved)"
    GONE = "gone"  # the account left the organization, so StackSets cannot reach it

    @property
    def is_change(self) -> bool:
        """Whether the plan changes the stack."""
        return self in (
            InstanceAction.CREATE,
            InstanceAction.UPDATE,
            InstanceAction.OUTDATED,
            InstanceAction.DELETE,
            InstanceAction.UPDATE_MOVED,
            InstanceAction.DELETE_MOVED,
        )


@dataclass(frozen=True, slots=True)
class PlannedInstance:
    """One stack instance, or one stack in the management account.

    ``reason`` is why the action is needed, in AWS's words where it has some. ``retain`` says that a
    deletion leaves the stack in its account.
    """

    location: AccountRegion
    action: InstanceAction
    wave: str
    reason: str = ""
    in_management_account: bool = False
    retain: bool = False


OVERRIDES_CHANGE = "parameter overrides"
"""The reason of an update that only changes parameter overrides."""


class StackSetApi(StrEnum):
    """The API operation that a `PlannedOperation` calls."""

    CREATE_STACK_SET = "CreateStackSet"
    UPDATE_STACK_SET = "UpdateStackSet"
    CREATE_INSTANCES = "CreateStackInstances"
    UPDATE_INSTANCES = "UpdateStackInstances"
    DELETE_INSTANCES = "DeleteStackInstances"
    UPDATE_MANAGED_EXECUTION = "UpdateStackSet (managed execution)"
    UPDATE_AUTO_DEPLOYMENT = "UpdateStackSet (automatic deployment)"
    DELETE_STACK_SET = "DeleteStackSet"
    DETECT_DRIFT = "DetectStackSetDrift"

    @property
    def operation(self) -> str:
        """The name of the API operation."""
        return self.value.partition(" ")[0]

    @property
    def defines(self) -> bool:
        """Whether it gives the StackSet its template and parameters."""
        return self in (StackSetApi.CREATE_STACK_SET, StackSetApi.UPDATE_STACK_SET)


@dataclass(frozen=True, kw_only=True)
class PlannedOperation:
    """One call of the API, for all of these accounts in all of these Regions.

    With ``parameter_overrides`` of None, the parameters of each account stay as they are.
    ``retain`` removes stack instances from the StackSet and retains their stacks. ``untargeted`` is
    the number of stack instances that AWS works on if the operation names none.
    """

    api: StackSetApi
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    targets: DeploymentTargets = field(default_factory=lambda: DeploymentTargets(()))
    parameter_overrides: Mapping[str, str] | None = None
    retain: bool = False
    untargeted: int = 0
    preferences: OperationPreferences = field(default_factory=OperationPreferences)
    seconds: float = 0.0

    @property
    def instance_count(self) -> int:
        """The number of stack instances."""
        return len(self.accounts) * len(self.regions)


@dataclass(frozen=True, kw_only=True)
class ManagementStack:
    """A stack in the management account, which service-managed StackSets skip.

    ``changes`` are those of its parameters and tags, ``unreadable`` says why something could not be
    compared.
    """

    account: str
    region: str
    action: InstanceAction
    reason: str = ""
    changes: tuple[ValueChange, ...] = ()
    template_changes: StackPlan | None = None
    unreadable: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """What a stage does with one stack: operations one after the other, then the stacks in the
    management account.

    ``after`` are the stacks whose steps come first. An account in which one of them fails is left
    out of this step, because what the stack imports is not exported there, or because what it
    exports is still imported.
    """

    stack: str
    operations: tuple[PlannedOperation, ...] = ()
    management_stacks: tuple[ManagementStack, ...] = ()
    after: frozenset[str] = frozenset()
    seconds: float = 0.0

    @property
    def has_work(self) -> bool:
        """Whether it changes anything."""
        return bool(self.operations) or any(
            stack.action.is_change for stack in self.management_stacks
        )


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A wave, or what follows the last one: a step for each stack, then a check."""

    name: str
    steps: tuple[Step, ...] = ()
    check: WaveCheck = field(default_factory=WaveCheck)

    @property
    def has_work(self) -> bool:
        """Whether it changes anything."""
        return any(step.has_work for step in self.steps)

    @property
    def operations(self) -> tuple[PlannedOperation, ...]:
        """The operations of all steps."""
        return tuple(operation for step in self.steps for operation in step.operations)

    @property
    def management_stacks(self) -> tuple[ManagementStack, ...]:
        """The stacks in the management account of all steps."""
        return tuple(stack for step in self.steps for stack in step.management_stacks)

    @property
    def seconds(self) -> float:
        """The estimated duration, with the check."""
        minutes = self.check.wait_minutes
        return sum(s.seconds for s in self.steps) + minutes * _MINUTE if self.has_work else 0.0
