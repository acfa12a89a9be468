"""
Deleting a stack: first shown, then asked about, then done.

In:    a stack's name.
Out:   a `DeletionPlan`: what goes, what stays; and the `OperationResult` of it.
Never: a protected stack deleted, unless it is unprotected by the same command and the name
       is typed.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from trailbell.aws.cloudformation import Stack
from trailbell.aws.root_cause import find_root_cause
from trailbell.deploy.change_set_plan import deployed_template
from trailbell.deploy.delete_stack import delete_stack
from trailbell.deploy.execute import StackResult, StackResultStatus, console_url
from trailbell.deploy.session import DeploySession
from trailbell.deploy.ui import Ui
from trailbell.diff.model import PolicyAction
from trailbell.diff.resources import removal_policy
from trailbell.dist.built_templates import BuiltTemplate, StackReference
from trailbell.errors import NotFoundError, PreconditionError
from trailbell.template import Template
from trailbell.template.resources import resources

_FATES = {
    PolicyAction.DELETE: "deleted",
    PolicyAction.RETAIN: "kept in the account",
    PolicyAction.SNAPSHOT: "deleted after a snapshot",
}


@dataclass(frozen=True, kw_only=True)
class ResourceOutcome:
    """What becomes of one resource."""

    logical_id: str
    type: str
    physical_id: str
    policy: PolicyAction

    @property
    def words(self) -> str:
        """For people."""
        return _FATES[self.policy]


@dataclass(frozen=True, kw_only=True)
class DeletionPlan:
    """What deleting a stack does. ``known`` is False if its template could not be read."""

    stack: Stack
    fates: tuple[ResourceOutcome, ...]
    known: bool


def deletion(desk: DeploySession, name: str) -> DeletionPlan:
    """What deleting would do. Raises `NotFoundError`."""
    stack = desk.cloud.stack(name)
    if stack is None:
        raise NotFoundError("DescribeStacks", f"there is no stack {name} in {desk.region}")
    template = deployed_template(desk.cloud, stack, _nameless(name))
    declared = resources(template or {})
    fates = tuple(
        ResourceOutcome(
            logical_id=each.logical_id,
            type=each.type,
            physical_id=each.physical_id,
            policy=removal_policy(declared.get(each.logical_id, {"Type": each.type})),
        )
        for each in desk.cloud.resources(stack.id)
        if each.status != "DELETE_COMPLETE"
    )
    return DeletionPlan(stack=stack, fates=fates, known=template is not None or not fates)


def _nameless(name: str) -> BuiltTemplate:
    document: Template = {}
    return BuiltTemplate(stack=name, text="", document=document, sha256="")


def text(found: DeletionPlan) -> str:
    """What goes and what stays."""
    lines = [f"{found.stack.name} ({found.stack.status}): {len(found.fates)} resources"]
    if not found.known:
        lines.append("  its template could not be read: what it retains is not known")
    width = max((len(fate.logical_id) for fate in found.fates), default=0)
    for fate in found.fates:
        sign = "-" if fate.policy is PolicyAction.DELETE else " "
        lines.append(
            f"  {sign} {fate.logical_id:<{width}}  {fate.type}  {fate.words}  {fate.physical_id}"
        )
    return "\n".join(lines)


def check_deletable(found: DeletionPlan, *, unprotect: bool) -> None:
    """Raises `PreconditionError` for a moving stack, and for a protected one unless told
    otherwise.
    """
    stack = found.stack
    if stack.status.in_progress:
        raise PreconditionError(
            f"stack {stack.name} is {stack.status}",
            "something is going on with it",
            f"wait for it: python build.py follow {stack.name}",
        )
    if stack.termination_protection and not unprotect:
        raise PreconditionError(
            f"stack {stack.name}",
            "termination protection is on",
            f"python build.py delete {stack.name} --unprotect",
        )


def delete(
    desk: DeploySession, found: DeletionPlan, named: StackReference, voice: Ui
) -> StackResult:
    """Delete what `check_deletable` let pass, and follow it. Raises `AwsError`."""
    if found.stack.termination_protection:
        desk.cloud.set_termination_protection(found.stack.id, enabled=False)
    role = desk.environment.settings_for(named.source.stack).service_role if named.source else ""
    outcome = delete_stack(desk, found.stack, token=uuid.uuid4().hex, voice=voice, role=role)
    why = None
    if not outcome.succeeded:
        why = find_root_cause(desk.cloud, found.stack.id, outcome.events, named.source_lines)
    return StackResult(
        stack=named.source.stack if named.source else found.stack.name,
        name=found.stack.name,
        status=StackResultStatus.DELETED if outcome.succeeded else StackResultStatus.FAILED,
        state=outcome.state,
        text=_kept(found.fates) if outcome.succeeded else "",
        console_url=console_url(found.stack.id) if why else "",
        root_cause=why,
    )


def _kept(fates: Sequence[ResourceOutcome]) -> str:
    kept = [f"{fate.logical_id} ({fate.physical_id})" for fate in fates
            if fate.policy is PolicyAction.RETAIN]  # fmt: skip
    return f"kept in the account: {', '.join(kept)}" if kept else ""
