"""
How a set stands, whoever brought it there.

In:    an `Office`.
Out:   a `Status`: stacks by status and Region, what is not current and why, operations.
Never: a change, or a comparison with ``dist/``. `comparison` makes plans.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from trailbell.aws.stack_set import Instance, Operation, Pair
from trailbell.errors import NotFoundError
from trailbell.rollout import account_matrix
from trailbell.rollout.session import Office

_OPERATIONS = 5
_SHOWN = 50
_MARKS = {"CURRENT": ".", "OUTDATED": "!", "INOPERABLE": "x"}


@dataclass(frozen=True, kw_only=True)
class Status:
    """``behind`` are the instances that are not current, with what AWS says about them."""

    set_name: str
    total: int
    counts: dict[str, int]
    behind: tuple[Instance, ...]
    instances: tuple[Instance, ...]
    operations: tuple[Operation, ...]

    @property
    def well(self) -> bool:
        """Whether every stack is current, and nothing is under way."""
        return not self.behind and not any(each.under_way for each in self.operations)


def status(desk: Office) -> Status:
    """Read it. Raises `NotFoundError` if there is no such set."""
    if desk.set.definition() is None:
        raise NotFoundError("DescribeStackSet", f"there is no set {desk.set.name}")
    instances = tuple(desk.set.instances())
    behind = tuple(each for each in instances if state(each) != "CURRENT")
    return Status(
        set_name=desk.set.name,
        total=len(instances),
        counts=dict(Counter(state(each) for each in instances)),
        behind=behind,
        instances=instances,
        operations=tuple(islice(desk.set.operations(), _OPERATIONS)),
    )


def state(instance: Instance) -> str:
    """``OUTDATED/FAILED`` and its like; CURRENT alone if it is."""
    if instance.status == "CURRENT" and instance.detailed in ("", "SUCCEEDED"):
        return "CURRENT"
    return "/".join(part for part in (instance.status, instance.detailed) if part)


def text(found: Status) -> str:
    """For a terminal."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Status) -> Iterator[str]:
    counts = ", ".join(f"{count:,} {name}" for name, count in found.counts.items())
    yield f"set {found.set_name}: {found.total:,} stacks: {counts or 'none'}"
    if found.instances:
        regions = sorted({each.pair.region for each in found.instances})
        marks: dict[Pair, str] = {
            each.pair: _MARKS.get(each.status, "?") for each in found.instances
        }
        yield ""
        yield from account_matrix.lines(account_matrix.rows(marks, {}, regions), regions, {})
        yield ""
        yield "  ".join(f"{mark} {name}" for name, mark in _MARKS.items())
        yield account_matrix.legend(regions)
    for each in found.behind[:_SHOWN]:
        reason = f": {each.reason}" if each.reason else ""
        yield f"  {each.pair.account} {each.pair.region} {state(each)}{reason}"
    if len(found.behind) > _SHOWN:
        yield f"  and {len(found.behind) - _SHOWN:,} more; --json has them all"
    if found.operations:
        yield "operations, newest first"
    for operation in found.operations:
        began = f"{operation.began:%Y-%m-%d %H:%M}" if operation.began else ""
        failed = f", {operation.failed:,} stacks failed" if operation.failed else ""
        yield f"  {began}  {operation.action}  {operation.id}  {operation.status}{failed}"
