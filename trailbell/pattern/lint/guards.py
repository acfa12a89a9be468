"""
What happens to events without a field, and which conditions belong together.

In:    a condition on JSON.
Out:   issues with ``!=`` without a guard, with wildcards, and with ``&&`` next to ``||``.
Never: an issue where parentheses show what the author meant.

A guard is an alternative for events that do not have the field, such as ``$.a NOT EXISTS``.
``!=`` is false without the field: https://github.com/DataBiosphere/azul/issues/5884
"""

from collections.abc import Iterator

from trailbell.pattern.ast import (
    And,
    Clause,
    Comparison,
    Condition,
    IsLiteral,
    NotExists,
    Operator,
    Or,
    Selector,
    Span,
    clauses,
    has_wildcard,
)
from trailbell.pattern.candidates import MISSING
from trailbell.pattern.lint.issue import PatternIssue
from trailbell.pattern.printer import condition_text, selector_text
from trailbell.pattern.record_schema import REQUIRED_FIELDS
from trailbell.pattern.satisfiability import Satisfiability

Ancestors = tuple[tuple[And | Or, int], ...]
"""The conditions around a clause, the outermost first, each with the index of the part it is in."""


def missing_guard_issues(
    condition: Condition, satisfiability: Satisfiability, whole: Span
) -> Iterator[PatternIssue]:
    """Issues with ``!=`` and NOT EXISTS: one for each selector that lacks a guard."""
    reported: set[Selector] = set()
    for clause, ancestors in _with_ancestors(condition, ()):
        start, end = clause.span or whole
        match clause:
            case Comparison(selector, Operator.NOT_EQUAL) if has_wildcard(selector):
                yield PatternIssue(
                    start,
                    end,
                    "not-equal-behind-wildcard",
                    "AWS does not document whether one value or every value must differ",
                    "use an index, or compare with '='",
                )
            case NotExists(selector) if has_wildcard(selector):
                yield PatternIssue(
                    start,
                    end,
                    "not-exists-behind-wildcard",
                    "AWS does not document whether the field must be missing once or everywhere",
                    "use an index",
                )
            case Comparison(selector, Operator.NOT_EQUAL):
                if selector in reported | REQUIRED_FIELDS:
                    continue
                if not _is_guarded(selector, ancestors, satisfiability):
                    reported.add(selector)
                    yield _unguarded(clause, start, end)
            case _:
                pass


def is_required_by_controls(issue: PatternIssue) -> bool:
    """Whether the CIS benchmark and Security Hub require what an issue is about, in these words.

    https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-3
    """
    clause = '($.additionalEventData.MFAUsed != "Yes")'
    return issue.id == "unguarded-not-equal" and clause in issue.fix


def _unguarded(clause: Comparison, start: int, end: int) -> PatternIssue:
    field = selector_text(clause.selector)
    return PatternIssue(
        start,
        end,
        "unguarded-not-equal",
        f"'!=' is false for every event without {field}, so those events do not match",
        f"write (({field} NOT EXISTS) || ({field} IS NULL) || ({condition_text(clause)})), "
        f'or add ({field} = "*") && ... if they should not match',
    )


def _with_ancestors(
    condition: Condition, ancestors: Ancestors
) -> Iterator[tuple[Clause, Ancestors]]:
    match condition:
        case And(parts) | Or(parts):
            for index, part in enumerate(parts):
                yield from _with_ancestors(part, (*ancestors, (condition, index)))
        case _:
            yield condition, ancestors


def _is_guarded(selector: Selector, ancestors: Ancestors, satisfiability: Satisfiability) -> bool:
    """
    Whether another alternative matches events without the field, or another condition requires
    the field anyway, so that those events are excluded on purpose.
    """
    without_field = {selector: frozenset({MISSING})}
    for ancestor, index in reversed(ancestors):
        for sibling_index, sibling in enumerate(ancestor.parts):
            if sibling_index == index or not _is_about(sibling, selector):
                continue
            # The first treats every "!=" on the field as true; the second as what it is: false.
            may_match = (
                satisfiability.assume(without_field, sibling, not_required=selector) is not None
            )
            matches_by_not_equal_only = satisfiability.assume(without_field, sibling) is None
            match ancestor:
                case Or() if may_match and not matches_by_not_equal_only:
                    return True
                case And() if not may_match:
                    return True
                case _:
                    pass
    return False


def _is_about(condition: Condition, selector: Selector) -> bool:
    """Whether a clause is about the field, about an object around it, or about a field inside."""
    for clause in clauses(condition):
        length = min(len(clause.selector.steps), len(selector.steps))
        if clause.selector.steps[:length] == selector.steps[:length]:
            return True
    return False


def grouping_issues(condition: Condition, whole: Span) -> Iterator[PatternIssue]:
    """Issues with ``a || b && c`` without parentheses."""
    match condition:
        case Or(parts):
            for index, part in enumerate(parts):
                if isinstance(part, And) and not part.grouped:
                    yield _ungrouped(part, (*parts[:index], *parts[index + 1 :]), whole)
        case _:
            parts = condition.parts if isinstance(condition, And) else ()
    for part in parts:
        yield from grouping_issues(part, whole)


def _ungrouped(part: And, alternatives: tuple[Condition, ...], whole: Span) -> PatternIssue:
    start, end = part.span or whole
    selectors = {clause.selector for alternative in alternatives for clause in clauses(alternative)}
    guards = [condition for condition in part.parts if _is_guard(condition, selectors)]
    if guards and len(guards) < len(part.parts):
        texts = " and ".join(condition_text(guard) for guard in guards)
        return PatternIssue(
            start,
            end,
            "guard-on-one-alternative",
            f"'&&' takes precedence over '||', so {texts} applies to this alternative only",
            "put the alternatives in parentheses: (a || b) && c",
        )
    return PatternIssue(
        start,
        end,
        "and-or-without-parentheses",
        "'&&' and '||' are used without parentheses, and '&&' takes precedence",
        f"add parentheses: ({condition_text(part)}) || ...",
    )


def _is_guard(condition: Condition, selectors: set[Selector]) -> bool:
    """Whether it only excludes events, by fields that the other alternatives do not use."""
    for clause in clauses(condition):
        match clause:
            case NotExists() | IsLiteral() | Comparison(_, Operator.NOT_EQUAL):
                if clause.selector in selectors:
                    return False
            case _:
                return False
    return True
