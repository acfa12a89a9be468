"""
What lint has to say of an event pattern.

In:    a place in a pattern.
Out:   `EventPatternIssue`; `REFUSED`, the ids of what EventBridge does not take.
Never: a severity; a pattern with findings is one to think about.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

PatternPath = tuple[str | int, ...]
"""Names and indexes that lead from the root of a pattern to what is meant."""


class _Unknown(Enum):
    UNKNOWN = "unknown"


UNKNOWN: Final = _Unknown.UNKNOWN
"""Stands in a pattern for whatever is known only when it is deployed. It is never a finding."""


@dataclass(frozen=True, slots=True)
class EventPatternIssue:
    """At `path` of the pattern stands what is meant."""

    path: PatternPath
    id: str
    reason: str
    fix: str

    @property
    def location(self) -> str:
        """The path, readable: ``detail.eventName[0]``."""
        steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return "".join(steps).removeprefix(".") or "the pattern"

    def __str__(self) -> str:
        return f"{self.location}: {self.id}: {self.reason}; {self.fix}"


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
"""Findings of patterns that EventBridge does not take."""
