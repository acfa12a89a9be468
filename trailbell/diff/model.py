"""
What a deployment would do, as data.

In:    two templates (`offline`), or a change set (`account`).
Out:   a `DeployPlan`: frozen, comparable, the one thing that reports, gates and saved plans read.
Never: an effect. Nothing here reads a file, asks an account or changes one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from trailbell.source_location import SourceLocation

KNOWN_AFTER_APPLY = "{{changeSet:KNOWN_AFTER_APPLY}}"
"""How CloudFormation writes a value that it will know only once it has deployed.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-view.html
"""


class PlanBasis(StrEnum):
    """Where a plan comes from."""

    OFFLINE = "offline"
    ACCOUNT = "account"


class ChangeAction(StrEnum):
    """What happens to a resource.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html
    """

    ADD = "Add"
    MODIFY = "Modify"
    REMOVE = "Remove"
    IMPORT = "Import"
    DYNAMIC = "Dynamic"  # known only while it is deployed
    SYNC = "SyncWithActual"  # the stack's record is brought in line; the resource stays as it is


class Replacement(StrEnum):
    """Whether a change needs a new resource in the place of the old one."""

    NO = "False"
    YES = "True"
    MAYBE = "Conditional"


class PolicyAction(StrEnum):
    """What DeletionPolicy and UpdateReplacePolicy do with the old physical resource."""

    DELETE = "Delete"
    RETAIN = "Retain"
    SNAPSHOT = "Snapshot"
    REPLACE_AND_DELETE = "ReplaceAndDelete"
    REPLACE_AND_RETAIN = "ReplaceAndRetain"
    REPLACE_AND_SNAPSHOT = "ReplaceAndSnapshot"


class Risk(StrEnum):
    """What ``--fail-on`` can stop."""

    REPLACE = "replace"
    REMOVE = "remove"
    WIDEN = "widen"
    GAP = "gap"


class NoticeLevel(StrEnum):
    """How much a remark weighs: a failure blocks the change set, a warning does not."""

    FAILURE = "failure"
    WARNING = "warning"


@dataclass(frozen=True, kw_only=True)
class PropertyChange:
    """One path below a resource that changes. Values are texts; None: there is none.

    ``cause`` says why, where the text of the template alone does not.
    """

    path: str
    before: str | None
    after: str | None
    replacement: Replacement = Replacement.NO
    cause: str = ""
    drifted: str | None = None  # what it really is now, where that differs from ``before``


@dataclass(frozen=True, kw_only=True)
class ResourceChange:
    """What happens to one resource; ``place`` is the Python line that built it."""

    logical_id: str
    type: str
    action: ChangeAction
    replacement: Replacement = Replacement.NO
    policy: PolicyAction | None = None
    properties: tuple[PropertyChange, ...] = ()
    physical_id: str = ""
    drift: str = ""
    source_location: SourceLocation | None = None

    @property
    def replaced(self) -> bool:
        """Whether a new resource takes the place of the old one, as far as is known."""
        return self.replacement is not Replacement.NO


@dataclass(frozen=True, kw_only=True)
class Impact:
    """What a change means for people: one sentence about one resource, under one risk."""

    risk: Risk
    logical_id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What CloudFormation, or a rule of it that is known beforehand, says about a change."""

    level: NoticeLevel
    logical_id: str
    text: str
    path: str = ""


@dataclass(frozen=True, kw_only=True)
class ValueChange:
    """A parameter or an output that changes; None: there is none."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class PlanFingerprint:
    """What a plan was made from; a plan is stale once one of it is no longer so.

    ``last_change`` is the stack's last operation, ``change_set`` the ARN that was reviewed.
    """

    template: str
    stack_id: str = ""
    last_change: str = ""
    change_set: str = ""


@dataclass(frozen=True, kw_only=True)
class StackPlan:
    """What happens to one stack. ``stack`` is its name in ``dist/``, ``name`` that of the stack.

    ``created`` says that the stack does not exist yet.
    """

    stack: str
    name: str
    region: str = ""
    account: str = ""
    basis: PlanBasis
    compared_with: str
    created: bool
    resource_changes: tuple[ResourceChange, ...]
    impacts: tuple[Impact, ...] = ()
    notices: tuple[Notice, ...] = ()
    parameters: tuple[ValueChange, ...] = ()
    outputs: tuple[ValueChange, ...] = ()
    capabilities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tags: tuple[ValueChange, ...] = ()
    based_on: PlanFingerprint

    @property
    def empty(self) -> bool:
        """Whether deploying would change nothing."""
        return not (self.resource_changes or self.parameters or self.outputs or self.tags)

    @property
    def blocked(self) -> bool:
        """Whether CloudFormation refuses it."""
        return any(remark.level is NoticeLevel.FAILURE for remark in self.notices)

    def risks(self) -> frozenset[Risk]:
        """Every risk that some change carries."""
        return frozenset(effect.risk for effect in self.impacts)


@dataclass(frozen=True)
class DeployPlan:
    """Stacks in the order in which they are deployed."""

    stacks: tuple[StackPlan, ...]

    @property
    def empty(self) -> bool:
        """Whether deploying would change nothing."""
        return all(stack.empty for stack in self.stacks)

    @property
    def blocked(self) -> bool:
        """Whether CloudFormation refuses one of the stacks."""
        return any(stack.blocked for stack in self.stacks)

    def blocking_impacts(self, risks: frozenset[Risk]) -> Iterator[tuple[StackPlan, Impact]]:
        """The effects that must not pass."""
        for stack in self.stacks:
            for effect in stack.impacts:
                if effect.risk in risks:
                    yield stack, effect


class Gate(StrEnum):
    """What ``plan --exit-code`` reports."""

    NONE = "no changes"
    CHANGES = "changes"
    BLOCKED = "blocked"


def gate(plan: DeployPlan, risks: frozenset[Risk]) -> Gate:
    """Where a pipeline that guards against these risks goes from here."""
    if plan.blocked or any(plan.blocking_impacts(risks)):
        return Gate.BLOCKED
    return Gate.NONE if plan.empty else Gate.CHANGES
