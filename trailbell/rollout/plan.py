"""
What a rollout would do, as data.

In:    what is wanted, and what AWS says there is (`comparison` puts the two side by side).
Out:   a `DeployPlan`: frozen, comparable, the one thing that reports and `drive` read.
Never: an effect. Nothing here asks AWS or changes it.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from trailbell.aws.stack_set import Definition, Operation, Pair
from trailbell.diff.model import StackPlan, ValueChange
from trailbell.rollout.config import Rollout
from trailbell.rollout.deployment_targets import Targets
from trailbell.rollout.operation_preferences import Check, Pacing


class Kind(StrEnum):
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
        return self in (Kind.CREATE, Kind.UPDATE, Kind.OUTDATED, Kind.DELETE)


@dataclass(frozen=True, slots=True)
class Cell:
    """One pair. ``why`` says in AWS's words why it is as it is; ``plain`` is a stack of its own."""

    pair: Pair
    kind: Kind
    wave: str
    why: str = ""
    plain: bool = False


class Do(StrEnum):
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
class Call:
    """One call: all of these accounts in all of these Regions.

    ``overrides`` of None leave the parameters of each account as they are; ``retain`` takes
    stacks out of the set and leaves them standing.
    """

    do: Do
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    targets: Targets = field(default_factory=lambda: Targets(()))
    overrides: Mapping[str, str] | None = None
    retain: bool = False
    pacing: Pacing = field(default_factory=Pacing)
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
    kind: Kind
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A wave, or what comes after the last: calls one after the other, then a check."""

    name: str
    calls: tuple[Call, ...] = ()
    plain: tuple[Plain, ...] = ()
    check: Check = field(default_factory=Check)
    seconds: float = 0.0

    @property
    def works(self) -> bool:
        """Whether there is anything to do in it."""
        return bool(self.calls) or any(each.kind.changes for each in self.plain)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A whole rollout. ``definition`` is the set as it is, None if there is none.

    ``template`` says what changes in the template, ``values`` in parameters, tags and settings.
    ``remarks`` are sentences that a person should read first; ``under_way`` are operations that
    run or wait, so that the cells may be older than they look.
    """

    rollout: Rollout
    account: str
    sha256: str
    definition: Definition | None
    template: StackPlan | None = None
    values: tuple[ValueChange, ...] = ()
    cells: tuple[Cell, ...] = ()
    stages: tuple[Stage, ...] = ()
    remarks: tuple[str, ...] = ()
    under_way: tuple[Operation, ...] = ()
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
        return sum(call.pairs for s in self.stages for call in s.calls if call.do is Do.DELETE)

    @property
    def seconds(self) -> float:
        """How long it takes if nothing fails."""
        return sum(stage.seconds for stage in self.stages)

    def counts(self) -> dict[Kind, int]:
        """How many pairs of each kind, in the order of `Kind`."""
        found = Counter(cell.kind for cell in self.cells)
        return {kind: found[kind] for kind in Kind if found[kind]}
