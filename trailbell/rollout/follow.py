"""
Follow the operations of a StackSet until they end.

In:    the ids of operations, of this process or of another one.
Out:   progress while they run; the `StackSetOperation`s once all have ended.
Never: hundreds of pages of results for each poll. Results are read again only after three times as
       long as reading them took.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from trailbell.aws.stack_set import AccountRegion, InstanceResult, StackSetOperation
from trailbell.errors import NotFoundError
from trailbell.rollout.session import RolloutSession
from trailbell.rollout.ui import Progress, RolloutUi

_ENDED = ("SUCCEEDED", "FAILED", "CANCELLED")
_READ_BACKOFF = 3.0
_MAX_NOT_FOUND = 5
_MINUTE = 60.0


@dataclass
class _Seen:
    """What was read so far."""

    started_at: float
    ended: dict[tuple[str, AccountRegion], str] = field(default_factory=dict)
    ended_at_start: int | None = None
    next_read: float = 0.0
    not_found: int = 0


def follow_stack_set_operation(
    session: RolloutSession,
    ids: Sequence[str],
    *,
    stage: str,
    total: int,
    ui: RolloutUi,
) -> tuple[StackSetOperation, ...]:
    """Wait until all operations end. Raises `AwsError`, and `WaitCanceledError` on Ctrl-C."""
    clock = session.poller.now
    seen = _Seen(started_at=clock())

    def poll() -> tuple[StackSetOperation, ...] | None:
        try:
            operations = tuple(session.stack_set.operation(id_) for id_ in ids)
        except NotFoundError:
            # Reads lag behind writes: a new operation may take some seconds to appear.
            seen.not_found += 1
            if seen.not_found > _MAX_NOT_FOUND:
                raise
            return None
        ended = not any(operation.in_progress for operation in operations)
        if ended or clock() >= seen.next_read:
            _report_progress(session, ids, stage, total, ui, seen)
        return operations if ended else None

    return session.poller.wait_for("DescribeStackSetOperation", poll)


def _report_progress(
    session: RolloutSession,
    ids: Sequence[str],
    stage: str,
    total: int,
    ui: RolloutUi,
    seen: _Seen,
) -> None:
    clock = session.poller.now
    started_at = clock()
    results = [(id_, result) for id_ in ids for result in session.stack_set.results(id_)]
    seen.next_read = clock() + (clock() - started_at) * _READ_BACKOFF
    fresh: list[InstanceResult] = []
    for id_, result in results:
        if result.status in _ENDED and (id_, result.location) not in seen.ended:
            seen.ended[(id_, result.location)] = result.status
            fresh.append(result)
    statuses = [result.status for _, result in results]
    ended = sum(statuses.count(status) for status in _ENDED)
    if seen.ended_at_start is None:
        seen.ended_at_start, seen.started_at = ended, started_at
    rate = _rate(ended - seen.ended_at_start, clock() - seen.started_at)
    total = max(total, len(results))
    ui.show_progress(
        Progress(
            stage=stage,
            total=total,
            done=statuses.count("SUCCEEDED"),
            running=statuses.count("RUNNING"),
            failed=statuses.count("FAILED"),
            canceled=statuses.count("CANCELLED"),
            rate=rate,
            seconds_remaining=(total - ended) / rate * _MINUTE if rate else None,
        ),
        tuple(fresh),
    )


def _rate(ended: int, seconds: float) -> float | None:
    """Stacks in a minute, once some have ended."""
    return ended / seconds * _MINUTE if ended > 0 and seconds > 0 else None


def wait_for_running_operations(
    session: RolloutSession, ui: RolloutUi
) -> tuple[StackSetOperation, ...]:
    """Wait for all operations that run or are queued on the StackSet, also of other processes."""
    ended: list[StackSetOperation] = []
    while operations := _running_operations(session):
        for operation in operations:
            ui.info(
                f"Operation {operation.action} {operation.id} is {operation.status}; waiting for "
                "it to end"
            )
        ended += follow_stack_set_operation(
            session,
            [operation.id for operation in operations],
            stage="in progress",
            total=0,
            ui=ui,
        )
    return tuple(ended)


def _running_operations(session: RolloutSession) -> tuple[StackSetOperation, ...]:
    try:
        return session.stack_set.running_operations()
    except NotFoundError:  # the StackSet does not exist
        return ()
