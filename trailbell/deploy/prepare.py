"""
From whatever state a stack is in to one that a change set can be made for.

In:    a stack's name, and what the person allowed.
Out:   the stack as it is then (None: there is none), and what to do with it.
Never: a deletion of something that holds resources without its name typed or given.
"""

import uuid
from dataclasses import dataclass

from trailbell.aws import stack_events
from trailbell.aws.cloudformation import Resource, Stack
from trailbell.aws.stack_status import STEPS, Do, State, Step
from trailbell.deploy import change_set
from trailbell.deploy.change_set import Wishes
from trailbell.deploy.delete_stack import delete_stack
from trailbell.deploy.session import Desk
from trailbell.deploy.ui import Voice
from trailbell.errors import DeploymentFailedError, PreconditionError


@dataclass(frozen=True)
class Settled:
    """A stack at rest."""

    stack: Stack | None
    do: Do


def settled(desk: Desk, name: str, wishes: Wishes, voice: Voice, *, dry: bool) -> Settled:
    """Bring a stack to rest. ``dry``: wait if need be, but change nothing.

    Raises `PreconditionError` where a person must decide, `DeploymentFailedError` where deleting
    fails.
    """
    found = None
    while found is None:
        stack = desk.cloud.stack(name)
        if stack is None or stack.state is State.DELETE_COMPLETE:
            return Settled(None, Do.CREATE)
        found = _step(desk, stack, wishes, voice, dry=dry)
    return found


def _step(desk: Desk, stack: Stack, wishes: Wishes, voice: Voice, *, dry: bool) -> Settled | None:
    """Do the one thing for a state; None: look again."""
    step = STEPS[stack.state]
    rest = Settled(stack, step.do)
    match step.do:
        case Do.UPDATE | Do.CREATE:
            return rest
        case Do.REVIEW:
            _review(desk, stack, step, dry=dry)
            return rest
        case Do.RESUME:
            if dry or stack.name not in wishes.delete_failed:
                return rest
            _deleted(desk, stack, voice)
        case Do.WAIT:
            voice.say(f"{stack.name} is {stack.state}: {step.why}; waiting")
            _wait(desk, stack)
        case Do.REMAKE:
            _remake(desk, stack, step, wishes, voice, dry=dry)
        case Do.ROLL_BACK:
            _roll_back(desk, stack, step, wishes, voice, dry=dry)
        case Do.REFUSE:
            raise _refused(stack, step)
    return None


def _refused(stack: Stack, step: Step, more: str = "") -> PreconditionError:
    return PreconditionError(f"stack {stack.name} is {stack.state}", step.why + more, step.remedy)


def _wait(desk: Desk, stack: Stack) -> None:
    """Until nothing is under way; a stack that is being deleted may vanish."""

    def look() -> bool | None:
        now = desk.cloud.stack(stack.id)
        return None if now is not None and now.state.moving else True

    desk.pace.until("DescribeStacks", look)


def _review(desk: Desk, stack: Stack, step: Step, *, dry: bool) -> None:
    """Executing a change set deletes all others of the stack, so theirs come first."""
    theirs = change_set.others(desk.cloud, stack)
    if theirs and not dry:
        raise _refused(stack, step, f": {', '.join(theirs)}")


def _holds(desk: Desk, stack: Stack) -> tuple[Resource, ...]:
    return tuple(r for r in desk.cloud.resources(stack.id) if r.status != "DELETE_COMPLETE")


def _remake(
    desk: Desk, stack: Stack, step: Step, wishes: Wishes, voice: Voice, *, dry: bool
) -> None:
    """Delete what can only be deleted: unasked if it is empty, else by name."""
    if dry:
        raise _refused(stack, step)
    holds = _holds(desk, stack)
    empty = stack.state is State.ROLLBACK_COMPLETE and not holds
    if not empty and stack.name not in wishes.delete_failed:
        names = ", ".join(f"{r.logical_id} ({r.status})" for r in holds) or "nothing"
        why = f"{stack.name} is {stack.state}: {step.why}. It holds: {names}"
        if not voice.typed(stack.name, why):
            raise _refused(stack, step, f"; it holds {names}")
    _deleted(desk, stack, voice)


def _deleted(desk: Desk, stack: Stack, voice: Voice) -> None:
    if stack.protected:
        raise PreconditionError(
            f"stack {stack.name}",
            "termination protection is on",
            f"python build.py delete {stack.name} --unprotect, or switch it off in the console",
        )
    voice.say(f"deleting {stack.name} ({stack.state})")
    outcome = delete_stack(desk, stack, token=uuid.uuid4().hex, voice=voice)
    if not outcome.succeeded:
        raise DeploymentFailedError("DeleteStack", f"{stack.name} is {outcome.state}")


def _roll_back(
    desk: Desk, stack: Stack, step: Step, wishes: Wishes, voice: Voice, *, dry: bool
) -> None:
    if dry or not wishes.continue_rollback:
        raise _refused(stack, step)
    voice.say(f"continuing the rollback of {stack.name}")
    token = uuid.uuid4().hex
    known = stack_events.newest(desk.cloud, stack.id)
    role = desk.environment.options.service_role
    desk.cloud.continue_rollback(stack.id, token=token, role=role)
    outcome = stack_events.follow(
        desk.cloud,
        stack.id,
        known=known,
        token=token,
        tell=lambda event: voice.event(stack.name, event),
        pace=desk.pace,
    )
    if outcome.state == State.UPDATE_ROLLBACK_FAILED:
        raise DeploymentFailedError(
            "ContinueUpdateRollback", f"{stack.name} is {outcome.state} again"
        )
