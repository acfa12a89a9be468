"""
Conditions in Python, for detections that are hard to write as text.

::

    all_of(
        field("eventSource").equals("iam.amazonaws.com"),
        field("eventName").one_of("CreateUser", "CreateAccessKey"),
        field("userIdentity.invokedBy").missing(),
    )

In:    paths and values.
Out:   conditions; `FilterPattern.of` makes a pattern of a condition.
Never: a spelling that AWS does not document, or a ``!=`` that lacks its guard by accident.
"""

import math
from dataclasses import dataclass

from trailbell.errors import PatternError
from trailbell.pattern.ast import (
    And,
    AnyElement,
    AnyMember,
    Comparison,
    Condition,
    IsLiteral,
    JsonPattern,
    Literal,
    NotExists,
    Number,
    Operator,
    Or,
    Regex,
    Selector,
    Text,
    Value,
)
from trailbell.pattern.parser import tree


def all_of(first: Condition, *others: Condition) -> Condition:
    """Require every condition. One condition stays as it is, and `all_of` in it is flattened."""
    parts: list[Condition] = []
    for condition in (first, *others):
        parts += condition.parts if isinstance(condition, And) else [condition]
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def any_of(first: Condition, *others: Condition) -> Condition:
    """Require at least one of the conditions."""
    parts: list[Condition] = []
    for condition in (first, *others):
        parts += condition.parts if isinstance(condition, Or) else [condition]
    return parts[0] if len(parts) == 1 else Or(tuple(parts))


def field(path: str) -> "FieldRef":
    """
    The field that a condition is about: ``eventName``, ``userIdentity.type``,
    ``resources[0].ARN``, ``items[*].cidrIp``, ``tags.['a.b']``.

    Raises `PatternError` if the path is not valid.
    """
    pattern, ambiguities = tree(f"{{ $.{path} IS NULL }}")
    match pattern:
        case JsonPattern(IsLiteral(selector)) if not ambiguities:
            return FieldRef(selector)
        case _:
            raise PatternError(path, 0, "the path is not valid", "separate names with dots")


@dataclass(frozen=True, slots=True)
class FieldRef:
    """A field, made by `field`. Text is compared with case and must not contain a star."""

    selector: Selector

    def equals(self, value: str | float) -> Condition:
        """Text equals a string; a number equals a number of the same value."""
        return Comparison(self.selector, Operator.EQUAL, _value(value))

    def one_of(self, first: str | float, *others: str | float) -> Condition:
        """The field equals one of the values."""
        return any_of(*map(self.equals, (first, *others)))

    def starts_with(self, prefix: str) -> Condition:
        """Text starts with a prefix."""
        return self._equals_text(f"{_plain(prefix)}*")

    def ends_with(self, suffix: str) -> Condition:
        """Text ends with a suffix."""
        return self._equals_text(f"*{_plain(suffix)}")

    def contains(self, text: str) -> Condition:
        """Text contains another one."""
        return self._equals_text(f"*{_plain(text)}*")

    def matches(self, regex: str) -> Condition:
        """The regular expression matches anywhere in the value. A pattern can have two of them."""
        return Comparison(self.selector, Operator.EQUAL, Regex(regex))

    def present(self) -> Condition:
        """The value is a string or a number, not null, an object or an array."""
        return self._equals_text("*")

    def differs(self, first: str | float, *others: str | float) -> Condition:
        """
        The field has none of the values, or is missing or null.

        ``!=`` alone is false without the field:
        https://github.com/DataBiosphere/azul/issues/5884
        """
        return self._absent_or(all_of(*map(self._unequal, map(_value, (first, *others)))))

    def does_not_start_with(self, first: str, *others: str) -> Condition:
        """The value starts with none of the prefixes, or is missing or null."""
        return self._absent_or(self.present_and_does_not_start_with(first, *others))

    def does_not_contain(self, first: str, *others: str) -> Condition:
        """The value contains none of the texts, or is missing or null."""
        return self._absent_or(self.present_and_does_not_contain(first, *others))

    def present_and_differs(self, first: str | float, *others: str | float) -> Condition:
        """The value is a string or a number, and none of these."""
        return all_of(*map(self._unequal, map(_value, (first, *others))))

    def present_and_does_not_start_with(self, first: str, *others: str) -> Condition:
        """The value is a string or a number, and starts with none of the prefixes."""
        patterns = (Text(f"{_plain(prefix)}*") for prefix in (first, *others))
        return all_of(*map(self._unequal, patterns))

    def present_and_does_not_contain(self, first: str, *others: str) -> Condition:
        """The value is a string or a number, and contains none of the texts."""
        patterns = (Text(f"*{_plain(text)}*") for text in (first, *others))
        return all_of(*map(self._unequal, patterns))

    def missing(self) -> Condition:
        """There is no value, not even null."""
        return NotExists(self.selector)

    def missing_or_null(self) -> Condition:
        """There is no value, or the value is null."""
        return any_of(self.missing(), self.is_null())

    def is_null(self) -> Condition:
        """The value is null; a missing field does not match."""
        return IsLiteral(self.selector, Literal.NULL)

    def is_true(self) -> Condition:
        """The value is the boolean true, such as of ``readOnly``; ``mfaAuthenticated`` is text."""
        return IsLiteral(self.selector, Literal.TRUE)

    def is_false(self) -> Condition:
        """The value is the boolean false; a missing field does not match."""
        return IsLiteral(self.selector, Literal.FALSE)

    def less_than(self, number: float) -> Condition:
        """The value is a number below this one."""
        return Comparison(self.selector, Operator.LESS, _number(number))

    def at_most(self, number: float) -> Condition:
        """The value is this number or below."""
        return Comparison(self.selector, Operator.LESS_OR_EQUAL, _number(number))

    def greater_than(self, number: float) -> Condition:
        """The value is a number above this one."""
        return Comparison(self.selector, Operator.GREATER, _number(number))

    def at_least(self, number: float) -> Condition:
        """The value is this number or above."""
        return Comparison(self.selector, Operator.GREATER_OR_EQUAL, _number(number))

    def _equals_text(self, text: str) -> Condition:
        return Comparison(self.selector, Operator.EQUAL, Text(text))

    def _unequal(self, value: Value) -> Condition:
        if any(isinstance(step, AnyElement | AnyMember) for step in self.selector.steps):
            raise PatternError(
                "!=", 0, "AWS does not document '!=' for a selector with a wildcard", "use an index"
            )
        return Comparison(self.selector, Operator.NOT_EQUAL, value)

    def _absent_or(self, condition: Condition) -> Condition:
        return any_of(self.missing(), self.is_null(), condition)


def _value(value: str | float) -> Value:
    return Text(_plain(value)) if isinstance(value, str) else _number(value)


def _plain(text: str) -> str:
    if "*" in text:
        raise PatternError(
            text,
            text.index("*"),
            "the text has a star, which would be a wildcard",
            "use starts_with, ends_with or contains",
        )
    return text


def _number(number: float) -> Number:
    if isinstance(number, bool) or not math.isfinite(number):
        raise PatternError(
            str(number),
            0,
            f"{number} is not a finite number",
            "use a finite number, or is_true or is_false for a boolean",
        )
    return Number(repr(number))
