"""
Why stacks failed, one by one.

In:    an operation that ended.
Out:   a `InstanceFailure` for each failed pair, with the first failed resource where a role may
       read it.
Never: "Cancelled since failure tolerance has exceeded" as a reason. Those stacks were not tried;
       they are counted.
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
"""Members whose events are read: each takes a role and some calls."""


@dataclass(frozen=True, kw_only=True)
class InstanceFailure:
    """``reason`` is what StackSets says; ``cause`` what the stack itself does; ``note`` says why
    that could not be read.
    """

    pair: AccountRegion
    reason: str
    root_cause: RootCause | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Failures:
    """The failed pairs of some operations, and how many others were given up because of them."""

    failed: tuple[InstanceFailure, ...] = ()
    cancelled: int = 0

    def __bool__(self) -> bool:
        return bool(self.failed or self.cancelled)


def failures(desk: RolloutSession, operations: Iterable[StackSetOperation]) -> Failures:
    """What went wrong. Operations in which nothing did are not asked about."""
    failed: list[InstanceFailure] = []
    cancelled = 0
    for operation in operations:
        if operation.succeeded:
            continue
        for result in desk.set.results(operation.id, "FAILED"):
            if result.status == "FAILED":
                reason = result.reason or operation.reason or "no reason given"
                failed.append(InstanceFailure(pair=result.location, reason=reason))
        cancelled += sum(
            result.status == "CANCELLED" for result in desk.set.results(operation.id, "CANCELLED")
        )
    if desk.rollout.member_role:
        failed = [_with_root_cause(desk, each) for each in failed[:_MAX_INSPECTED]] + failed[
            _MAX_INSPECTED:
        ]
    return Failures(failed=tuple(failed), cancelled=cancelled)


def _with_root_cause(desk: RolloutSession, failure: InstanceFailure) -> InstanceFailure:
    """The failure with what the member's own events say."""
    try:
        stack = _stack_id(desk, failure.pair)
        if not stack:
            return failure
        member = desk.member(failure.pair, desk.rollout.member_role)
        cloud = CloudFormation(member.service("cloudformation"))
        last = stack_events.last_operation(cloud, stack).events
        found = find_root_cause(cloud, stack, last, {})
    except AwsError as error:
        note = f"its events could not be read with {desk.rollout.member_role}: {error.reason}"
        return InstanceFailure(pair=failure.pair, reason=failure.reason, note=note)
    return InstanceFailure(pair=failure.pair, reason=failure.reason, root_cause=found)


def _stack_id(desk: RolloutSession, pair: AccountRegion) -> str:
    found = desk.set.instances(StackInstanceAccount=pair.account, StackInstanceRegion=pair.region)
    return next((each.stack_id for each in found if each.location == pair), "")
