"""
How a set stands, whoever brought it there.

In:    an `RolloutSession`.
Out:   a `StackResultStatus`: stacks by status and Region, what is not current and why, operations.
Never: a change, or a comparison with ``dist/``. `comparison` makes plans.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from trailbell.aws.stack_set import AccountRegion, StackInstance, StackSetOperation
from trailbell.errors import NotFoundError
from trailbell.rollout import account_matrix
from trailbell.rollout.session import RolloutSession

_OPERATIONS = 5
_SHOWN = 50
_MARKS = {"CURRENT": ".", "OUTDATED": "!", "INOPERABLE": "x"}


@dataclass(frozen=True, kw_only=True)
class StackSetStatus:
    """``behind`` are the instances that are not current, with what AWS says about them."""

    set_name: str
    total: int
    counts: dict[str, int]
    not_current: tuple[StackInstance, ...]
    instances: tuple[StackInstance, ...]
    operations: tuple[StackSetOperation, ...]

    @property
    def well(self) -> bool:
        """Whether every stack is current, and nothing is under way."""
        return not self.not_current and not any(each.in_progress for each in self.operations)


def status(desk: RolloutSession) -> StackSetStatus:
    """Read it. Raises `NotFoundError` if there is no such set."""
    if desk.set.definition() is None:
        raise NotFoundError("DescribeStackSet", f"there is no set {desk.set.name}")
    instances = tuple(desk.set.instances())
    behind = tuple(each for each in instances if state(each) != "CURRENT")
    return StackSetStatus(
        set_name=desk.set.name,
        total=len(instances),
        counts=dict(Counter(state(each) for each in instances)),
        not_current=behind,
        instances=instances,
        operations=tuple(islice(desk.set.operations(), _OPERATIONS)),
    )


def state(instance: StackInstance) -> str:
    """``OUTDATED/FAILED`` and its like; CURRENT alone if it is."""
    if instance.status == "CURRENT" and instance.detailed_status in ("", "SUCCEEDED"):
        return "CURRENT"
    return "/".join(part for part in (instance.status, instance.detailed_status) if part)


def text(found: StackSetStatus) -> str:
    """For a terminal."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: StackSetStatus) -> Iterator[str]:
    counts = ", ".join(f"{count:,} {name}" for name, count in found.counts.items())
    yield f"set {found.set_name}: {found.total:,} stacks: {counts or 'none'}"
    if found.instances:
        regions = sorted({each.location.region for each in found.instances})
        marks: dict[AccountRegion, str] = {
            each.location: _MARKS.get(each.status, "?") for each in found.instances
        }
        yield ""
        yield from account_matrix.matrix_lines(
            account_matrix.account_rows(marks, {}, regions), regions, {}
        )
        yield ""
        yield "  ".join(f"{mark} {name}" for name, mark in _MARKS.items())
        yield account_matrix.legend(regions)
    for each in found.not_current[:_SHOWN]:
        reason = f": {each.reason}" if each.reason else ""
        yield f"  {each.location.account} {each.location.region} {state(each)}{reason}"
    if len(found.not_current) > _SHOWN:
        yield f"  and {len(found.not_current) - _SHOWN:,} more; --json has them all"
    if found.operations:
        yield "operations, newest first"
    for operation in found.operations:
        began = f"{operation.started_at:%Y-%m-%d %H:%M}" if operation.started_at else ""
        failed = f", {operation.failed:,} stacks failed" if operation.failed else ""
        yield f"  {began}  {operation.action}  {operation.id}  {operation.status}{failed}"
