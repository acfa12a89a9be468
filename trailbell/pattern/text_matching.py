"""
Terms and fields matched with the text of a log event.

In:    `Terms` or `SpaceDelimited`, and the event as text.
Out:   an `Outcome` for every part.
Never: JSON. These patterns match lines of text.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-unstructured-log-events.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-space-delimited-log-events.html
"""

import re
from dataclasses import dataclass
from typing import assert_never

from trailbell.pattern.ast import (
    Field,
    FieldAnd,
    FieldComparison,
    FieldCondition,
    FieldEllipsis,
    FieldOr,
    Number,
    Phrase,
    Regex,
    Role,
    SpaceDelimited,
    Term,
    Terms,
    Text,
)
from trailbell.pattern.compare import compare, equality, star_interpretations
from trailbell.pattern.outcome import Outcome
from trailbell.pattern.record import NumberText

MIXED = "AWS documents that '?' is ignored next to other terms, but measurements disagree"
BLANK = "AWS documents that a quoted space matches all text, even text without a space"
TERM_STAR = "AWS does not document whether a star in a term is a wildcard"
REST = "AWS does not document whether the last field includes the rest of the line"
TABS = "AWS does not document whether tabs and line breaks separate fields"
FIELD_NUMBER = "AWS does not document whether a field equals a number by value or as text"


def terms_outcome(pattern: Terms, message: str) -> Outcome:
    occurrences = {term: occurs(term.sought, message) for term in pattern.terms}
    optional = [occurrences[term] for term in pattern.terms if term.role is Role.OPTIONAL]
    mandatory = [
        apply_role(term, occurrences[term])
        for term in pattern.terms
        if term.role is not Role.OPTIONAL
    ]
    if not optional:
        return Outcome.all_of(mandatory)
    if not mandatory:
        return Outcome.any_of(optional)
    ignored, alternatives = Outcome.all_of(mandatory), Outcome.any_of([*optional, *mandatory])
    return ignored if ignored == alternatives else Outcome.uncertain(MIXED)


def apply_role(term: Term, occurrence: Outcome) -> Outcome:
    """The outcome of a term that occurs or not: an excluded term must not occur."""
    return occurrence.negated() if term.role is Role.EXCLUDED else occurrence


def occurs(sought: Phrase | Regex, message: str) -> Outcome:
    match sought:
        case Phrase(text) if text.isspace():
            return Outcome.unanimous((True, text in message), BLANK)
        case Phrase(text) if "*" in text:
            return Outcome.unanimous(
                (text in message, *star_interpretations(f"*{text}*", message)), TERM_STAR
            )
        case Phrase(text):
            return Outcome.MATCH if text in message else Outcome.NO_MATCH
        case Regex():
            answers = equality(message, sought)
            return Outcome.unanimous(
                (bool(answer) for answer in answers.interpretations), answers.reason
            )
        case _:
            assert_never(sought)


# ---------------------------------------------------------------- fields

_WORD = r'"[^"]*"(?=[{blanks}]|\Z)|\[[^\]]*\](?=[{blanks}]|\Z)|[^{blanks}]+'
_AT_SPACES = re.compile(_WORD.format(blanks=" "))
_AT_WHITESPACE = re.compile(_WORD.format(blanks=r"\s"))


@dataclass(frozen=True, slots=True)
class Word:
    """A field of a line; `rest` is the line from its start on."""

    text: str
    rest: str


def words(message: str, separator: re.Pattern[str] = _AT_SPACES) -> list[Word]:
    """Divide a line into fields. Text in double quotes or brackets is one field."""
    return [
        Word(_bare(match[0]), message[match.start() :].rstrip())
        for match in separator.finditer(message)
    ]


def _bare(word: str) -> str:
    return word[1:-1] if len(word) > 1 and (word[0], word[-1]) in (('"', '"'), ("[", "]")) else word


def space_outcome(pattern: SpaceDelimited, message: str) -> Outcome:
    outcome = _fields_outcome(pattern, words(message))
    if not any(blank in message for blank in "\t\n\r\v\f"):
        return outcome
    with_whitespace = _fields_outcome(pattern, words(message, _AT_WHITESPACE))
    return outcome if outcome == with_whitespace else Outcome.uncertain(TABS)


def _fields_outcome(pattern: SpaceDelimited, line: list[Word]) -> Outcome:
    pairs = align_fields(pattern, line)
    if pairs is None:
        return Outcome.NO_MATCH
    last_takes_rest = len(pairs) < len(line) and FieldEllipsis() not in pattern.fields
    outcome = Outcome.all_of(field_outcome(field.condition, word.text) for field, word in pairs)
    if not last_takes_rest or pairs[-1][0].condition is None:
        return outcome
    field, word = pairs[-1]
    whole = Outcome.all_of(
        [
            *(field_outcome(field.condition, word.text) for field, word in pairs[:-1]),
            field_outcome(field.condition, word.rest),
        ]
    )
    return outcome if outcome == whole else Outcome.uncertain(REST)


def align_fields(pattern: SpaceDelimited, line: list[Word]) -> list[tuple[Field, Word]] | None:
    """Each named field with its word; `None` if the line has too few words."""
    named = [field for field in pattern.fields if isinstance(field, Field)]
    if len(named) > len(line):
        return None
    if FieldEllipsis() not in pattern.fields:
        return list(zip(named, line, strict=False))
    before = pattern.fields.index(FieldEllipsis())
    after = len(named) - before
    chosen = line[:before] + line[len(line) - after :]
    return list(zip(named, chosen, strict=True))


def field_outcome(condition: FieldCondition | None, text: str) -> Outcome:
    match condition:
        case None:
            return Outcome.MATCH
        case FieldAnd(parts):
            return Outcome.all_of(field_outcome(part, text) for part in parts)
        case FieldOr(parts):
            return Outcome.any_of(field_outcome(part, text) for part in parts)
        case FieldComparison():
            return _field_compared(condition, text)
        case _:
            assert_never(condition)


_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,6})?")


def _field_compared(condition: FieldComparison, text: str) -> Outcome:
    """Compare text; text that is a number is compared with a number by value."""
    operator, value = condition.operator, condition.value
    if not isinstance(value, Number):
        return compare(text, operator, value)
    as_text = compare(text, operator, Text(value.literal))
    if not _NUMBER.fullmatch(text):
        return as_text
    by_value = compare(NumberText(text), operator, value)
    if operator.value in ("=", "!=") and as_text != by_value:
        return Outcome.uncertain(FIELD_NUMBER)
    return by_value
