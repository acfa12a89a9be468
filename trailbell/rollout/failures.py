"""
Why stack instances failed.

In:    operations that ended.
Out:   an `InstanceFailure` for each failed stack instance, with the resource that failed first if a
       role can read it.
Never: the reason of a CANCELLED stack instance. StackSets did not try it, because others failed;
       it is only counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from trailbell.aws import stack_events
from trailbell.aws.cloudformation import CloudFormation
from trailbell.aws.root_cause import RootCause, find_root_cause
from trailbell.aws.stack_set import AccountRegion, StackSetOperation
from trailbell.errors import AwsError
from trailbell.rollout.session import RolloutSession

_MAX_INSPECTED = 20
"""Stack instances whose events are read: each needs a session in its account, and some calls."""


@dataclass(frozen=True, kw_only=True)
class InstanceFailure:
    """A failed stack instance.

    ``reason`` is that of StackSets, ``root_cause`` that of the stack's own events. ``note`` says
    why the events could not be read.
    """

    location: AccountRegion
    reason: str
    root_cause: RootCause | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Failures:
    """The failed stack instances of some operations, and the number of canceled ones."""

    failed: tuple[InstanceFailure, ...] = ()
    canceled: int = 0

    def __bool__(self) -> bool:
        return bool(self.failed or self.canceled)


def read_failures(session: RolloutSession, operations: Iterable[StackSetOperation]) -> Failures:
    """Read what failed. Results of successful operations are not read."""
    failed: list[InstanceFailure] = []
    canceled = 0
    for operation in operations:
        if operation.succeeded:
            continue
        for result in session.stack_set.results(operation.id, "FAILED"):
            if result.status == "FAILED":
                reason = result.reason or operation.reason or "no reason given"
                failed.append(InstanceFailure(location=result.location, reason=reason))
        canceled += sum(
            result.status == "CANCELLED"
            for result in session.stack_set.results(operation.id, "CANCELLED")
        )
    if session.rollout.member_read_role:
        failed = [
            *(_with_root_cause(session, failure) for failure in failed[:_MAX_INSPECTED]),
            *failed[_MAX_INSPECTED:],
        ]
    return Failures(failed=tuple(failed), canceled=canceled)


def _with_root_cause(session: RolloutSession, failure: InstanceFailure) -> InstanceFailure:
    """Add the root cause, from the events of the stack in its account."""
    role = session.rollout.member_read_role
    try:
        stack_id = _stack_id(session, failure.location)
        if not stack_id:
            return failure
        account = session.assume_role(failure.location, role)
        cloud = CloudFormation(account.service("cloudformation"))
        events = stack_events.last_operation(cloud, stack_id).events
        root_cause = find_root_cause(cloud, stack_id, events, {})
    except AwsError as error:
        note = f"The role {role} could not read the stack events: {error.reason}"
        return InstanceFailure(location=failure.location, reason=failure.reason, note=note)
    return InstanceFailure(location=failure.location, reason=failure.reason, root_cause=root_cause)


def _stack_id(session: RolloutSession, location: AccountRegion) -> str:
    instances = session.stack_set.instances(
        StackInstanceAccount=location.account, StackInstanceRegion=location.region
    )
    return next((instance.stack_id for instance in instances if instance.location == location), "")
