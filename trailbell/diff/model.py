"""
The plan of a deployment, as data.

In:    the comparison of two templates, or a change set.
Out:   a `DeployPlan`: frozen and comparable. Reports, gates and saved plans read it.
Never: a side effect. Nothing here reads a file, or calls AWS.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from trailbell.cost.change import CostChange, added_up
from trailbell.source_location import SourceLocation

KNOWN_AFTER_APPLY = "{{changeSet:KNOWN_AFTER_APPLY}}"
"""How CloudFormation writes a value that is known only after the deployment.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-view.html
"""

REDACTED = "****"


class PlanBasis(StrEnum):
    """What a plan was created from."""

    OFFLINE = "offline"
    ACCOUNT = "account"


class ChangeAction(StrEnum):
    """The action of a change.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html
    """

    ADD = "Add"
    MODIFY = "Modify"
    REMOVE = "Remove"
    IMPORT = "Import"
    DYNAMIC = "Dynamic"  # known during the deployment
    SYNC = "SyncWithActual"  # only the stack's record is updated


class Replacement(StrEnum):
    """Whether a change requires replacement of the resource."""

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

    @property
    def phrase(self) -> str:
        """What happens to the old physical resource, in words."""
        return _PHRASES[self]


_PHRASES = {
    PolicyAction.DELETE: "is deleted",
    PolicyAction.RETAIN: "is retained",
    PolicyAction.SNAPSHOT: "is deleted after a snapshot",
    PolicyAction.REPLACE_AND_DELETE: "the old resource is deleted",
    PolicyAction.REPLACE_AND_RETAIN: "the old resource is retained",
    PolicyAction.REPLACE_AND_SNAPSHOT: "the old resource is deleted after a snapshot",
}


class Risk(StrEnum):
    """The risks that ``--fail-on`` can block."""

    REPLACE = "replace"
    REMOVE = "remove"
    BROADEN = "broaden"
    DETECTION_GAP = "detection-gap"


class NoticeLevel(StrEnum):
    """The severity of a notice.

    A failure blocks the change set, a warning does not. What is unknown could not be read or
    judged, so it blocks the plan if ``--fail-on`` names any risk.
    """

    FAILURE = "failure"
    UNKNOWN = "unknown"
    WARNING = "warning"


@dataclass(frozen=True, kw_only=True)
class PropertyChange:
    """A changed path in a resource. Values are texts; None means no value.

    ``cause`` gives the reason where the template text itself does not change.
    """

    path: str
    before: str | None
    after: str | None
    replacement: Replacement = Replacement.NO
    cause: str = ""
    drifted: str | None = None  # the actual value, if it differs from ``before``
    before_from: str = ""  # BeforeValueFrom of a drift-aware change set


@dataclass(frozen=True, kw_only=True)
class ResourceChange:
    """The change of one resource. ``source_location`` is the Python line that defines it."""

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
        """Whether the resource is, or may be, replaced."""
        return self.replacement is not Replacement.NO


@dataclass(frozen=True, kw_only=True)
class Impact:
    """What a change means: a text about one resource, for one risk.

    ``detection`` is the detection that the resource is a part of, ``severity`` its severity before
    the change; both are empty for a resource that all detections share. ``detail`` says for
    broadened access what exactly is new, or why that is undecided, if logic was asked; ``example``
    is a request that is newly allowed, in the form of `trailbell prove --json`.
    """

    risk: Risk
    logical_id: str
    text: str
    detection: str = ""
    severity: str = ""
    detail: str = ""
    example: Mapping[str, Any] | None = None

    @property
    def sentence(self) -> str:
        """The text with its detail, on one line."""
        return f"{self.text}; {self.detail}" if self.detail else self.text


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A failure or warning from CloudFormation, or one predicted from its rules."""

    level: NoticeLevel
    logical_id: str
    text: str
    path: str = ""

    def __str__(self) -> str:
        subject = " ".join(part for part in (self.logical_id, self.path) if part)
        return f"{subject}: {self.text}" if subject else self.text


@dataclass(frozen=True, kw_only=True)
class ValueChange:
    """A changed parameter, output, tag or setting. None means no value.

    ``source`` says where the new value comes from.
    """

    name: str
    before: str | None
    after: str | None
    source: str = ""

    def redacted(self) -> "ValueChange":
        """Return the change without its values."""
        return replace(
            self,
            before=None if self.before is None else REDACTED,
            after=None if self.after is None else REDACTED,
        )


@dataclass(frozen=True, kw_only=True)
class ParameterValues:
    """The values of all parameters of a stack before and after a deployment."""

    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class PlanFingerprint:
    """What a plan is based on. The plan is out of date once one of these values changes.

    ``last_change`` is the time of the stack's last operation, ``change_set`` the reviewed ARN,
    ``settings`` the digest of the parameters, tags and settings that change.
    """

    template: str
    stack_id: str = ""
    last_change: str = ""
    change_set: str = ""
    settings: str = ""


@dataclass(frozen=True, kw_only=True)
class StackPlan:
    """The plan of one stack. ``stack`` is its name in ``dist/``, ``name`` its name in AWS.

    ``created`` says that the stack does not exist yet. ``settings`` are those of the stack itself,
    such as its stack policy and termination protection. ``costs`` are those with a price for each
    month, None if they were not computed. ``added_detections`` and
    ``removed_detections`` are their ids.
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
    costs: CostChange | None = None
    tags: tuple[ValueChange, ...] = ()
    settings: tuple[ValueChange, ...] = ()
    added_detections: tuple[str, ...] = ()
    removed_detections: tuple[str, ...] = ()
    based_on: PlanFingerprint

    @property
    def empty(self) -> bool:
        """Whether deploying would change nothing."""
        return not (
            *self.resource_changes,
            *self.parameters,
            *self.outputs,
            *self.tags,
            *self.settings,
        )

    @property
    def blocked(self) -> bool:
        """Whether CloudFormation rejects the change."""
        return any(notice.level is NoticeLevel.FAILURE for notice in self.notices)

    def risks(self) -> frozenset[Risk]:
        """Return the risks of all changes."""
        return frozenset(impact.risk for impact in self.impacts)

    def blocks(self, risks: frozenset[Risk]) -> bool:
        """Whether a gate with these risks stops the plan. What is unknown may be any risk."""
        unknown = any(notice.level is NoticeLevel.UNKNOWN for notice in self.notices)
        return self.blocked or (bool(risks) and (unknown or bool(self.risks() & risks)))


@dataclass(frozen=True)
class DeployPlan:
    """The plans of stacks, in deployment order.

    ``refused`` names the stacks for which a person must decide or correct something first.
    """

    stacks: tuple[StackPlan, ...]
    refused: tuple[str, ...] = ()

    @property
    def costs(self) -> CostChange | None:
        """The change of costs of all stacks; None if it was computed for none."""
        return added_up((stack.costs, 1) for stack in self.stacks)

    @property
    def empty(self) -> bool:
        """Whether deploying would change nothing."""
        return all(stack.empty for stack in self.stacks)


class Gate(StrEnum):
    """The result that ``plan --exit-code`` reports."""

    NONE = "no changes"
    CHANGES = "changes"
    BLOCKED = "blocked"


def gate(plan: DeployPlan, risks: frozenset[Risk]) -> Gate:
    """Return whether the plan has changes, or is blocked by one of these risks."""
    if any(stack.blocks(risks) for stack in plan.stacks):
        return Gate.BLOCKED
    return Gate.NONE if plan.empty else Gate.CHANGES


def why_blocked(plan: StackPlan, risks: frozenset[Risk]) -> str:
    """Return why a plan must not be applied; empty if it may be."""
    if plan.blocked:
        return "CloudFormation rejects the changes"
    if not plan.blocks(risks):
        return ""
    reasons = []
    if plan.risks() & risks:
        reasons.append(
            f"The plan has risks of --fail-on: {', '.join(sorted(plan.risks() & risks))}"
        )
    reasons += [
        f"--fail-on blocks what is not known: {notice}"
        for notice in plan.notices
        if notice.level is NoticeLevel.UNKNOWN
    ]
    return "\n".join(reasons)
