"""
A difference between a template and its stack.

In:    a `Finding` about a resource, a sentence about the stack, or an error of AWS.
Out:   a `Discrepancy`.
Never: how it is shown.
"""

from dataclasses import dataclass

from trailbell.diff.judgment.read_back import Finding, FindingKind
from trailbell.errors import AwsError


@dataclass(frozen=True, kw_only=True)
class Discrepancy:
    """A difference between a template and its stack. No logical id: it is about the stack."""

    logical_id: str = ""
    text: str
    kind: FindingKind = FindingKind.FAULT

    @property
    def is_problem(self) -> bool:
        """Whether something has to be done. A remark is no problem."""
        return self.kind is not FindingKind.REMARK

    @property
    def is_unread(self) -> bool:
        """Whether a call failed. Several resources can share a call."""
        return self.text.startswith(_UNREAD)


_UNREAD = "Could not be read: "


def unread(error: AwsError) -> str:
    """The text about a call that failed."""
    return f"{_UNREAD}{error.operation}: {error.reason}"


def of_finding(logical_id: str, finding: Finding) -> Discrepancy:
    return Discrepancy(logical_id=logical_id, text=finding.text, kind=finding.kind)
