"""
Operations of a set, followed to their end.

In:    the ids of operations, ours or somebody else's.
Out:   progress while they run; the `StackSetOperation`s once none is under way.
Never: hundreds of pages read for each look: results are read again once three times as long
       passed as reading them took.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from trailbell.aws.stack_set import AccountRegion, InstanceResult, StackSetOperation
from trailbell.errors import NotFoundError
from trailbell.rollout.session import RolloutSession
from trailbell.rollout.ui import Progress, RolloutUi

_ENDED = ("SUCCEEDED", "FAILED", "CANCELLED")
_READ_BACKOFF = 3.0
_STALE_LOOKS = 5
_MINUTE = 60.0


@dataclass
class _Seen:
    """What was seen so far: the only thing here that changes."""

    began: float
    ended: dict[tuple[str, AccountRegion], str] = field(default_factory=dict)
    first: int | None = None
    next_read: float = 0.0
    missing: int = 0


def follow_stack_set_operation(
    desk: RolloutSession,
    ids: Sequence[str],
    *,
    stage: str,
    total: int,
    voice: RolloutUi,
) -> tuple[StackSetOperation, ...]:
    """Wait until all of them ended. Raises `AwsError`, and `WaitCanceledError` on Ctrl-C."""
    clock = desk.pace.now
    seen = _Seen(began=clock())

    def look() -> tuple[StackSetOperation, ...] | None:
        try:
            found = tuple(desk.set.operation(each) for each in ids)
        except NotFoundError:
            # Reads lag behind writes; what was answered with an id is there soon.
            seen.missing += 1
            if seen.missing > _STALE_LOOKS:
                raise
            return None
        over = not any(each.in_progress for each in found)
        if over or clock() >= seen.next_read:
            _report_progress(desk, ids, stage, total, voice, seen)
        return found if over else None

    return desk.pace.wait_for("DescribeStackSetOperation", look)


def _report_progress(
    desk: RolloutSession,
    ids: Sequence[str],
    stage: str,
    total: int,
    voice: RolloutUi,
    seen: _Seen,
) -> None:
    clock = desk.pace.now
    began = clock()
    results = [(each, result) for each in ids for result in desk.set.results(each)]
    seen.next_read = clock() + (clock() - began) * _READ_BACKOFF
    fresh: list[InstanceResult] = []
    for each, result in results:
        if result.status in _ENDED and (each, result.location) not in seen.ended:
            seen.ended[(each, result.location)] = result.status
            fresh.append(result)
    count = [result.status for _, result in results]
    over = sum(count.count(status) for status in _ENDED)
    if seen.first is None:
        seen.first, seen.began = over, began
    rate = _rate(over - seen.first, clock() - seen.began)
    all_ = max(total, len(results))
    voice.show_progress(
        Progress(
            stage=stage,
            total=all_,
            done=count.count("SUCCEEDED"),
            running=count.count("RUNNING"),
            failed=count.count("FAILED"),
            cancelled=count.count("CANCELLED"),
            rate=rate,
            seconds_left=(all_ - over) / rate * _MINUTE if rate else None,
        ),
        tuple(fresh),
    )


def _rate(over: int, seconds: float) -> float | None:
    """Stacks a minute, once enough of both passed to say so."""
    return over / seconds * _MINUTE if over > 0 and seconds > 0 else None


def wait_for_running_operations(
    desk: RolloutSession, voice: RolloutUi
) -> tuple[StackSetOperation, ...]:
    """Wait for whatever runs or is queued on the set, whoever began it."""
    waited: list[StackSetOperation] = []
    while running := _under_way(desk):
        for each in running:
            voice.info(f"{each.action} {each.id} is {each.status}; waiting for it")
        waited += follow_stack_set_operation(
            desk, [each.id for each in running], stage="under way", total=0, voice=voice
        )
    return tuple(waited)


def _under_way(desk: RolloutSession) -> tuple[StackSetOperation, ...]:
    try:
        return desk.set.running_operations()
    except NotFoundError:  # no set, no operations
        return ()
