"""
What happens to a stack, as it happens, and how it ended.

In:    a stack on which an operation runs, or is about to.
Out:   each event once, in order, to whoever listens; an `OperationResult` at the end.
Never: the end of an earlier operation taken for the end of this one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from trailbell.aws.cloudformation import STACK_TYPE, CloudFormation, Event, Stack
from trailbell.aws.stack_status import SUCCEEDED, StackStatus
from trailbell.aws.waiter import Poller
from trailbell.errors import AwsError

_MAX_STALE_READS = 15
"""Looks that may still show the stack as it was before: reads lag behind writes."""


@dataclass(frozen=True, kw_only=True)
class OperationResult:
    """How an operation ended. ``stack`` is None once it is gone."""

    stack: Stack | None
    events: tuple[Event, ...]
    deleting: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether it did what was asked."""
        gone = self.stack is None or self.stack.status is StackStatus.DELETE_COMPLETE
        if self.deleting or gone:
            return self.deleting and gone
        return self.stack is not None and self.stack.status in SUCCEEDED

    @property
    def state(self) -> str:
        """The state in which it ended, as text."""
        return self.stack.status.value if self.stack else StackStatus.DELETE_COMPLETE.value


@dataclass
class _Seen:
    """What a follower has seen so far: the only thing here that changes."""

    ids: set[str]
    events: list[Event] = field(default_factory=list)
    begun: bool = False
    looks: int = 0


def latest_event_ids(cloud: CloudFormation, stack: str) -> frozenset[str]:
    """The id of the newest event: what comes after it belongs to the next operation."""
    first: list[str] = []

    def known(event: Event) -> bool:
        if not first:
            first.append(event.id)
        return True

    cloud.events(stack, known)
    return frozenset(first)


def follow_operation(
    cloud: CloudFormation,
    stack_id: str,
    *,
    known: frozenset[str],
    token: str,
    tell: Callable[[Event], None],
    pace: Poller,
    deleting: bool = False,
) -> OperationResult:
    """Tell every event until the operation with this token ends. Raises `AwsError`.

    ``known`` are events from before. Without a token, whatever runs is followed.
    """
    seen = _Seen(ids=set(known), begun=not token)

    def look() -> OperationResult | None:
        stack = cloud.stack(stack_id)  # before the events, so that none is missed at the end
        _poll(cloud, stack_id, seen, token, tell, gone=stack is None)
        if stack is None:
            return OperationResult(stack=None, events=tuple(seen.events), deleting=deleting)
        if stack.status.in_progress:
            seen.begun = True
            return None
        if seen.begun and not _still_in_progress(seen.events):
            return OperationResult(stack=stack, events=tuple(seen.events), deleting=deleting)
        seen.looks += 1
        if seen.looks > _MAX_STALE_READS:
            if seen.begun:
                return OperationResult(stack=stack, events=tuple(seen.events), deleting=deleting)
            raise AwsError("ExecuteChangeSet", f"nothing began; the stack is {stack.status}")
        return None

    return pace.wait_for("DescribeStackEvents", look)


def _poll(
    cloud: CloudFormation,
    stack_id: str,
    seen: _Seen,
    token: str,
    tell: Callable[[Event], None],
    *,
    gone: bool,
) -> None:
    """Tell what is new. A stack that is gone may have taken its events along."""
    try:
        fresh = cloud.events(stack_id, lambda event: event.id in seen.ids)
    except AwsError:
        if gone:
            return
        raise
    for event in fresh:
        seen.ids.add(event.id)
        seen.events.append(event)
        seen.begun = seen.begun or event.token == token
        tell(event)


def _still_in_progress(events: list[Event]) -> bool:
    """Whether the last that was heard of the stack itself is that something began: then the
    state that was read is from before.
    """
    own = [event for event in events if event.type == STACK_TYPE and is_stack_event(event)]
    return bool(own) and StackStatus(own[-1].status).in_progress if own else False


def is_stack_event(event: Event) -> bool:
    """Whether an event is about the stack itself, not about a nested one."""
    return (
        event.status in StackStatus.__members__
        and event.physical_id.rpartition(":stack/")[2].split("/")[0] == event.logical_id
    )
