"""
What is wrong, or probably wrong, with a pattern that AWS would accept.

In:    a pattern, as text or read; what the APIs of AWS are called, if names should be checked.
Out:   findings in the order of their places.
Never: an error. Text that is no pattern is a finding too.
"""

from collections.abc import Iterator
from typing import assert_never

from trailbell.errors import PatternError
from trailbell.pattern.ast import Condition, JsonPattern, MatchAll, SpaceDelimited, Span, Terms
from trailbell.pattern.filter_pattern import MAX_LENGTH, FilterPattern, parse
from trailbell.pattern.lint.guards import grouping_issues, missing_guard_issues
from trailbell.pattern.lint.issue import PatternIssue, Services
from trailbell.pattern.lint.pitfalls import (
    ambiguity_issue,
    clause_issues,
    field_issues,
    term_issues,
)
from trailbell.pattern.lint.tautologies import (
    field_tautology_issues,
    tautology_issues,
    unsatisfiable_issues,
)
from trailbell.pattern.parser_state import TOO_MANY_REGEXES
from trailbell.pattern.satisfiability import Satisfiability

__all__ = ["PatternIssue", "Services", "lint"]


def lint(
    pattern: FilterPattern | str, services: Services | None = None
) -> tuple[PatternIssue, ...]:
    """Every finding; none means that nothing is known against the pattern."""
    if isinstance(pattern, FilterPattern):
        return tuple(sorted({*_length(pattern.text), *_findings(pattern, services)}))
    try:
        read = parse(pattern, max_length=None)
    except PatternError as error:
        name = "too-many-regexes" if error.problem == TOO_MANY_REGEXES else "not-a-pattern"
        fault = PatternIssue(error.position, error.position + 1, name, error.problem, error.hint)
        return tuple(sorted({fault, *_length(pattern)}))
    return lint(read, services)


def _length(text: str) -> Iterator[PatternIssue]:
    if len(text) > MAX_LENGTH:
        yield PatternIssue(
            MAX_LENGTH,
            len(text),
            "too-long",
            f"the pattern has {len(text):,} characters, and {MAX_LENGTH:,} are accepted",
            "divide it into several, or leave conditions out",
        )


def _findings(pattern: FilterPattern, services: Services | None) -> Iterator[PatternIssue]:
    whole = (0, len(pattern.text))
    yield from map(ambiguity_issue, pattern.ambiguities)
    match pattern.tree:
        case JsonPattern(condition):
            yield from _condition_findings(condition, services, whole)
        case Terms() as terms:
            yield from term_issues(terms, whole)
        case SpaceDelimited() as space:
            yield from field_issues(space, whole)
            yield from field_tautology_issues(space, whole)
        case MatchAll():
            pass
        case _:
            assert_never(pattern.tree)


def _condition_findings(
    condition: Condition, services: Services | None, whole: Span
) -> Iterator[PatternIssue]:
    satisfiability = Satisfiability(condition)
    yield from clause_issues(condition, whole)
    yield from grouping_issues(condition, whole)
    yield from missing_guard_issues(condition, satisfiability, whole)
    yield from unsatisfiable_issues(condition, satisfiability, services, whole)
    yield from tautology_issues(condition, satisfiability, whole)
