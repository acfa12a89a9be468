"""
What lint has to say.

In:    a place in a pattern.
Out:   `PatternIssue`.
Never: a severity; a pattern with findings is one to think about.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, order=True)
class PatternIssue:
    """From `start` to `end` (0-based, end excluded) of the pattern's text stands what is meant."""

    start: int
    end: int
    id: str
    reason: str
    fix: str

    def __str__(self) -> str:
        return f"{self.start}: {self.id}: {self.reason}; {self.fix}"


class Services(Protocol):
    """What the APIs of AWS are called; `trailbell.cloudtrail.event_names` knows."""

    def event_names(self, source: str) -> frozenset[str] | None:
        """
        Every ``eventName`` that CloudTrail records for the ``eventSource``, such as
        ``iam.amazonaws.com``; `None` if that is not known for certain.
        """
        ...
