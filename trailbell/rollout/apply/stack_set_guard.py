"""
Stop a run when another process changes its StackSet.

In:    the StackSet as it was planned with, the operations known then, and our own requests since.
Out:   nothing, or `StalePlanError` with what differs.
Never: a stop for an operation that only reads, or for those that AWS starts itself.

Its definition is read with DescribeStackSet, which is strongly consistent. The list of operations
is eventually consistent; it is an addition that shows what the definition does not, such as deleted
stack instances.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from trailbell.aws.stack_set import StackSetDefinition, StackSetOperation
from trailbell.errors import AwsError, NotFoundError, StalePlanError
from trailbell.rollout.apply.definition_guard import definition_after, definition_differences
from trailbell.rollout.apply.follow import wait_for_running_operations
from trailbell.rollout.apply.ui import RolloutUi
from trailbell.rollout.session import RolloutSession, Sessions

_MAX_OPERATIONS = 50
_READS = ("DETECT_DRIFT",)


def read_known_operations(sessions: Sessions, ui: RolloutUi) -> Mapping[str, frozenset[str]]:
    """Wait for the running operations of each StackSet, then read the ids of its last ones.

    Raises `AwsError`.
    """
    for session in sessions.values():
        wait_for_running_operations(session, ui)
    return {stack: _operation_ids(session) for stack, session in sessions.items()}


def _operation_ids(session: RolloutSession) -> frozenset[str]:
    """The ids of the last operations; none if the StackSet does not exist."""
    try:
        return frozenset(operation.id for operation in _last_operations(session))
    except NotFoundError:
        return frozenset()


def _last_operations(session: RolloutSession) -> Iterator[StackSetOperation]:
    return islice(session.stack_set.operations(), _MAX_OPERATIONS)


@dataclass(kw_only=True)
class StackSetGuard:
    """The StackSet as it must be now.

    ``definition`` is None while it does not exist. ``template`` is the text of the template that
    our requests send. ``known_operations`` are those of before the plan; None if they are not
    compared.
    """

    session: RolloutSession
    definition: StackSetDefinition | None
    template: str = ""
    known_operations: frozenset[str] | None = None
    own_operations: set[str] = field(default_factory=set)

    def sent(self, request: Mapping[str, Any], id_: str = "") -> None:
        """Note a request of ours that changed the definition; ``id_`` is that of a new StackSet."""
        self.definition = definition_after(self.definition, request, self.template, id_)

    def was_created_by(self, request: Mapping[str, Any]) -> bool:
        """Whether the StackSet is as this CreateStackSet makes it. Notes it if so."""
        actual = self.session.stack_set.definition()
        expected = definition_after(None, request, self.template)
        if actual is None or definition_differences(expected, actual):
            return False
        self.definition = actual
        return True

    def check(self) -> None:
        """Raise `StalePlanError` if another process changed the StackSet, and `AwsError`."""
        if self.definition is None:
            return
        differences = [
            *definition_differences(self.definition, self.session.stack_set.definition()),
            *self._foreign_operations(),
        ]
        if differences:
            raise StalePlanError(
                f"StackSet {self.session.stack_set.name}",
                self.session.rollout.name,
                f"another process changed the StackSet: {'; '.join(differences)}",
            )

    def _foreign_operations(self) -> Iterator[str]:
        """Operations that another process started. Automatic deployment starts some too."""
        if self.known_operations is None or self.definition is None:
            return
        if self.definition.automatic.enabled:
            return
        try:
            operations = tuple(_last_operations(self.session))
        except AwsError:  # the list is an addition; the definition was read
            return
        for operation in operations:
            known = operation.id in self.known_operations or operation.id in self.own_operations
            if operation.action not in _READS and not known:
                yield f"{operation.action} operation {operation.id} is {operation.status}"
