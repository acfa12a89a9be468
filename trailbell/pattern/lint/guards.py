"""
What happens to an event that lacks the member, and what belongs together.

In:    a condition on JSON.
Out:   findings about ``!=`` without a guard, about wildcards, and about ``&&`` beside ``||``.
Never: a guess about the author's mind where parentheses show it.

``!=`` is false without the member: https://github.com/DataBiosphere/azul/issues/5884
"""

from collections.abc import Iterator

from trailbell.pattern.ast import (
    And,
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
from trailbell.pattern.lint.issue import PatternIssue
from trailbell.pattern.printer import condition_text, selector_text
from trailbell.pattern.record_schema import REQUIRED_FIELDS
from trailbell.pattern.satisfiability import MISSING, Satisfiability

Ancestors = tuple[tuple[And | Or, int], ...]


def missing_guard_issues(
    condition: Condition, satisfiability: Satisfiability, whole: Span
) -> Iterator[PatternIssue]:
    named: set[Selector] = set()
    for clause, ancestors in _with_ancestors(condition, ()):
        start, end = clause.span or whole
        match clause:
            case Comparison(selector, Operator.NOT_EQUAL) if has_wildcard(selector):
                yield PatternIssue(
                    start,
                    end,
                    "not-equal-behind-wildcard",
                    "AWS does not say whether some node or every node has to differ",
                    "use an index, or say what should be equal",
                )
            case NotExists(selector) if has_wildcard(selector):
                yield PatternIssue(
                    start,
                    end,
                    "not-exists-behind-wildcard",
                    "AWS does not say whether some branch or every branch has to lack the member",
                    "use an index",
                )
            case Comparison(selector, Operator.NOT_EQUAL) if (
                selector not in named | REQUIRED_FIELDS
            ):
                if not _is_guarded(selector, ancestors, satisfiability):
                    named.add(selector)
                    yield _unguarded(clause, start, end)
            case _:
                pass


def _unguarded(clause: Comparison, start: int, end: int) -> PatternIssue:
    member = selector_text(clause.selector)
    return PatternIssue(
        start,
        end,
        "unguarded-not-equal",
        f"'!=' is false for every event without {member}, so those are lost",
        f"write ({member} NOT EXISTS) || ({member} IS NULL) || ({condition_text(clause)}), "
        f'or ({member} = "*") && ... if they should be',
    )


def _with_ancestors(
    condition: Condition, ancestors: Ancestors
) -> Iterator[tuple[Comparison | IsLiteral | NotExists, Ancestors]]:
    match condition:
        case And(parts) | Or(parts):
            for number, part in enumerate(parts):
                yield from _with_ancestors(part, (*ancestors, (condition, number)))
        case _:
            yield condition, ancestors


def _is_guarded(selector: Selector, ancestors: Ancestors, satisfiability: Satisfiability) -> bool:
    """
    Another alternative lets the event without the member through; or another condition asks for
    the member anyway, so that losing that event is meant.
    """
    without = {selector: frozenset({MISSING})}
    for ancestor, number in reversed(ancestors):
        for place, other in enumerate(ancestor.parts):
            if place == number or not _speaks_of(other, selector):
                continue
            lets_through = satisfiability.assume(without, other, not_required=selector) is not None
            only_not_equal = satisfiability.assume(without, other) is None
            match ancestor:
                case Or() if lets_through and not only_not_equal:
                    return True
                case And() if not lets_through:
                    return True
                case _:
                    pass
    return False


def _speaks_of(condition: Condition, selector: Selector) -> bool:
    """Of the member itself, of what it is in, or of what is in it."""
    for clause in clauses(condition):
        shorter = min(len(clause.selector.steps), len(selector.steps))
        if clause.selector.steps[:shorter] == selector.steps[:shorter]:
            return True
    return False


def grouping_issues(condition: Condition, whole: Span) -> Iterator[PatternIssue]:
    match condition:
        case Or(parts):
            for number, part in enumerate(parts):
                if isinstance(part, And) and not part.grouped:
                    yield _ungrouped(part, (*parts[:number], *parts[number + 1 :]), whole)
        case _:
            parts = condition.parts if isinstance(condition, And) else ()
    for part in parts:
        yield from grouping_issues(part, whole)


def _ungrouped(part: And, others: tuple[Condition, ...], whole: Span) -> PatternIssue:
    start, end = part.span or whole
    elsewhere = {clause.selector for other in others for clause in clauses(other)}
    guards = [inner for inner in part.parts if _is_guard(inner, elsewhere)]
    if guards and len(guards) < len(part.parts):
        texts = " and ".join(condition_text(guard) for guard in guards)
        return PatternIssue(
            start,
            end,
            "guard-on-one-alternative",
            f"'&&' binds before '||', so {texts} guards this alternative only",
            "put the alternatives in parentheses: (a || b) && guard",
        )
    return PatternIssue(
        start,
        end,
        "and-or-without-parentheses",
        "'&&' and '||' stand side by side, and '&&' binds first",
        f"write the parentheses: ({condition_text(part)}) || ...",
    )


def _is_guard(condition: Condition, elsewhere: set[Selector]) -> bool:
    """It excludes something, and the other alternatives do not speak of that."""
    for clause in clauses(condition):
        match clause:
            case NotExists() | IsLiteral() | Comparison(_, Operator.NOT_EQUAL):
                if clause.selector in elsewhere:
                    return False
            case _:
                return False
    return True
