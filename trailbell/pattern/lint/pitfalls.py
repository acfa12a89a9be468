"""
What is written in a way that AWS reads differently, in an unknown way, or not at all.

In:    a pattern.
Out:   findings about stars, quotes, length, booleans, digits and terms.
Never: reasoning over several conditions.
"""

from collections.abc import Iterator

from trailbell.pattern.ast import (
    Comparison,
    Condition,
    Field,
    FieldComparison,
    FieldCondition,
    Is,
    Literal,
    Number,
    Phrase,
    Role,
    Space,
    Span,
    Terms,
    Text,
)
from trailbell.pattern.lint.issue import Finding
from trailbell.pattern.parser_state import UNQUOTED, Doubt
from trailbell.pattern.printer import selector_text, value_text
from trailbell.pattern.record_schema import BOOLEANS, DIGITS, TEXTS
from trailbell.pattern.satisfiability import leaves


def doubt_finding(doubt: Doubt) -> Finding:
    if doubt.reason == UNQUOTED:
        fix, name = 'put the value in quotes: "..."', "unquoted-special-character"
    else:
        fix, name = "write it as AWS's guide does", "doubtful-spelling"
    return Finding(doubt.start, doubt.end, name, doubt.reason, fix)


def clause_findings(condition: Condition, whole: Span) -> Iterator[Finding]:
    for leaf in leaves(condition):
        start, end = leaf.span or whole
        match leaf:
            case Comparison(_, _, Text(text)) if _is_in_the_middle(text):
                yield _star(start, end, text)
            case _:
                pass
        match leaf:
            case Comparison(selector, _, Text(text)) if selector in BOOLEANS:
                literal = "FALSE" if text.lower() == "false" else "TRUE"
                member = selector_text(selector)
                yield Finding(
                    start,
                    end,
                    "boolean-compared-as-text",
                    f"{member} is a JSON boolean, and what a comparison with text sees is unknown",
                    f"write {member} IS {literal}",
                )
            case Is(selector, Literal.TRUE | Literal.FALSE as literal) if selector in TEXTS:
                member = selector_text(selector)
                yield Finding(
                    start,
                    end,
                    "text-compared-as-boolean",
                    f"CloudTrail writes {member} as text, so this never matches",
                    f'write {member} = "{literal.lower()}"',
                )
            case Comparison(selector, _, Number() as number) if selector in DIGITS:
                yield Finding(
                    start,
                    end,
                    "number-for-text-of-digits",
                    f"{selector_text(selector)} is text, and without quotes this is a number",
                    f'write "{value_text(number)}"',
                )
            case _:
                pass


def _is_in_the_middle(text: str) -> bool:
    return "*" in text.strip("*")


def _star(start: int, end: int, text: str) -> Finding:
    return Finding(
        start,
        end,
        "star-in-the-middle",
        f"AWS's pages contradict each other and measurement about a star inside {text!r}",
        "keep stars at the ends, or use a regular expression",
    )


def field_findings(pattern: Space, whole: Span) -> Iterator[Finding]:
    for field in pattern.fields:
        if isinstance(field, Field):
            for text in _texts(field.condition):
                if _is_in_the_middle(text):
                    yield _star(*whole, text)


def _texts(condition: FieldCondition | None) -> Iterator[str]:
    match condition:
        case None:
            pass
        case FieldComparison(_, value):
            if isinstance(value, Text):
                yield value.text
        case _:
            for part in condition.parts:
                yield from _texts(part)


def term_findings(pattern: Terms, whole: Span) -> Iterator[Finding]:
    roles = {term.role for term in pattern.terms}
    if Role.OPTIONAL in roles and len(roles) > 1:
        yield Finding(
            *whole,
            "optional-terms-mixed",
            "AWS's guide ignores '?' beside other terms; measurement saw every term, excluded ones "
            "too, become an alternative",
            "use '?' on all terms or on none",
        )
    for excluded in _phrases(pattern, Role.EXCLUDED):
        for required in _phrases(pattern, Role.REQUIRED):
            if excluded in required and roles == {Role.REQUIRED, Role.EXCLUDED}:
                yield Finding(
                    *whole,
                    "never-true",
                    f"the pattern never matches: {required!r} contains {excluded!r}",
                    "remove one of them",
                )


def _phrases(pattern: Terms, role: Role) -> list[str]:
    found = [term.sought for term in pattern.terms if term.role is role]
    return [sought.text for sought in found if isinstance(sought, Phrase)]
