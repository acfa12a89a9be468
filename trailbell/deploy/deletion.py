"""
Deleting a stack: first shown, then asked about, then done.

In:    a stack's name.
Out:   a `Deletion`: what goes, what stays; and the `Outcome` of it.
Never: a protected stack deleted, unless it is unprotected by the same command and the name
       is typed.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from trailbell.aws.cloudformation import Stack
from trailbell.aws.root_cause import cause
from trailbell.deploy.change_set_plan import deployed
from trailbell.deploy.delete_stack import delete_stack
from trailbell.deploy.execute import Result, Status, console
from trailbell.deploy.session import Desk
from trailbell.deploy.ui import Voice
from trailbell.diff.model import PolicyAction
from trailbell.diff.resources import removal_policy
from trailbell.dist.built_templates import BuiltTemplate, StackReference
from trailbell.errors import NotFoundError, PreconditionError
from trailbell.template.references import Document, resources

_FATES = {
    PolicyAction.DELETE: "deleted",
    PolicyAction.RETAIN: "kept in the account",
    PolicyAction.SNAPSHOT: "deleted after a snapshot",
}


@dataclass(frozen=True, kw_only=True)
class Fate:
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
class Deletion:
    """What deleting a stack does. ``known`` is False if its template could not be read."""

    stack: Stack
    fates: tuple[Fate, ...]
    known: bool


def deletion(desk: Desk, name: str) -> Deletion:
    """What deleting would do. Raises `NotFoundError`."""
    stack = desk.cloud.stack(name)
    if stack is None:
        raise NotFoundError("DescribeStacks", f"there is no stack {name} in {desk.region}")
    template = deployed(desk.cloud, stack, _nameless(name))
    declared = resources(template or {})
    fates = tuple(
        Fate(
            logical_id=each.logical_id,
            type=each.type,
            physical_id=each.physical_id,
            policy=removal_policy(declared.get(each.logical_id, {"Type": each.type})),
        )
        for each in desk.cloud.resources(stack.id)
        if each.status != "DELETE_COMPLETE"
    )
    return Deletion(stack=stack, fates=fates, known=template is not None or not fates)


def _nameless(name: str) -> BuiltTemplate:
    document: Document = {}
    return BuiltTemplate(stack=name, text="", document=document, sha256="")


def text(found: Deletion) -> str:
    """What goes and what stays."""
    lines = [f"{found.stack.name} ({found.stack.state}): {len(found.fates)} resources"]
    if not found.known:
        lines.append("  its template could not be read: what it retains is not known")
    width = max((len(fate.logical_id) for fate in found.fates), default=0)
    for fate in found.fates:
        sign = "-" if fate.policy is PolicyAction.DELETE else " "
        lines.append(
            f"  {sign} {fate.logical_id:<{width}}  {fate.type}  {fate.words}  {fate.physical_id}"
        )
    return "\n".join(lines)


def allow(found: Deletion, *, unprotect: bool) -> None:
    """Raises `PreconditionError` for a moving stack, and for a protected one unless told
    otherwise.
    """
    stack = found.stack
    if stack.state.moving:
        raise PreconditionError(
            f"stack {stack.name} is {stack.state}",
            "something is going on with it",
            f"wait for it: python build.py follow {stack.name}",
        )
    if stack.protected and not unprotect:
        raise PreconditionError(
            f"stack {stack.name}",
            "termination protection is on",
            f"python build.py delete {stack.name} --unprotect",
        )


def delete(desk: Desk, found: Deletion, named: StackReference, voice: Voice) -> Result:
    """Delete what `allow` let pass, and follow it. Raises `AwsError`."""
    if found.stack.protected:
        desk.cloud.protect(found.stack.id, enabled=False)
    role = desk.environment.of(named.source.stack).service_role if named.source else ""
    outcome = delete_stack(desk, found.stack, token=uuid.uuid4().hex, voice=voice, role=role)
    why = None
    if not outcome.succeeded:
        why = cause(desk.cloud, found.stack.id, outcome.events, named.source_lines)
    return Result(
        stack=named.source.stack if named.source else found.stack.name,
        name=found.stack.name,
        status=Status.DELETED if outcome.succeeded else Status.FAILED,
        state=outcome.state,
        text=_kept(found.fates) if outcome.succeeded else "",
        console=console(found.stack.id) if why else "",
        cause=why,
    )


def _kept(fates: Sequence[Fate]) -> str:
    kept = [f"{fate.logical_id} ({fate.physical_id})" for fate in fates
            if fate.policy is PolicyAction.RETAIN]  # fmt: skip
    return f"kept in the account: {', '.join(kept)}" if kept else ""
