"""
Why stack instances failed.

In:    the outcomes of operations.
Out:   `Failures`: an `InstanceFailure` for each failed stack instance, with the resource that
       failed first if a role can read it; those that were not reached.
Never: the reason of a CANCELLED stack instance. StackSets did not try it, because others failed or
       someone stopped the operation; it is only counted.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from trailbell.aws import stack_events
from trailbell.aws.cloudformation import CloudFormation
from trailbell.aws.root_cause import RootCause, find_root_cause
from trailbell.aws.stack_set import AccountRegion
from trailbell.errors import AwsError
from trailbell.rollout.apply.operation_outcome import Outcome, is_failure
from trailbell.rollout.session import RolloutSession

_MAX_INSPECTED = 20
"""Stack instances whose events are read: each needs a session in its account, and some calls."""


# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-troubleshooting.html
_HINTS = (
    (
        re.compile(r"ExecutionRole|trust relationship", re.IGNORECASE),
        "Create the execution role in account {account}: deploy the stack stackset-roles there.",
    ),
    (
        re.compile(
            r"region.* (?:not enabled|disabled|not opted in)|opt-?in.*region|OptInRequired",
            re.IGNORECASE,
        ),
        (
            "Enable the Region there: aws account enable-region --region-name {region} "
            "--account-id {account}"
        ),
    ),
)


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

    @property
    def hint(self) -> str:
        """What to do about it, if the reason is a common one."""
        if self.root_cause is not None and self.root_cause.hint:
            return self.root_cause.hint
        account, region = self.location
        for pattern, text in _HINTS:
            if pattern.search(self.reason):
                return text.format(account=account, region=region)
        return ""


@dataclass(frozen=True, kw_only=True)
class Failures:
    """The failed stack instances of some operations, and the number of canceled ones.

    ``missed`` were planned and not reached, ``unplanned`` reached and not planned. ``unreadable``
    says why the results of an operation are not known.
    """

    failed: tuple[InstanceFailure, ...] = ()
    canceled: int = 0
    missed: tuple[AccountRegion, ...] = ()
    unplanned: tuple[AccountRegion, ...] = ()
    unreadable: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.failed or self.canceled or self.missed or self.unreadable)


def joined_failures(several: Iterable[Failures]) -> Failures:
    """The failures of several steps together."""
    steps = tuple(several)
    return Failures(
        failed=tuple(failure for one in steps for failure in one.failed),
        canceled=sum(one.canceled for one in steps),
        missed=_join(one.missed for one in steps),
        unplanned=_join(one.unplanned for one in steps),
        unreadable=tuple(reason for one in steps for reason in one.unreadable),
    )


def read_failures(session: RolloutSession, outcomes: Sequence[Outcome]) -> Failures:
    """The failures of some operations. Only the events of stacks are read."""
    results = [(outcome, result) for outcome in outcomes for result in outcome.results]
    failures = [(outcome, result) for outcome, result in results if is_failure(result)]
    failed = [
        InstanceFailure(
            location=result.location,
            reason=result.reason
            or outcome.operation.reason
            or ("" if result.status == "FAILED" else f"its result is {result.status}")
            or "no reason given",
        )
        for outcome, result in failures
    ]
    if session.rollout.member_read_role:
        for index, (outcome, _) in enumerate(failures[:_MAX_INSPECTED]):
            failed[index] = _with_root_cause(session, failed[index], outcome.operation.started_at)
    return Failures(
        failed=tuple(failed),
        canceled=sum(result.status == "CANCELLED" for _, result in results),
        missed=_join(outcome.missed for outcome in outcomes),
        unplanned=_join(outcome.unplanned for outcome in outcomes),
        unreadable=tuple(outcome.unreadable for outcome in outcomes if outcome.unreadable),
    )


def _join(locations: Iterable[tuple[AccountRegion, ...]]) -> tuple[AccountRegion, ...]:
    return tuple(location for each in locations for location in each)


def _with_root_cause(
    session: RolloutSession, failure: InstanceFailure, since: datetime | None
) -> InstanceFailure:
    """Add the root cause, from the events of the stack in its account.

    Events from before the operation belong to an earlier one: StackSets may fail before it changes
    the stack, without the execution role for example.
    """
    role = session.rollout.member_read_role
    try:
        stack_id = _stack_id(session, failure.location)
        if not stack_id:
            return failure
        account = session.assume_role(failure.location, role)
        cloud = CloudFormation(account.service("cloudformation"))
        events = stack_events.last_operation(cloud, stack_id).events
        events = tuple(event for event in events if since is None or event.at >= since)
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
