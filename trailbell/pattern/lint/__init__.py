"""
What is wrong, or probably wrong, with a pattern that AWS would accept.

In:    a pattern, as text or read; what the APIs of AWS are called, if names should be checked.
Out:   findings in the order of their places.
Never: an error. Text that is no pattern is a finding too.
"""

from collections.abc import Iterator
from typing import assert_never

from trailbell.errors import PatternError
from trailbell.pattern.ast import Condition, Everything, Json, Space, Span, Terms
from trailbell.pattern.filter_pattern import FilterPattern, parse
from trailbell.pattern.lint.guards import grouping_findings, guard_findings
from trailbell.pattern.lint.issue import Finding, Services
from trailbell.pattern.lint.pitfalls import (
    clause_findings,
    doubt_finding,
    field_findings,
    term_findings,
)
from trailbell.pattern.lint.tautologies import (
    always_findings,
    field_truth_findings,
    never_findings,
)
from trailbell.pattern.parser import LONGEST
from trailbell.pattern.parser_state import THIRD_REGEX
from trailbell.pattern.satisfiability import Worlds

__all__ = ["Finding", "Services", "lint"]


def lint(pattern: FilterPattern | str, services: Services | None = None) -> tuple[Finding, ...]:
    """Every finding; none means that nothing is known against the pattern."""
    if isinstance(pattern, FilterPattern):
        return tuple(sorted({*_length(pattern.text), *_findings(pattern, services)}))
    try:
        read = parse(pattern, longest=None)
    except PatternError as error:
        name = "too-many-regexes" if error.problem == THIRD_REGEX else "not-a-pattern"
        fault = Finding(error.position, error.position + 1, name, error.problem, error.hint)
        return tuple(sorted({fault, *_length(pattern)}))
    return lint(read, services)


def _length(text: str) -> Iterator[Finding]:
    if len(text) > LONGEST:
        yield Finding(
            LONGEST,
            len(text),
            "too-long",
            f"the pattern has {len(text):,} characters, and {LONGEST:,} are accepted",
            "divide it into several, or leave conditions out",
        )


def _findings(pattern: FilterPattern, services: Services | None) -> Iterator[Finding]:
    whole = (0, len(pattern.text))
    yield from map(doubt_finding, pattern.doubts)
    match pattern.tree:
        case Json(condition):
            yield from _condition_findings(condition, services, whole)
        case Terms() as terms:
            yield from term_findings(terms, whole)
        case Space() as space:
            yield from field_findings(space, whole)
            yield from field_truth_findings(space, whole)
        case Everything():
            pass
        case _:
            assert_never(pattern.tree)


def _condition_findings(
    condition: Condition, services: Services | None, whole: Span
) -> Iterator[Finding]:
    worlds = Worlds(condition)
    yield from clause_findings(condition, whole)
    yield from grouping_findings(condition, whole)
    yield from guard_findings(condition, worlds, whole)
    yield from never_findings(condition, worlds, services, whole)
    yield from always_findings(condition, worlds, whole)
