"""
The events of a stack while an operation runs, and how the operation ended.

In:    a stack on which an operation runs, or is about to start.
Out:   each event once, in order, to a callback; an `OperationResult` at the end.
Never: the end of an earlier operation taken for the end of this one, or its events for those of
       this one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from trailbell.aws.cloudformation import STACK_TYPE, CloudFormation, Event, Stack
from trailbell.aws.stack_status import SUCCEEDED, StackStatus
from trailbell.aws.waiter import Poller
from trailbell.errors import AwsError, DeploymentFailedError, NotFoundError

_MAX_STALE_READS = 15
"""Polls that may still show the stack as it was before: reads lag behind writes."""

_MAX_MISSING_READS = 2
"""Polls that may not show a stack that exists, for the same reason."""

_START_STATUSES = frozenset(
    {"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS"}
)


@dataclass(frozen=True, kw_only=True)
class OperationResult:
    """How an operation ended. ``stack`` is None once the stack is deleted."""

    stack: Stack | None
    events: tuple[Event, ...]
    deleting: bool = False

    @property
    def gone(self) -> bool:
        """Whether the stack no longer exists."""
        return self.stack is None or self.stack.status is StackStatus.DELETE_COMPLETE

    @property
    def succeeded(self) -> bool:
        """Whether the operation did what was requested."""
        if self.deleting or self.gone:
            return self.deleting and self.gone
        return self.stack is not None and self.stack.status in SUCCEEDED

    @property
    def state(self) -> str:
        """The stack status at the end, as text."""
        return self.stack.status.value if self.stack else StackStatus.DELETE_COMPLETE.value


@dataclass(frozen=True, kw_only=True)
class LastOperation:
    """The events of the last operation on a stack, and the id of the event before them."""

    events: tuple[Event, ...]
    preceding: frozenset[str]


@dataclass
class _Progress:
    """What was read so far. The only mutable object in this module."""

    ids: set[str]
    events: list[Event] = field(default_factory=list)
    started: bool = False
    stale_reads: int = 0
    missing_reads: int = 0


def latest_event_ids(cloud: CloudFormation, stack: str) -> frozenset[str]:
    """Return the id of the newest event: later events belong to the next operation."""
    first: list[str] = []

    def known(event: Event) -> bool:
        if not first:
            first.append(event.id)
        return True

    cloud.events(stack, known)
    return frozenset(first)


def last_operation(cloud: CloudFormation, stack: str) -> LastOperation:
    """Read the last operation on a stack, and no event page beyond its start.

    "All events triggered by a given stack operation are assigned the same client request token"
    (StackEvent.ClientRequestToken). Events without a token belong to it back to its start, or all
    if there is no start among them.
    """
    started = False
    tokens: list[str] = []
    preceding: list[str] = []

    def known(event: Event) -> bool:
        nonlocal started
        tokens.append(event.token)
        if started or event.token != tokens[0]:
            preceding.append(event.id)
            return True
        if event.token:
            return False
        started = is_stack_event(event) and event.status in _START_STATUSES
        return False

    try:
        events = cloud.events(stack, known)
    except NotFoundError:  # it was deleted since
        events = ()
    return LastOperation(events=events, preceding=frozenset(preceding))


def follow_operation(
    cloud: CloudFormation,
    stack_id: str,
    *,
    known: frozenset[str],
    token: str,
    on_event: Callable[[Event], None],
    poller: Poller,
    deleting: bool = False,
) -> OperationResult:
    """Report every event until the operation with this token ends.

    ``known`` are the ids of earlier events. Without a token, any running operation is followed.
    An unclear status of a newer API ends it once there were no events for a while.
    Raises `AwsError`; `DeploymentFailedError` if the operation does not start.
    """
    progress = _Progress(ids=set(known), started=not token)

    def poll() -> OperationResult | None:
        stack = cloud.stack(stack_id)  # before the events, so that no last event is missed
        _poll(cloud, stack_id, progress, token, on_event, gone=stack is None)
        if stack is None:
            progress.missing_reads += 1
            if not deleting and progress.missing_reads <= _MAX_MISSING_READS:
                return None
            return OperationResult(stack=None, events=tuple(progress.events), deleting=deleting)
        unclear = stack.status.is_unclear
        if stack.status.in_progress and not unclear:
            progress.started = True
            return None
        result = OperationResult(stack=stack, events=tuple(progress.events), deleting=deleting)
        if progress.started and not unclear and not _still_in_progress(progress.events):
            return result
        progress.stale_reads += 1
        if progress.stale_reads > _MAX_STALE_READS:
            if progress.started:
                return result
            raise DeploymentFailedError(
                "ExecuteChangeSet",
                f"The operation did not start. The stack status is {stack.status}.",
            )
        return None

    return poller.wait_for("DescribeStackEvents", poll)


def _poll(
    cloud: CloudFormation,
    stack_id: str,
    progress: _Progress,
    token: str,
    on_event: Callable[[Event], None],
    *,
    gone: bool,
) -> None:
    """Report new events. The events of a deleted stack may not be readable."""
    try:
        new_events = cloud.events(stack_id, lambda event: event.id in progress.ids)
    except NotFoundError:
        return
    except AwsError:
        if gone:
            return
        raise
    if new_events:
        progress.stale_reads = 0
    for event in new_events:
        progress.ids.add(event.id)
        progress.started = progress.started or event.token == token
        if progress.started or not event.token:  # else it belongs to an earlier operation
            progress.events.append(event)
            on_event(event)


def _still_in_progress(events: list[Event]) -> bool:
    """Whether the last event of the stack itself is the start of an operation.

    If so, the stack status that was read is older than the events.
    """
    own = [event for event in events if is_stack_event(event)]
    return bool(own) and StackStatus(own[-1].status).in_progress


def is_stack_event(event: Event) -> bool:
    """Whether an event is about the stack itself, not about a nested stack."""
    return (
        event.type == STACK_TYPE
        and event.physical_id.rpartition(":stack/")[2].split("/")[0] == event.logical_id
    )
