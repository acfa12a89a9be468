"""
The status of the StackSets of a rollout and of their stack instances.

In:    the `Sessions` of a rollout.
Out:   a `RolloutStatus`: by stack, stack instances by status and Region, those that are not current
       and why, and the last operations.
Never: a change, or a comparison with ``dist/``. `trailbell.rollout.plan.planner` compares.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from itertools import islice
from typing import Any

from trailbell.aws.stack_set import StackInstance, StackSetOperation
from trailbell.aws.threads import run_concurrently
from trailbell.errors import AwsError, NotFoundError, PreconditionError, SettingsError
from trailbell.rollout.model.desired_state import desired_state
from trailbell.rollout.observe.left_stack_sets import left_stack_sets
from trailbell.rollout.report import account_matrix
from trailbell.rollout.session import (
    RolloutSession,
    Sessions,
    read_organization,
    shared_session,
)
from trailbell.styled_text import (
    Line,
    Span,
    Style,
    as_lines,
    labeled,
    line,
    plain_text,
    status_style,
    styled,
)
from trailbell.wording import pluralize

_MAX_OPERATIONS = 5
_MAX_LISTED = 50
_MARKS = {"CURRENT": ".", "OUTDATED": "!", "INOPERABLE": "x"}


@dataclass(frozen=True, kw_only=True)
class StackSetStatus:
    """``counts`` and ``not_current`` use the combined status of `instance_status`.

    ``exists`` says whether there is a StackSet. ``not_deployed`` is the number of accounts of the
    settings without a stack instance, 0 if the accounts are not known.
    """

    stack_set_name: str
    stack: str = ""
    exists: bool = True
    total: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    not_current: tuple[StackInstance, ...] = ()
    instances: tuple[StackInstance, ...] = ()
    operations: tuple[StackSetOperation, ...] = ()
    not_deployed: int = 0

    @property
    def succeeded(self) -> bool:
        """Whether every stack instance is current, and no operation is in progress."""
        running = any(operation.in_progress for operation in self.operations)
        return self.exists and not self.not_current and not running


@dataclass(frozen=True, kw_only=True)
class RolloutStatus:
    """The StackSets in deployment order. ``waves`` has the wave of each account, as far as it is
    known, in the order of the settings; ``waves_unread`` is the reason if it is not.
    ``notices`` are those of `left_stack_sets`.
    """

    stack_sets: tuple[StackSetStatus, ...]
    waves: Mapping[str, str] = field(default_factory=dict)
    wave_names: tuple[str, ...] = ()
    waves_unread: str = ""
    notices: tuple[str, ...] = ()

    @property
    def succeeded(self) -> bool:
        """Whether every stack instance is current, and no operation is in progress."""
        return all(each.succeeded for each in self.stack_sets)


def read_status(sessions: Sessions, unused: Mapping[str, str] | None = None) -> RolloutStatus:
    """Read the status; ``unused`` is for `left_stack_sets`.

    Raises `NotFoundError` if none of the StackSets exists.
    """
    statuses = tuple(
        run_concurrently(partial(_read_stack_set, session) for session in sessions.values())
    )
    if not any(each.exists for each in statuses):
        names = " and ".join(each.stack_set_name for each in statuses)
        what, verb = ("StackSet", "does") if len(statuses) == 1 else ("StackSets", "do")
        raise NotFoundError("DescribeStackSet", f"{what} {names} {verb} not exist")
    first = shared_session(sessions)
    waves, unread = _read_waves(first)
    return RolloutStatus(
        stack_sets=tuple(
            _with_accounts(each, filter(session.rollout.may_be_in, waves))
            for each, session in zip(statuses, sessions.values(), strict=True)
        ),
        waves=waves,
        wave_names=tuple(wave.name for wave in first.rollout.waves),
        waves_unread=unread,
        notices=left_stack_sets(first, unused or {}),
    )


def _with_accounts(status: StackSetStatus, accounts: Iterable[str]) -> StackSetStatus:
    """The status with the number of accounts in which nothing is deployed."""
    deployed = {instance.location.account for instance in status.instances}
    return replace(status, not_deployed=len(set(accounts) - deployed))


def _read_waves(session: RolloutSession) -> tuple[Mapping[str, str], str]:
    """The wave of each account, and why it is not known. The status does not depend on it."""
    try:
        return desired_state(session.rollout, read_organization(session)).wave_by_account, ""
    except AwsError as error:
        return {}, f"{error.operation}: {error.reason}"
    except (PreconditionError, SettingsError) as error:
        return {}, str(error)


def _read_stack_set(session: RolloutSession) -> StackSetStatus:
    stack_set, stack = session.stack_set, session.rollout.stack
    if stack_set.definition() is None:
        return StackSetStatus(stack_set_name=stack_set.name, stack=stack, exists=False)
    instances = tuple(stack_set.instances())
    return StackSetStatus(
        stack_set_name=stack_set.name,
        stack=stack,
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


def to_text(status: RolloutStatus) -> str:
    """Format the status as text."""
    return plain_text(to_lines(status)) + "\n"


def to_lines(status: RolloutStatus, width: int | None = None) -> Iterator[Line]:
    """Format the status as lines for a terminal of this width."""
    return as_lines(_lines(status, width))


def to_data(status: RolloutStatus) -> dict[str, Any]:
    """The status as JSON values. The members of the only StackSet are also those of the rollout."""
    data = asdict(status)
    return (data["stack_sets"][0] if len(status.stack_sets) == 1 else {}) | data


def _lines(status: RolloutStatus, width: int | None) -> Iterator[str | Line]:
    for each in status.stack_sets:
        yield _summary(each)
    if any(each.instances for each in status.stack_sets):
        yield ""
        yield from _matrix_lines(status, width)
    several = len(status.stack_sets) > 1
    for each in status.stack_sets:
        yield from _instance_lines(each, f"{each.stack} " if several else "")
    for each in status.stack_sets:
        yield from _operation_lines(each, f" of {each.stack}" if several else "")
    yield from (labeled("note", notice, Style.NOTE) for notice in status.notices)


def _summary(status: StackSetStatus) -> str:
    if not status.exists:
        return f"StackSet {status.stack_set_name}: does not exist"
    counts = ", ".join(f"{count:,} {name}" for name, count in status.counts.items())
    total = pluralize(status.total, "stack instance")
    missing = pluralize(status.not_deployed, "account")
    more = f"; not deployed in {missing} of the settings" if status.not_deployed else ""
    return f"StackSet {status.stack_set_name}: {total}{f': {counts}' if counts else ''}{more}"


def _matrix_lines(status: RolloutStatus, width: int | None) -> Iterator[str | Line]:
    regions = sorted({i.location.region for each in status.stack_sets for i in each.instances})
    marks = account_matrix.join_marks(
        [
            {i.location: _MARKS.get(i.status, "?") for i in each.instances}
            for each in status.stack_sets
        ]
    )
    rows = account_matrix.account_rows(marks, status.waves, regions, status.wave_names)
    yield from account_matrix.matrix_lines(rows, regions, {}, width)
    yield ""
    meanings = {mark: name for name, mark in _MARKS.items()}
    stacks = [each.stack for each in status.stack_sets]
    yield account_matrix.mark_legend(meanings, stacks, marks)
    yield account_matrix.legend(regions)
    if status.waves_unread:
        yield f"The waves are not known: {status.waves_unread}"


def _instance_lines(status: StackSetStatus, of_stack: str) -> Iterator[str | Line]:
    """The stack instances that are not current."""
    for instance in status.not_current[:_MAX_LISTED]:
        reason = f": {instance.reason}" if instance.reason else ""
        account, region = instance.location
        shown = Span(instance_status(instance), Style.WARNING)
        yield line(f"  {of_stack}{account} {region} ", shown, reason)
    more = len(status.not_current) - _MAX_LISTED
    if more > 0:
        yield f"  {of_stack}and {more:,} more; --json lists all"


def _operation_lines(status: StackSetStatus, of_stack: str) -> Iterator[str | Line]:
    """The last operations."""
    if status.operations:
        yield styled(f"Operations{of_stack}, newest first", Style.HEADING)
    for operation in status.operations:
        started = f"{operation.started_at:%Y-%m-%d %H:%M}" if operation.started_at else ""
        failed = (
            f", {pluralize(operation.failed, 'stack instance')} failed" if operation.failed else ""
        )
        ended = Span(operation.status, status_style(operation.status))
        yield line(f"  {started}  {operation.action}  {operation.id}  ", ended, failed)
