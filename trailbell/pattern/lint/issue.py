"""
What lint reports.

In:    a range of a pattern.
Out:   `PatternIssue`.
Never: a severity. An issue is a reason to review a pattern, not proof that it is wrong.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, order=True)
class PatternIssue:
    """
    Something that is wrong, or probably wrong, in a range of a pattern's text.

    The range is from `start` to `end` (from 0, end excluded). `reason` and `fix` are clauses
    that start in lower case: what is wrong, and what to write instead.
    """

    start: int
    end: int
    id: str
    reason: str
    fix: str

    def __str__(self) -> str:
        return f"{self.start}: {self.id}: {self.reason}; {self.fix}"


class Services(Protocol):
    """The event names of services, such as `trailbell.cloudtrail.event_names` provides."""

    def event_names(self, source: str) -> frozenset[str] | None:
        """
        Every ``eventName`` that CloudTrail records for the ``eventSource``, such as
        ``iam.amazonaws.com``; `None` if the list is not known to be complete.
        """
        ...
