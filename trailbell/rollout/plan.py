"""
What a rollout would do, as data.

In:    what is wanted, and what AWS says there is (`comparison` puts the two side by side).
Out:   a `DeployPlan`: frozen, comparable, the one thing that reports and `apply_plan` read.
Never: an effect. Nothing here asks AWS or changes it.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from trailbell.aws.stack_set import AccountRegion, StackSetDefinition, StackSetOperation
from trailbell.diff.model import StackPlan, ValueChange
from trailbell.rollout.config import RolloutConfig
from trailbell.rollout.deployment_targets import DeploymentTargets
from trailbell.rollout.operation_preferences import OperationPreferences
from trailbell.rollout.waves import WaveCheck


class InstanceAction(StrEnum):
    """What happens to one pair."""

    CREATE = "create"
    UPDATE = "update"
    OUTDATED = "outdated"  # left behind by an earlier operation: failed, stopped, not reached
    DELETE = "delete"
    UNCHANGED = "unchanged"
    INOPERABLE = "inoperable"  # a deletion failed; StackSets leaves it out of everything
    SUSPENDED = "suspended"  # the account is, so nothing can be done there
    LEFT = "left alone"  # no longer wanted, and the settings say to leave it

    @property
    def changes(self) -> bool:
        """Whether anything is done about it."""
        return self in (
            InstanceAction.CREATE,
            InstanceAction.UPDATE,
            InstanceAction.OUTDATED,
            InstanceAction.DELETE,
        )


@dataclass(frozen=True, slots=True)
class PlannedInstance:
    """One pair. ``why`` says in AWS's words why it is as it is; ``plain`` is a stack of its own."""

    location: AccountRegion
    kind: InstanceAction
    wave: str
    why: str = ""
    plain: bool = False


class StackSetApi(StrEnum):
    """The operation of the API that a call is."""

    CREATE_SET = "CreateStackSet"
    UPDATE_SET = "UpdateStackSet"
    CREATE = "CreateStackInstances"
    UPDATE = "UpdateStackInstances"
    DELETE = "DeleteStackInstances"
    SETTINGS = "UpdateStackSet (settings alone)"
    DELETE_SET = "DeleteStackSet"
    DRIFT = "DetectStackSetDrift"


@dataclass(frozen=True, kw_only=True)
class PlannedOperation:
    """One call: all of these accounts in all of these Regions.

    ``overrides`` of None leave the parameters of each account as they are; ``retain`` takes
    stacks out of the set and leaves them standing.
    """

    do: StackSetApi
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    targets: DeploymentTargets = field(default_factory=lambda: DeploymentTargets(()))
    overrides: Mapping[str, str] | None = None
    retain: bool = False
    pacing: OperationPreferences = field(default_factory=OperationPreferences)
    seconds: float = 0.0

    @property
    def pairs(self) -> int:
        """How many stacks it works on."""
        return len(self.accounts) * len(self.regions)


@dataclass(frozen=True, kw_only=True)
class Plain:
    """A stack of the management account, which service-managed sets skip."""

    account: str
    region: str
    kind: InstanceAction
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A wave, or what comes after the last: calls one after the other, then a check."""

    name: str
    calls: tuple[PlannedOperation, ...] = ()
    plain: tuple[Plain, ...] = ()
    check: WaveCheck = field(default_factory=WaveCheck)
    seconds: float = 0.0

    @property
    def works(self) -> bool:
        """Whether there is anything to do in it."""
        return bool(self.calls) or any(each.kind.changes for each in self.plain)


@dataclass(frozen=True, kw_only=True)
class RolloutPlan:
    """A whole rollout. ``definition`` is the set as it is, None if there is none.

    ``template_request`` says what changes in the template, ``values`` in parameters, tags and
    settings. ``remarks`` are sentences that a person should read first; ``under_way`` are
    operations that run or wait, so that the cells may be older than they look.
    """

    rollout: RolloutConfig
    account: str
    sha256: str
    definition: StackSetDefinition | None
    template: StackPlan | None = None
    values: tuple[ValueChange, ...] = ()
    cells: tuple[PlannedInstance, ...] = ()
    stages: tuple[Stage, ...] = ()
    remarks: tuple[str, ...] = ()
    running_operations: tuple[StackSetOperation, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether applying it would change nothing."""
        return not any(stage.works for stage in self.stages)

    @property
    def blocked(self) -> bool:
        """Whether CloudFormation refuses the change of the template, in every stack."""
        return not self.empty and self.template is not None and self.template.blocked

    @property
    def deletes(self) -> int:
        """How many stacks would go, or leave the set."""
        return sum(
            call.pairs for s in self.stages for call in s.calls if call.do is StackSetApi.DELETE
        )

    @property
    def seconds(self) -> float:
        """How long it takes if nothing fails."""
        return sum(stage.seconds for stage in self.stages)

    def counts(self) -> dict[InstanceAction, int]:
        """How many pairs of each kind, in the order of `InstanceAction`."""
        found = Counter(cell.kind for cell in self.cells)
        return {kind: found[kind] for kind in InstanceAction if found[kind]}
