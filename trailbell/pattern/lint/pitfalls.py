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
    IsLiteral,
    Literal,
    Number,
    Phrase,
    Role,
    SpaceDelimited,
    Span,
    Terms,
    Text,
    clauses,
)
from trailbell.pattern.lint.issue import PatternIssue
from trailbell.pattern.parser_state import UNQUOTED, Ambiguity
from trailbell.pattern.printer import selector_text, value_text
from trailbell.pattern.record_schema import ACCOUNT_ID_FIELDS, BOOLEAN_FIELDS, QUOTED_BOOLEANS


def ambiguity_issue(doubt: Ambiguity) -> PatternIssue:
    if doubt.reason == UNQUOTED:
        fix, name = 'put the value in quotes: "..."', "unquoted-special-character"
    else:
        fix, name = "write it as AWS's guide does", "doubtful-spelling"
    return PatternIssue(doubt.start, doubt.end, name, doubt.reason, fix)


def clause_issues(condition: Condition, whole: Span) -> Iterator[PatternIssue]:
    for clause in clauses(condition):
        start, end = clause.span or whole
        match clause:
            case Comparison(_, _, Text(text)) if _is_in_the_middle(text):
                yield _star(start, end, text)
            case _:
                pass
        match clause:
            case Comparison(selector, _, Text(text)) if selector in BOOLEAN_FIELDS:
                literal = "FALSE" if text.lower() == "false" else "TRUE"
                member = selector_text(selector)
                yield PatternIssue(
                    start,
                    end,
                    "boolean-compared-as-text",
                    f"{member} is a JSON boolean, and what a comparison with text sees is unknown",
                    f"write {member} IS {literal}",
                )
            case IsLiteral(selector, Literal.TRUE | Literal.FALSE as literal) if (
                selector in QUOTED_BOOLEANS
            ):
                member = selector_text(selector)
                yield PatternIssue(
                    start,
                    end,
                    "text-compared-as-boolean",
                    f"CloudTrail writes {member} as text, so this never matches",
                    f'write {member} = "{literal.lower()}"',
                )
            case Comparison(selector, _, Number() as number) if selector in ACCOUNT_ID_FIELDS:
                yield PatternIssue(
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


def _star(start: int, end: int, text: str) -> PatternIssue:
    return PatternIssue(
        start,
        end,
        "star-in-the-middle",
        f"AWS's pages contradict each other and measurement about a star inside {text!r}",
        "keep stars at the ends, or use a regular expression",
    )


def field_issues(pattern: SpaceDelimited, whole: Span) -> Iterator[PatternIssue]:
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


def term_issues(pattern: Terms, whole: Span) -> Iterator[PatternIssue]:
    roles = {term.role for term in pattern.terms}
    if Role.OPTIONAL in roles and len(roles) > 1:
        yield PatternIssue(
            *whole,
            "optional-terms-mixed",
            "AWS's guide ignores '?' beside other terms; measurement saw every term, excluded ones "
            "too, become an alternative",
            "use '?' on all terms or on none",
        )
    for excluded in _phrases(pattern, Role.EXCLUDED):
        for required in _phrases(pattern, Role.REQUIRED):
            if excluded in required and roles == {Role.REQUIRED, Role.EXCLUDED}:
                yield PatternIssue(
                    *whole,
                    "never-true",
                    f"the pattern never matches: {required!r} contains {excluded!r}",
                    "remove one of them",
                )


def _phrases(pattern: Terms, role: Role) -> list[str]:
    found = [term.sought for term in pattern.terms if term.role is role]
    return [sought.text for sought in found if isinstance(sought, Phrase)]
