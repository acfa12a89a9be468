"""
The status of a StackSet and its stack instances.

In:    a `RolloutSession`.
Out:   a `StackSetStatus`: stack instances by status and Region, those that are not current and why,
       and the last operations.
Never: a change, or a comparison with ``dist/``. `trailbell.rollout.planner` compares.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from trailbell.aws.stack_set import AccountRegion, StackInstance, StackSetOperation
from trailbell.errors import NotFoundError
from trailbell.rollout import account_matrix
from trailbell.rollout.session import RolloutSession
from trailbell.text_files import printable
from trailbell.wording import pluralize

_MAX_OPERATIONS = 5
_MAX_LISTED = 50
_MARKS = {"CURRENT": ".", "OUTDATED": "!", "INOPERABLE": "x"}


@dataclass(frozen=True, kw_only=True)
class StackSetStatus:
    """``counts`` and ``not_current`` use the combined status of `instance_status`."""

    stack_set_name: str
    total: int
    counts: dict[str, int]
    not_current: tuple[StackInstance, ...]
    instances: tuple[StackInstance, ...]
    operations: tuple[StackSetOperation, ...]

    @property
    def succeeded(self) -> bool:
        """Whether every stack instance is current, and no operation is in progress."""
        return not self.not_current and not any(
            operation.in_progress for operation in self.operations
        )


def read_status(session: RolloutSession) -> StackSetStatus:
    """Read the status. Raises `NotFoundError` if the StackSet does not exist."""
    stack_set = session.stack_set
    if stack_set.definition() is None:
        raise NotFoundError("DescribeStackSet", f"StackSet {stack_set.name} does not exist")
    instances = tuple(stack_set.instances())
    return StackSetStatus(
        stack_set_name=stack_set.name,
        total=len(instances),
        counts=dict(Counter(instance_status(instance) for instance in instances)),
        not_current=tuple(
            instance for instance in instances if instance_status(instance) != "CURRENT"
        ),
        instances=instances,
        operations=tuple(islice(stack_set.operations(), _MAX_OPERATIONS)),
    )


def instance_status(instance: StackInstance) -> str:
    """Combine status and detailed status, as in ``OUTDATED/FAILED``; ``CURRENT`` if both are."""
    if instance.status == "CURRENT" and instance.detailed_status in ("", "SUCCEEDED"):
        return "CURRENT"
    return "/".join(part for part in (instance.status, instance.detailed_status) if part)


def to_text(status: StackSetStatus) -> str:
    """Format the status for a terminal."""
    return "\n".join(printable(line) for line in _lines(status)) + "\n"


def _lines(status: StackSetStatus) -> Iterator[str]:
    counts = ", ".join(f"{count:,} {name}" for name, count in status.counts.items())
    total = pluralize(status.total, "stack instance")
    yield f"StackSet {status.stack_set_name}: {total}{f': {counts}' if counts else ''}"
    if status.instances:
        regions = sorted({instance.location.region for instance in status.instances})
        marks: dict[AccountRegion, str] = {
            instance.location: _MARKS.get(instance.status, "?") for instance in status.instances
        }
        yield ""
        yield from account_matrix.matrix_lines(
            account_matrix.account_rows(marks, {}, regions), regions, {}
        )
        yield ""
        yield "  ".join(f"{mark} {name}" for name, mark in _MARKS.items())
        yield account_matrix.legend(regions)
    for instance in status.not_current[:_MAX_LISTED]:
        reason = f": {instance.reason}" if instance.reason else ""
        account, region = instance.location
        yield f"  {account} {region} {instance_status(instance)}{reason}"
    more = len(status.not_current) - _MAX_LISTED
    if more > 0:
        yield f"  and {more:,} more; --json lists all"
    if status.operations:
        yield "Operations, newest first"
    for operation in status.operations:
        started = f"{operation.started_at:%Y-%m-%d %H:%M}" if operation.started_at else ""
        failed = (
            f", {pluralize(operation.failed, 'stack instance')} failed" if operation.failed else ""
        )
        yield f"  {started}  {operation.action}  {operation.id}  {operation.status}{failed}"
