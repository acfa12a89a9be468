"""
What lint reports about event patterns.

In:    a place in a pattern.
Out:   `EventPatternIssue`; `REFUSED`, the ids of issues for which EventBridge rejects a pattern.
Never: a severity. An issue is a reason to review a pattern, not proof that it is wrong.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

PatternPath = tuple[str | int, ...]
"""Names and indexes that lead from the root of a pattern to a place in it."""


class _Unknown(Enum):
    UNKNOWN = "unknown"


UNKNOWN: Final = _Unknown.UNKNOWN
"""In a pattern, any value that is not known before deployment. It never has an issue."""


@dataclass(frozen=True, slots=True)
class EventPatternIssue:
    """
    Something that is wrong, or probably wrong, at `path` of a pattern.

    `reason` and `fix` are clauses that start in lower case: what is wrong, and what to write
    instead.
    """

    path: PatternPath
    id: str
    reason: str
    fix: str

    @property
    def location(self) -> str:
        """The path for people: ``detail.eventName[0]``."""
        return location_of(self.path)

    def __str__(self) -> str:
        return f"{self.location}: {self.id}: {self.reason}; {self.fix}"


def location_of(path: PatternPath) -> str:
    """
    >>> location_of(("detail", "eventName", 0))
    'detail.eventName[0]'
    """
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".") or "the pattern"


REFUSED = frozenset(
    {
        "not-json",
        "not-an-object",
        "empty-object",
        "not-a-list",
        "empty-list",
        "not-a-value",
        "unknown-operator",
        "not-one-operator",
        "wrong-operand",
        "mixed-values",
        "two-stars",
        "wrong-escape",
        "not-a-range-of-numbers",
        "not-a-range-of-addresses",
        "not-alternatives",
        "reserved-name",
        "too-many-combinations",
        "too-long",
    }
)
"""The ids of issues for which EventBridge rejects a pattern."""
