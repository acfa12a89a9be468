"""
Spellings that AWS interprets differently than they look, or does not document.

In:    a pattern.
Out:   issues with stars, quotes, booleans, digits and terms.
Never: conclusions from several conditions.
"""

from collections.abc import Iterator

from trailbell.pattern.ast import (
    Clause,
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


def ambiguity_issue(ambiguity: Ambiguity) -> PatternIssue:
    if ambiguity.reason == UNQUOTED:
        id_, fix = "unquoted-special-character", 'put the value in quotes: "..."'
    else:
        id_, fix = "doubtful-spelling", "write it as AWS documents it"
    return PatternIssue(ambiguity.start, ambiguity.end, id_, ambiguity.reason, fix)


def clause_issues(condition: Condition, whole: Span) -> Iterator[PatternIssue]:
    for clause in clauses(condition):
        start, end = clause.span or whole
        match clause:
            case Comparison(_, _, Text(text)) if _has_star_inside(text):
                yield _star_inside(start, end, text)
            case _:
                pass
        if issue := _wrong_type(clause, start, end):
            yield issue


def _wrong_type(clause: Clause, start: int, end: int) -> PatternIssue | None:
    """The issue of a field that is compared with a value of another type."""
    match clause:
        case Comparison(selector, _, Text(text)) if selector in BOOLEAN_FIELDS:
            field = selector_text(selector)
            literal = "FALSE" if text.lower() == "false" else "TRUE"
            return PatternIssue(
                start,
                end,
                "boolean-compared-as-text",
                f"{field} is a boolean, and AWS does not document how it compares with text",
                f"write {field} IS {literal}",
            )
        case IsLiteral(selector, (Literal.TRUE | Literal.FALSE) as literal) if (
            selector in QUOTED_BOOLEANS
        ):
            field = selector_text(selector)
            return PatternIssue(
                start,
                end,
                "text-compared-as-boolean",
                f"CloudTrail records {field} as text, and IS {literal} never matches",
                f'write {field} = "{literal.lower()}"',
            )
        case Comparison(selector, _, Number() as number) if selector in ACCOUNT_ID_FIELDS:
            return PatternIssue(
                start,
                end,
                "number-for-text-of-digits",
                f"{selector_text(selector)} is text, but digits without quotes are a number",
                f'write "{value_text(number)}"',
            )
        case _:
            return None


def _has_star_inside(text: str) -> bool:
    return "*" in text.strip("*")


def _star_inside(start: int, end: int, text: str) -> PatternIssue:
    return PatternIssue(
        start,
        end,
        "star-in-the-middle",
        f'measurements of the star inside "{text}" disagree with the AWS documentation',
        "use stars at the beginning or end only, or use a regular expression",
    )


def field_issues(pattern: SpaceDelimited, whole: Span) -> Iterator[PatternIssue]:
    for field in pattern.fields:
        if isinstance(field, Field):
            for text in _texts(field.condition):
                if _has_star_inside(text):
                    yield _star_inside(*whole, text)


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
            "AWS documents that '?' is ignored next to other terms, but measurements show that "
            "every term becomes an alternative, even an excluded one",
            "use '?' for all terms or for none",
        )
    for excluded in _phrases(pattern, Role.EXCLUDED):
        for required in _phrases(pattern, Role.REQUIRED):
            if excluded in required and roles == {Role.REQUIRED, Role.EXCLUDED}:
                yield PatternIssue(
                    *whole,
                    "never-true",
                    f'the pattern never matches, since "{required}" contains "{excluded}"',
                    "remove one of the two terms",
                )


def _phrases(pattern: Terms, role: Role) -> list[str]:
    patterns = [term.sought for term in pattern.terms if term.role is role]
    return [sought.text for sought in patterns if isinstance(sought, Phrase)]
