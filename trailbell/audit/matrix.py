"""
The results of the three compliance scanners together.

In:    the documents of templates that are deployed together.
Out:   a `Matrix`: frozen data, from which text, JSON and tables are made.
Never: a rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from trailbell.audit import powerpipe, prowler, security_hub
from trailbell.audit.evaluate import ControlResult
from trailbell.audit.inventory import EXTERNAL_TRAIL, take_inventory


@dataclass(frozen=True)
class ScannerResults:
    """The results of a scanner, in the order of the CIS items."""

    scanner: str
    results: tuple[ControlResult, ...]

    @property
    def passed(self) -> int:
        """The number of controls that pass."""
        return sum(result.passed for result in self.results)

    def result_for(self, key: str) -> ControlResult | None:
        """The result of a control; `None` if the scanner does not have it."""
        return next((result for result in self.results if result.control.key == key), None)


@dataclass(frozen=True)
class Matrix:
    """The evaluated templates, and a column of results for each scanner."""

    templates: tuple[str, ...]
    columns: tuple[ScannerResults, ...]

    @property
    def passed(self) -> bool:
        """Whether all controls pass at all scanners that have them."""
        return all(result.passed for column in self.columns for result in column.results)

    @property
    def totals(self) -> dict[str, tuple[int, int]]:
        """For each scanner: the number of controls that pass, and the number of controls."""
        return {column.scanner: (column.passed, len(column.results)) for column in self.columns}

    @property
    def assumptions(self) -> tuple[str, ...]:
        """The assumptions under which controls pass, without duplicates."""
        assumptions = (
            text
            for column in self.columns
            for result in column.results
            for text in result.assumptions
        )
        return tuple(dict.fromkeys(assumptions))


def build_matrix(
    documents: Mapping[str, Mapping[str, Any]], *, assume_external_trail: bool = False
) -> Matrix:
    """
    Evaluate templates, given by their names, as all scanners would.

    ``assume_external_trail``: assume that a trail outside the templates meets all requirements and
    delivers to every log group of a metric filter.
    """
    inventory = take_inventory(documents)
    if assume_external_trail:
        inventory = replace(inventory, trails=(*inventory.trails, EXTERNAL_TRAIL))
    return Matrix(
        templates=tuple(documents),
        columns=(
            ScannerResults(security_hub.SCANNER.name, security_hub.evaluate(inventory)),
            ScannerResults(prowler.SCANNER.name, prowler.evaluate(inventory)),
            ScannerResults(powerpipe.SCANNER.name, powerpipe.evaluate(inventory)),
        ),
    )
