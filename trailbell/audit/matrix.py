"""
The three auditors together.

In:    the documents of templates that are deployed beside each other.
Out:   a `Matrix`: frozen data, from which texts, JSON and tables are made.
Never: a rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from trailbell.audit import powerpipe, prowler, security_hub
from trailbell.audit.evaluate import ControlResult
from trailbell.audit.inventory import EXTERNAL_TRAIL, evidence


@dataclass(frozen=True)
class ScannerResults:
    """An auditor's grades, in the order of CIS, and how many of how many pass."""

    auditor: str
    grades: tuple[ControlResult, ...]

    @property
    def passed(self) -> int:
        return sum(grade.passed for grade in self.grades)

    def of(self, key: str) -> ControlResult | None:
        """The grade of a control; None if the auditor does not have it."""
        return next((grade for grade in self.grades if grade.control.key == key), None)


@dataclass(frozen=True)
class Matrix:
    """What was graded, and a column for each auditor."""

    templates: tuple[str, ...]
    columns: tuple[ScannerResults, ...]

    @property
    def passed(self) -> bool:
        """Whether every control passes at every auditor that has it."""
        return all(grade.passed for column in self.columns for grade in column.grades)

    @property
    def totals(self) -> dict[str, tuple[int, int]]:
        """For each auditor: how many controls pass, of how many."""
        return {c.auditor: (c.passed, len(c.grades)) for c in self.columns}

    @property
    def assumed(self) -> tuple[str, ...]:
        """What had to be assumed for anything that passes, once each."""
        found = (text for c in self.columns for grade in c.grades for text in grade.assumed)
        return tuple(dict.fromkeys(found))


def matrix(documents: Mapping[str, Mapping[str, Any]], *, trail_elsewhere: bool = False) -> Matrix:
    """How the auditors would grade these templates, by the names people call them.

    ``trail_elsewhere``: a trail as auditors want it writes to any log group they name.
    """
    found = evidence(documents)
    if trail_elsewhere:
        found = replace(found, trails=(*found.trails, EXTERNAL_TRAIL))
    return Matrix(
        templates=tuple(documents),
        columns=(
            ScannerResults(security_hub.SCANNER.name, security_hub.evaluate(found)),
            ScannerResults(prowler.SCANNER.name, prowler.evaluate(found)),
            ScannerResults(powerpipe.SCANNER.name, powerpipe.evaluate(found)),
        ),
    )
