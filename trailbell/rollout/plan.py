"""
What a rollout would do, as data.

In:    what `trailbell.rollout.planner` and `trailbell.rollout.removal` decide.
Out:   a `RolloutPlan`: frozen, comparable, the only input of the reports and of `apply_plan`.
Never: an effect. Nothing in this module calls AWS.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from trailbell.aws.stack_set import AccountRegion, StackSetDefinition, StackSetOperation
from trailbell.diff.model import Risk, StackPlan, ValueChange
from trailbell.rollout.config import RolloutConfig
from trailbell.rollout.deployment_targets import DeploymentTargets
from trailbell.rollout.operation_preferences import OperationPreferences
from trailbell.rollout.stack_set_request import StackSetRequest
from trailbell.rollout.waves import WaveCheck


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
class Stage:
    """A wave, or what follows the last one: operations one after the other, then a check."""

    name: str
    operations: tuple[PlannedOperation, ...] = ()
    management_stacks: tuple[ManagementStack, ...] = ()
    check: WaveCheck = field(default_factory=WaveCheck)
    seconds: float = 0.0

    @property
    def has_work(self) -> bool:
        """Whether it changes anything."""
        return bool(self.operations) or any(
            stack.action.is_change for stack in self.management_stacks
        )


@dataclass(frozen=True, kw_only=True)
class RolloutPlan:
    """A whole rollout. ``definition`` is the StackSet as it is, None if there is none.

    ``request`` is the StackSet as it should be; a removal has none.

    ``account_id`` is the administrator account. ``value_changes`` are those of parameters, tags
    and settings. ``notices`` are sentences to read before applying, and
    ``unknowns`` say what could not be read or judged. ``running_operations`` may
    make ``instances`` out of date while they run.
    """

    rollout: RolloutConfig
    account_id: str
    template_sha256: str
    definition: StackSetDefinition | None
    request: StackSetRequest | None = None
    template_changes: StackPlan | None = None
    value_changes: tuple[ValueChange, ...] = ()
    instances: tuple[PlannedInstance, ...] = ()
    stages: tuple[Stage, ...] = ()
    notices: tuple[str, ...] = ()
    unknowns: tuple[str, ...] = ()
    running_operations: tuple[StackSetOperation, ...] = ()
    account_names: Mapping[str, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether applying it would change nothing."""
        return not any(stage.has_work for stage in self.stages)

    @property
    def template_plans(self) -> tuple[StackPlan, ...]:
        """The changes of the template: of the StackSet, and of the management account's stacks."""
        stacks = (stack for stage in self.stages for stack in stage.management_stacks)
        plans = (self.template_changes, *(stack.template_changes for stack in stacks))
        return tuple(plan for plan in plans if plan is not None)

    @property
    def blocked(self) -> bool:
        """Whether CloudFormation would reject the change of the template, in every stack."""
        return not self.empty and any(plan.blocked for plan in self.template_plans)

    def risks(self) -> frozenset[Risk]:
        """The risks of all changes."""
        removes = frozenset({Risk.REMOVE} if self.removal_count else ())
        return removes.union(*(plan.risks() for plan in self.template_plans))

    def blocks(self, risks: frozenset[Risk]) -> bool:
        """Whether a gate with these risks stops the plan. What is unknown may be any risk."""
        if not risks:
            return self.blocked
        judged = bool(self.risks() & risks) or bool(self.unknowns)
        return judged or any(plan.blocks(risks) for plan in self.template_plans)

    @property
    def removal_count(self) -> int:
        """The number of stacks to delete, or to remove from the StackSet."""
        return sum(
            operation.instance_count
            for stage in self.stages
            for operation in stage.operations
            if operation.api is StackSetApi.DELETE_INSTANCES
        )

    @property
    def seconds(self) -> float:
        """The estimated duration if nothing fails."""
        return sum(stage.seconds for stage in self.stages)

    def counts(self) -> dict[InstanceAction, int]:
        """The number of stack instances for each action, in the order of `InstanceAction`."""
        counter = Counter(instance.action for instance in self.instances)
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
