"""
What is wrong, or probably wrong, with a pattern that CloudWatch Logs accepts.

In:    a pattern, as text or parsed; the event names of services and the fields of API operations,
       if these are to be checked.
Out:   issues in the order of the text.
Never: an exception for a pattern. Text that cannot be parsed also has an issue.
"""

from collections.abc import Iterator
from typing import assert_never

from trailbell.errors import PatternError
from trailbell.pattern.ast import Condition, JsonPattern, MatchAll, SpaceDelimited, Span, Terms
from trailbell.pattern.filter_pattern import MAX_LENGTH, FilterPattern, parse
from trailbell.pattern.lint.guards import (
    grouping_issues,
    is_required_by_controls,
    missing_guard_issues,
)
from trailbell.pattern.lint.issue import OperationFields, PatternIssue, Services
from trailbell.pattern.lint.pitfalls import (
    ambiguity_issue,
    clause_issues,
    field_issues,
    term_issues,
)
from trailbell.pattern.lint.record_fields import record_issues
from trailbell.pattern.lint.tautologies import (
    field_tautology_issues,
    tautology_issues,
    unsatisfiable_issues,
)
from trailbell.pattern.parser_state import TOO_MANY_REGEXES
from trailbell.pattern.satisfiability import Satisfiability

__all__ = ["OperationFields", "PatternIssue", "Services", "is_required_by_controls", "lint"]


def lint(
    pattern: FilterPattern | str,
    services: Services | None = None,
    fields: OperationFields | None = None,
) -> tuple[PatternIssue, ...]:
    """Every issue of a pattern.

    Without ``services``, names of events are not checked; without ``fields``, parameters of API
    operations are not.
    """
    if isinstance(pattern, FilterPattern):
        return tuple(sorted({*_length_issues(pattern.text), *_issues(pattern, services, fields)}))
    try:
        parsed = parse(pattern, max_length=None)
    except PatternError as error:
        id_ = "too-many-regexes" if error.problem == TOO_MANY_REGEXES else "not-a-pattern"
        issue = PatternIssue(error.position, error.position + 1, id_, error.problem, error.hint)
        return tuple(sorted({issue, *_length_issues(pattern)}))
    return lint(parsed, services, fields)


def _length_issues(text: str) -> Iterator[PatternIssue]:
    if len(text) > MAX_LENGTH:
        yield PatternIssue(
            MAX_LENGTH,
            len(text),
            "too-long",
            f"the pattern has {len(text):,} characters, but the maximum is {MAX_LENGTH:,}",
            "split it into several patterns, or remove conditions",
        )


def _issues(
    pattern: FilterPattern, services: Services | None, fields: OperationFields | None
) -> Iterator[PatternIssue]:
    whole = (0, len(pattern.text))
    yield from map(ambiguity_issue, pattern.ambiguities)
    match pattern.tree:
        case JsonPattern(condition):
            yield from record_issues(condition, services, fields, whole)
            yield from _condition_issues(condition, services, whole)
        case Terms() as terms:
            yield from term_issues(terms, whole)
        case SpaceDelimited() as space_delimited:
            yield from field_issues(space_delimited, whole)
            yield from field_tautology_issues(space_delimited, whole)
        case MatchAll():
            pass
        case _:
            assert_never(pattern.tree)


def _condition_issues(
    condition: Condition, services: Services | None, whole: Span
) -> Iterator[PatternIssue]:
    satisfiability = Satisfiability(condition)
    yield from clause_issues(condition, whole)
    yield from grouping_issues(condition, whole)
    yield from missing_guard_issues(condition, satisfiability, whole)
    yield from unsatisfiable_issues(condition, satisfiability, services, whole)
    yield from tautology_issues(condition, satisfiability, whole)
