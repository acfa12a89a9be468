"""
Compare what an operation reached with what was planned.

In:    a `PlannedOperation`, and the `EndedOperation` that it became.
Out:   an `Outcome`: its results, and the stack instances that it missed or that were not planned.
Never: success by the status of the operation alone. A SUCCEEDED one may have failed stack
       instances, and one may reach fewer accounts than it named, for example after a move.

ListStackSetOperationResults is eventually consistent, so it is read again a few times before a
stack instance counts as missed; ListStackInstances is the second witness.
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackSetOperationResults.html
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from trailbell.aws.stack_set import AccountRegion, InstanceResult, StackInstance, StackSetOperation
from trailbell.errors import AwsError
from trailbell.rollout.apply.follow import EndedOperation
from trailbell.rollout.model.stage import PlannedOperation, StackSetApi
from trailbell.rollout.session import RolloutSession
from trailbell.wording import pluralize

_MAX_READS = 4
_TRIED = ("SUCCEEDED", "FAILED")
_UNFINISHED = ("PENDING", "RUNNING")
_TARGETED = (
    StackSetApi.UPDATE_STACK_SET,
    StackSetApi.CREATE_INSTANCES,
    StackSetApi.UPDATE_INSTANCES,
    StackSetApi.DELETE_INSTANCES,
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What an operation did.

    ``reached`` of the ``planned`` stack instances were worked on; canceled ones were not.
    ``unreadable`` says why its results are not known.
    """

    operation: StackSetOperation
    results: tuple[InstanceResult, ...] = ()
    planned: int = 0
    reached: int = 0
    missed: tuple[AccountRegion, ...] = ()
    unplanned: tuple[AccountRegion, ...] = ()
    unreadable: str = ""

    @property
    def failed_accounts(self) -> frozenset[str]:
        """The accounts in which a stack instance failed."""
        return frozenset(r.location.account for r in self.results if is_failure(r))

    @property
    def problem(self) -> str:
        """Why the operation stops the rollout whatever the tolerance; empty if it does not."""
        operation = self.operation
        if operation.status != "SUCCEEDED":
            return _ended_early(operation.status)
        if self.unreadable and (operation.failed or self.missed):
            return "Its results could not be read, so it is not known which accounts it reached."
        if self.missed:
            return (
                f"Operation {operation.id} reached {self.planned - len(self.missed):,} of "
                f"{pluralize(self.planned, 'stack instance')}, although its status is SUCCEEDED."
            )
        if self.unplanned and operation.action in ("UPDATE", "DELETE"):
            return f"Operation {operation.id} reached stack instances that the plan does not name."
        if operation.failed and not self.failed_accounts:
            return (
                f"Operation {operation.id} has {pluralize(operation.failed, 'failure')}, and its "
                "results do not name them."
            )
        return ""


def _ended_early(status: str) -> str:
    match status:
        case "FAILED":
            return "More accounts failed than the failure tolerance of the operation allows."
        case "STOPPED":
            return "Someone stopped the operation."
        case _:
            return f'The operation ended with the status "{status}", which is not a known one.'


def is_failure(result: InstanceResult) -> bool:
    """Whether a result is a failure. A status that this version does not know is one."""
    return result.status not in ("SUCCEEDED", "CANCELLED", *_UNFINISHED)


def read_outcome(
    session: RolloutSession, planned: PlannedOperation, ended: EndedOperation
) -> Outcome:
    """Compare, and read the results again while they are incomplete.

    If they cannot be read, the list of stack instances decides alone.
    """
    locations = _locations(planned)
    missed = _unwitnessed(session, planned, ended, _missed(locations, ended))
    for _ in range(_MAX_READS):
        if ended.unreadable or not (missed or _lags(ended)):
            break
        session.poller.pause()
        ended = _read_again(session, ended)
        missed = missed if ended.unreadable else _missed(missed, ended)
    reported = {result.location for result in ended.results}
    tried = {result.location for result in ended.results if result.status in _TRIED}
    succeeded = ended.operation.status == "SUCCEEDED"
    return Outcome(
        operation=ended.operation,
        results=ended.results,
        planned=len(locations),
        reached=len(locations) - len(missed) if succeeded else len(tried & set(locations)),
        missed=missed,
        unplanned=tuple(sorted(reported - set(locations))) if locations else (),
        unreadable=ended.unreadable,
    )


def _locations(planned: PlannedOperation) -> dict[AccountRegion, None]:
    """The stack instances that an operation names; none where it reaches all of the StackSet."""
    if planned.api not in _TARGETED:
        return {}
    return {
        AccountRegion(account, region): None
        for account in planned.accounts
        for region in planned.regions
    }


def _missed(locations: Iterable[AccountRegion], ended: EndedOperation) -> tuple[AccountRegion, ...]:
    """Stack instances without a result, of an operation that should have reached all of them."""
    if ended.operation.status != "SUCCEEDED":
        return ()
    results = () if ended.unreadable else ended.results
    reported = {result.location for result in results if result.status not in _UNFINISHED}
    return tuple(location for location in locations if location not in reported)


def _lags(ended: EndedOperation) -> bool:
    """Whether the results name fewer failures than the operation counts."""
    return sum(result.status == "FAILED" for result in ended.results) < ended.operation.failed


def _read_again(session: RolloutSession, ended: EndedOperation) -> EndedOperation:
    try:
        return replace(ended, results=tuple(session.stack_set.results(ended.operation.id)))
    except AwsError as error:
        return replace(ended, unreadable=f"{error.operation}: {error.reason}")


def _unwitnessed(
    session: RolloutSession,
    planned: PlannedOperation,
    ended: EndedOperation,
    missed: tuple[AccountRegion, ...],
) -> tuple[AccountRegion, ...]:
    """Those of ``missed`` for which the list of stack instances does not say otherwise."""
    if not missed:
        return ()
    try:
        instances = {instance.location: instance for instance in session.stack_set.instances()}
    except AwsError:
        return missed
    if planned.api is StackSetApi.DELETE_INSTANCES:
        return tuple(location for location in missed if location in instances)
    return tuple(
        location
        for location in missed
        if not _is_reached(instances.get(location), ended.operation.id)
    )


def _is_reached(instance: StackInstance | None, operation: str) -> bool:
    """Whether a stack instance is CURRENT by this operation."""
    return (
        instance is not None
        and instance.status == "CURRENT"
        and instance.last_operation in ("", operation)
    )
