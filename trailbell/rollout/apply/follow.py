"""
Follow the operations of a StackSet until they end.

In:    the ids of operations, of this process or of another one.
Out:   progress while they run; an `EndedOperation` for each once all have ended.
Never: hundreds of pages of results for each poll. Results are read again only after three times as
       long as reading them took. Results that cannot be read do not end the wait.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from trailbell.aws.stack_set import AccountRegion, InstanceResult, StackSetOperation
from trailbell.errors import AwsError, NotFoundError
from trailbell.rollout.apply.ui import Progress, RolloutUi
from trailbell.rollout.session import RolloutSession

_ENDED = ("SUCCEEDED", "FAILED", "CANCELLED")
_READ_BACKOFF = 3.0
_MAX_NOT_FOUND = 5
_MINUTE = 60.0


@dataclass(frozen=True, kw_only=True)
class EndedOperation:
    """An operation that ended, and its results as they were last read.

    ``unreadable`` says why they could not be read.
    """

    operation: StackSetOperation
    results: tuple[InstanceResult, ...] = ()
    unreadable: str = ""


def follow_stack_set_operation(
    session: RolloutSession, ids: Sequence[str], *, stage: str, total: int, ui: RolloutUi
) -> tuple[EndedOperation, ...]:
    """Wait until all operations end. Raises `AwsError`, and `WaitCanceledError` on Ctrl-C."""
    follower = _Follower(session=session, ids=tuple(ids), stage=stage, total=total, ui=ui)
    operations = session.poller.wait_for("DescribeStackSetOperation", follower.poll)
    return tuple(
        EndedOperation(
            operation=operation,
            results=follower.results.get(operation.id, ()),
            unreadable=follower.unreadable,
        )
        for operation in operations
    )


@dataclass(kw_only=True)
class _Follower:
    """What was read so far."""

    session: RolloutSession
    ids: tuple[str, ...]
    stage: str
    total: int
    ui: RolloutUi
    results: dict[str, tuple[InstanceResult, ...]] = field(default_factory=dict)
    unreadable: str = ""
    shown: set[tuple[str, AccountRegion]] = field(default_factory=set)
    started_at: float = 0.0
    ended_at_start: int | None = None
    next_read: float = 0.0
    not_found: int = 0

    def poll(self) -> tuple[StackSetOperation, ...] | None:
        """Read the operations once. Returns them when all have ended."""
        try:
            operations = tuple(self.session.stack_set.operation(id_) for id_ in self.ids)
        except NotFoundError:
            # An operation of another process is known from a list that is eventually consistent.
            self.not_found += 1
            if self.not_found > _MAX_NOT_FOUND:
                raise
            return None
        ended = not any(operation.in_progress for operation in operations)
        if ended or self.session.poller.now() >= self.next_read:
            self._read_results()
        return operations if ended else None

    def _read_results(self) -> None:
        clock = self.session.poller.now
        started_at = clock()
        self.unreadable = ""
        try:
            for id_ in self.ids:
                self.results[id_] = tuple(self.session.stack_set.results(id_))
        except AwsError as error:
            self.unreadable = f"{error.operation}: {error.reason}"
        self.next_read = clock() + (clock() - started_at) * _READ_BACKOFF
        if not self.unreadable:
            self._show_progress(started_at)

    def _show_progress(self, read_at: float) -> None:
        results = [(id_, result) for id_ in self.ids for result in self.results[id_]]
        fresh: list[InstanceResult] = []
        for id_, result in results:
            if result.status in _ENDED and (id_, result.location) not in self.shown:
                self.shown.add((id_, result.location))
                fresh.append(result)
        statuses = [result.status for _, result in results]
        ended = sum(statuses.count(status) for status in _ENDED)
        if self.ended_at_start is None:
            self.ended_at_start, self.started_at = ended, read_at
        seconds = self.session.poller.now() - self.started_at
        rate = _rate(ended - self.ended_at_start, seconds)
        total = max(self.total, len(results))
        self.ui.show_progress(
            Progress(
                stage=self.stage,
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
        followed = follow_stack_set_operation(
            session,
            [operation.id for operation in operations],
            stage="in progress",
            total=0,
            ui=ui,
        )
        ended += [each.operation for each in followed]
    return tuple(ended)


def _running_operations(session: RolloutSession) -> tuple[StackSetOperation, ...]:
    try:
        return session.stack_set.running_operations()
    except NotFoundError:  # the StackSet does not exist
        return ()
