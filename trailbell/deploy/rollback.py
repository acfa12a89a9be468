"""
Roll back a stack whose operation failed and was not rolled back, or whose rollback failed.

In:    a stack in CREATE_FAILED, UPDATE_FAILED or UPDATE_ROLLBACK_FAILED.
Out:   a `RollbackPlan`: which call, what it does to the stack, which resources it skips; then the
       `StackResult` of it.
Never: a resource that is skipped without being named, or a stack that is deleted without saying so.
"""

import time
from collections.abc import Iterator, Sequence

from trailbell.aws import stack_events
from trailbell.aws.cloudformation import STACK_TYPE, Event, Stack
from trailbell.aws.root_cause import find_root_cause
from trailbell.aws.stack_status import StackStatus, rule_for
from trailbell.deploy.result import StackResult, StackResultStatus, console_url
from trailbell.deploy.run_rollback import FailedResource, RollbackCall, RollbackPlan, run_rollback
from trailbell.deploy.session import DeploySession
from trailbell.deploy.ui import Ui
from trailbell.dist.built_templates import StackReference
from trailbell.errors import NotFoundError, PreconditionError
from trailbell.styled_text import Line, Span, Style, as_lines, line, plain_text, styled

_STABLE = frozenset(
    {
        *("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"),
        *("IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"),
    }
)
"""The statuses that RollbackStack can return to; it deletes a stack that never had one."""

_ROLLED_BACK = frozenset(
    {
        *(StackStatus.UPDATE_ROLLBACK_COMPLETE, StackStatus.ROLLBACK_COMPLETE),
        StackStatus.DELETE_COMPLETE,
    }
)


def plan_rollback(
    session: DeploySession, reference: StackReference, skip: Sequence[str], role: str
) -> RollbackPlan:
    """Plan the rollback of a stack. Raises `NotFoundError`, and `PreconditionError` if the stack
    cannot be rolled back, or a resource cannot be skipped.
    """
    stack = session.cloud.stack(reference.name)
    if stack is None:
        raise NotFoundError(
            "DescribeStacks", f"Stack {reference.name} does not exist in {session.region}."
        )
    if stack.status is StackStatus.UPDATE_ROLLBACK_FAILED:
        failed = tuple(_failed_resources(session, stack.id, "", ""))
        return RollbackPlan(
            stack=stack,
            call=RollbackCall.CONTINUE,
            failed=failed,
            skip=_names_to_skip(stack, failed, skip),
            role=role,
        )
    if stack.status not in (StackStatus.CREATE_FAILED, StackStatus.UPDATE_FAILED):
        raise _not_possible(stack)
    if skip:
        raise PreconditionError(
            f"stack {stack.name} is {stack.status}",
            "AWS skips resources only in a rollback that failed (UPDATE_ROLLBACK_FAILED).",
            f"Roll it back without --skip-resource: trailbell rollback {stack.name}",
        )
    deletes = not _was_stable(session, stack)
    remaining = [r for r in session.cloud.resources(stack.id) if r.status != "DELETE_COMPLETE"]
    return RollbackPlan(
        stack=stack,
        call=RollbackCall.ROLL_BACK,
        deletes_stack=deletes,
        resources=tuple(remaining) if deletes else (),
        role=role,
    )


def _not_possible(stack: Stack) -> PreconditionError:
    rule = rule_for(stack.status, stack.name)
    hint = rule.remedy or f"Deploy it with: trailbell deploy {stack.name}"
    if stack.status.in_progress:
        hint = f"Wait for it with: trailbell follow {stack.name}"
    return PreconditionError(
        f"stack {stack.name} is {stack.status}",
        f"There is nothing to roll back. {rule.reason}",
        hint,
    )


def _was_stable(session: DeploySession, stack: Stack) -> bool:
    """Whether the stack ever was in a status that a rollback can return to."""
    stable: list[Event] = []

    def known(event: Event) -> bool:
        if stack_events.is_stack_event(event) and event.status in _STABLE:
            stable.append(event)
        return bool(stable)

    session.cloud.events(stack.id, known)
    return bool(stable)


def _failed_resources(
    session: DeploySession, stack_id: str, prefix: str, logical_prefix: str
) -> Iterator[FailedResource]:
    """Find the resources in UPDATE_FAILED, in nested stacks too."""
    for resource in session.cloud.resources(stack_id):
        if resource.status != "UPDATE_FAILED":
            continue
        if resource.type == STACK_TYPE and resource.physical_id:
            nested = resource.physical_id.rpartition(":stack/")[2].split("/")[0]
            yield from _failed_resources(
                session, resource.physical_id, f"{nested}.", f"{resource.logical_id}."
            )
            continue
        yield FailedResource(
            name=f"{prefix}{resource.logical_id}",
            type=resource.type,
            reason=resource.reason,
            logical_path=f"{logical_prefix}{resource.logical_id}",
        )


def _names_to_skip(
    stack: Stack, failed: Sequence[FailedResource], skip: Sequence[str]
) -> tuple[str, ...]:
    """Return the resources as ResourcesToSkip names them. Raises `PreconditionError`."""
    names = {r.logical_path: r.name for r in failed} | {r.name: r.name for r in failed}
    for name in skip:
        if name not in names:
            known = ", ".join(r.name for r in failed) or "none"
            raise PreconditionError(
                f"stack {stack.name}",
                f'--skip-resource: "{name}" is not a resource that the rollback failed on.',
                f"AWS can skip: {known}. In a nested stack, write NestedStackName.LogicalId.",
            )
    return tuple(dict.fromkeys(names[name] for name in skip))


def to_text(plan: RollbackPlan) -> str:
    """Say what the rollback does."""
    return plain_text(to_lines(plan))


def to_lines(plan: RollbackPlan) -> Iterator[Line]:
    """The plan as lines for a terminal."""
    return as_lines(_lines(plan))


def _lines(plan: RollbackPlan) -> Iterator[str | Line]:
    name = plan.stack.name
    yield styled(f"{name} ({plan.stack.status}): {plan.call}", Style.HEADING)
    if plan.deletes_stack:
        yield "  The stack was never complete, so AWS deletes it, with these resources:"
        for each in plan.resources:
            removed = Span(f"- {each.logical_id}", Style.REMOVED)
            yield line("  ", removed, f"  {each.type}  {each.physical_id}", hanging=4)
    elif plan.call is RollbackCall.ROLL_BACK:
        yield "  The stack returns to its last complete state."
    else:
        yield "  The rollback is continued."
    role = plan.role or plan.stack.role_arn
    if role:
        yield f"  CloudFormation rolls back with the role {role}."
    for resource in plan.failed:
        skipped = "  is skipped" if resource.name in plan.skip else ""
        yield f"  {resource.name}  {resource.type}{skipped}"
        if resource.reason:
            yield f"      {resource.reason}"
    if plan.skip:
        yield "  AWS sets skipped resources to UPDATE_COMPLETE and leaves them as they are."
        yield "  Make the template and these resources consistent before the next deployment."
    elif plan.failed:
        yield "  If one cannot be repaired, skip it, and as few as possible:"
        yield f"    trailbell rollback {name} --skip-resource {plan.failed[0].name}"


def roll_back(
    session: DeploySession, plan: RollbackPlan, reference: StackReference, ui: Ui
) -> StackResult:
    """Roll the stack back, and follow the operation. Raises `AwsError`."""
    started, stack = time.monotonic(), plan.stack
    operation = run_rollback(session, plan, ui)
    succeeded = operation.stack is None or operation.stack.status in _ROLLED_BACK
    return StackResult(
        stack=reference.stack,
        name=stack.name,
        status=StackResultStatus.ROLLED_BACK if succeeded else StackResultStatus.FAILED,
        state=operation.state,
        console_url="" if succeeded else console_url(stack.id),
        root_cause=None
        if succeeded
        else find_root_cause(
            session.cloud, stack.id, operation.events, reference.source_lines, reference.stack
        ),
        seconds=time.monotonic() - started,
    )
