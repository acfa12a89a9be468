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
    Is,
    NotExists,
    Operator,
    Or,
    Selector,
    Span,
)
from trailbell.pattern.lint.issue import Finding
from trailbell.pattern.printer import condition_text, selector_text
from trailbell.pattern.record_schema import ALWAYS_THERE
from trailbell.pattern.satisfiability import MISSING, Worlds, is_wild, leaves

Ancestors = tuple[tuple[And | Or, int], ...]


def guard_findings(condition: Condition, worlds: Worlds, whole: Span) -> Iterator[Finding]:
    named: set[Selector] = set()
    for clause, ancestors in _with_ancestors(condition, ()):
        start, end = clause.span or whole
        match clause:
            case Comparison(selector, Operator.NOT_EQUAL) if is_wild(selector):
                yield Finding(
                    start,
                    end,
                    "not-equal-behind-wildcard",
                    "AWS does not say whether some node or every node has to differ",
                    "use an index, or say what should be equal",
                )
            case NotExists(selector) if is_wild(selector):
                yield Finding(
                    start,
                    end,
                    "not-exists-behind-wildcard",
                    "AWS does not say whether some branch or every branch has to lack the member",
                    "use an index",
                )
            case Comparison(selector, Operator.NOT_EQUAL) if selector not in named | ALWAYS_THERE:
                if not _is_guarded(selector, ancestors, worlds):
                    named.add(selector)
                    yield _unguarded(clause, start, end)
            case _:
                pass


def _unguarded(clause: Comparison, start: int, end: int) -> Finding:
    member = selector_text(clause.selector)
    return Finding(
        start,
        end,
        "unguarded-not-equal",
        f"'!=' is false for every event without {member}, so those are lost",
        f"write ({member} NOT EXISTS) || ({member} IS NULL) || ({condition_text(clause)}), "
        f'or ({member} = "*") && ... if they should be',
    )


def _with_ancestors(
    condition: Condition, ancestors: Ancestors
) -> Iterator[tuple[Comparison | Is | NotExists, Ancestors]]:
    match condition:
        case And(parts) | Or(parts):
            for number, part in enumerate(parts):
                yield from _with_ancestors(part, (*ancestors, (condition, number)))
        case _:
            yield condition, ancestors


def _is_guarded(selector: Selector, ancestors: Ancestors, worlds: Worlds) -> bool:
    """
    Another alternative lets the event without the member through; or another condition asks for
    the member anyway, so that losing that event is meant.
    """
    without = {selector: frozenset({MISSING})}
    for ancestor, number in reversed(ancestors):
        for place, other in enumerate(ancestor.parts):
            if place == number or not _speaks_of(other, selector):
                continue
            lets_through = worlds.assume(without, other, unmissed=selector) is not None
            only_not_equal = worlds.assume(without, other) is None
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
    for leaf in leaves(condition):
        shorter = min(len(leaf.selector.steps), len(selector.steps))
        if leaf.selector.steps[:shorter] == selector.steps[:shorter]:
            return True
    return False


def grouping_findings(condition: Condition, whole: Span) -> Iterator[Finding]:
    match condition:
        case Or(parts):
            for number, part in enumerate(parts):
                if isinstance(part, And) and not part.grouped:
                    yield _ungrouped(part, (*parts[:number], *parts[number + 1 :]), whole)
        case _:
            parts = condition.parts if isinstance(condition, And) else ()
    for part in parts:
        yield from grouping_findings(part, whole)


def _ungrouped(part: And, others: tuple[Condition, ...], whole: Span) -> Finding:
    start, end = part.span or whole
    elsewhere = {leaf.selector for other in others for leaf in leaves(other)}
    guards = [inner for inner in part.parts if _is_guard(inner, elsewhere)]
    if guards and len(guards) < len(part.parts):
        texts = " and ".join(condition_text(guard) for guard in guards)
        return Finding(
            start,
            end,
            "guard-on-one-alternative",
            f"'&&' binds before '||', so {texts} guards this alternative only",
            "put the alternatives in parentheses: (a || b) && guard",
        )
    return Finding(
        start,
        end,
        "and-or-without-parentheses",
        "'&&' and '||' stand side by side, and '&&' binds first",
        f"write the parentheses: ({condition_text(part)}) || ...",
    )


def _is_guard(condition: Condition, elsewhere: set[Selector]) -> bool:
    """It excludes something, and the other alternatives do not speak of that."""
    for leaf in leaves(condition):
        match leaf:
            case NotExists() | Is() | Comparison(_, Operator.NOT_EQUAL):
                if leaf.selector in elsewhere:
                    return False
            case _:
                return False
    return True
