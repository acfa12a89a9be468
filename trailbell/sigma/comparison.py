"""
A field and a value of a rule as the condition of a filter pattern.

In:    the selector, the value as pySigma reads it, and what is known of the field.
Out:   the condition for records in which the field equals the value, or in which it does not.
Never: ``!=`` without a guard: it is false for records without the field, and ``not`` is true.

https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-rules-specification.md
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sigma.types import (
    CompareOperators,
    Placeholder,
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaRegularExpressionFlag,
    SigmaString,
    SigmaTimestampPart,
    SigmaType,
    SpecialChars,
)

from trailbell.pattern import all_of, any_of
from trailbell.pattern.ast import (
    Comparison,
    Condition,
    IsLiteral,
    Literal,
    NotExists,
    Number,
    Operator,
    Regex,
    Selector,
    Text,
    has_wildcard,
)
from trailbell.pattern.printer import selector_text
from trailbell.pattern.record_schema import REQUIRED_FIELDS, FieldType
from trailbell.sigma.addresses import addresses_in
from trailbell.sigma.glob import Glob, Style, Wildcard, normalize, values_of
from trailbell.sigma.joining import absent_or, all_without_copies, any_without_copies
from trailbell.sigma.names import spellings
from trailbell.sigma.places import Context, places_of
from trailbell.sigma.refused import LeftOutError, RefusedError
from trailbell.sigma.regular_expression import alternatives_of

_BOOLEANS = {"true": True, "false": False}
_OPERATORS = {
    CompareOperators.LT: (Operator.LESS, Operator.GREATER_OR_EQUAL),
    CompareOperators.LTE: (Operator.LESS_OR_EQUAL, Operator.GREATER),
    CompareOperators.GT: (Operator.GREATER, Operator.LESS_OR_EQUAL),
    CompareOperators.GTE: (Operator.GREATER_OR_EQUAL, Operator.LESS),
}
_NO_ERROR = ("success", "null", "none", "ok")
_LIST_VALUES = "list the values in the rule"


@dataclass(frozen=True)
class Order:
    """A comparison of numbers, and the one that is true if it is false for a number."""

    operator: Operator
    opposite: Operator
    number: Number


@dataclass(frozen=True)
class Absent:
    """There is no value; with ``null``, a value of null is none either."""

    null: bool


Value = Text | Regex | Order | bool
"""What a field is compared with; a boolean is also the text that reads like one."""


@dataclass(frozen=True)
class FieldComparison:
    """
    A field that must equal all values of one of the alternatives, or be absent.

    ``selectors`` are the places of the field. ``case`` names the field if the pattern compares it
    with case, but the rule does not. ``members``: the field is an object, and its members are
    compared.
    """

    selectors: tuple[Selector, ...]
    alternatives: tuple[tuple[Value, ...], ...]
    type: FieldType | None
    absent: Absent | None = None
    exists: Absent | None = None
    case: str = ""
    members: bool = False
    notes: tuple[str, ...] = ()

    def condition(self, *, negated: bool) -> Condition | bool:
        """The condition for the field, or for its opposite.

        It is true or false if every record meets it, or none does, because none has the value.
        """
        if negated:
            return self._opposite()
        if self.absent or self.exists:
            return self._absence(self.absent, self.exists)
        if not self.alternatives:
            return False
        return any_without_copies(
            all_of(*(self._equal(selector, value) for value in values))
            for selector in self.selectors
            for values in self.alternatives
        )

    def _opposite(self) -> Condition | bool:
        if self.absent or self.exists:
            return self._absence(self.exists, self.absent)
        selector = self.selectors[0]
        if self.members or has_wildcard(selector):
            raise LeftOutError(
                "a filter pattern cannot say that nothing in an object or a list has a value",
                "leave the exclusion out",
            )
        if not self.alternatives:
            return True
        if (Text("*"),) in self.alternatives:
            return absent_or(selector)
        differs = all_without_copies(
            any_of(*(self._unequal(selector, value) for value in values))
            for values in self.alternatives
        )
        return differs if selector in REQUIRED_FIELDS else absent_or(selector, differs)

    def _absence(self, absent: Absent | None, exists: Absent | None) -> Condition:
        selector = self.selectors[0]
        if absent:
            null = (IsLiteral(selector, Literal.NULL),) if absent.null else ()
            return any_of(NotExists(selector), *null)
        if self.members or has_wildcard(selector):
            raise RefusedError(
                f"a filter pattern cannot say that {selector_text(selector)}, which is an object "
                "or a list, exists",
                "name one of its members",
            )
        null = () if exists and exists.null else (IsLiteral(selector, Literal.NULL),)
        return any_of(self._equal(selector, Text("*")), *null)

    def _equal(self, selector: Selector, value: Value) -> Condition:
        match value:
            case bool():
                return any_of(*self._booleans(selector, Operator.EQUAL, flag=value))
            case Order(operator, _, number):
                return Comparison(selector, operator, number)
            case Text("*") if not self.members:
                return any_of(*self._present(selector))
            case _:
                return Comparison(selector, Operator.EQUAL, value)

    def _present(self, selector: Selector) -> Iterator[Condition]:
        if self.type is not FieldType.BOOLEAN:
            yield Comparison(selector, Operator.EQUAL, Text("*"))
        if self.type in (None, FieldType.BOOLEAN):
            yield IsLiteral(selector, Literal.TRUE)
            yield IsLiteral(selector, Literal.FALSE)

    def _unequal(self, selector: Selector, value: Value) -> Condition:
        match value:
            case bool():
                return any_of(*self._booleans(selector, Operator.NOT_EQUAL, flag=value))
            case Order(_, opposite, number):
                return Comparison(selector, opposite, number)
            case _:
                return Comparison(selector, Operator.NOT_EQUAL, value)

    def _booleans(
        self, selector: Selector, operator: Operator, *, flag: bool
    ) -> Iterator[Condition]:
        if self.type in (None, FieldType.BOOLEAN):
            literal = flag if operator is Operator.EQUAL else not flag
            yield IsLiteral(selector, Literal.TRUE if literal else Literal.FALSE)
        if self.type is not FieldType.BOOLEAN:
            yield Comparison(selector, operator, Text("true" if flag else "false"))


def comparison_of(
    selector: Selector, value: SigmaType, context: Context, style: Style
) -> FieldComparison:
    """The comparison of a field with a value. Raises `RefusedError`."""
    places, members = places_of(selector, context)
    comparison = FieldComparison(places, (), context.type, members=members)
    match value:
        case SigmaNull():
            return replace(comparison, absent=Absent(null=True))
        case SigmaExists():
            absence = Absent(null=False)
            if value.exists:
                return replace(comparison, exists=absence)
            return replace(comparison, absent=absence)
        case SigmaString():
            cased = isinstance(value, SigmaCasedString)
            glob = _glob(value)
            return _compared(comparison, selector, context, glob, style, cased=cased)
        case SigmaExpansion():
            inner = [comparison_of(selector, each, context, style) for each in value.values]
            alternatives = [values for each in inner for values in each.alternatives]
            return replace(inner[0], alternatives=tuple(dict.fromkeys(alternatives)))
        case _:
            return replace(comparison, alternatives=tuple(_other_alternatives(value, style)))


def _glob(value: SigmaString) -> Glob:
    parts: list[str | Wildcard] = []
    for part in value.s:
        match part:
            case Placeholder(name):
                raise RefusedError(f'the value has the placeholder "%{name}%"', _LIST_VALUES)
            case SpecialChars.WILDCARD_MULTI:
                parts.append(Wildcard.ANY_TEXT)
            case SpecialChars.WILDCARD_SINGLE:
                parts.append(Wildcard.ONE_CHARACTER)
            case str():
                parts.append(part)
    return normalize(parts)


def _compared(
    comparison: FieldComparison,
    selector: Selector,
    context: Context,
    glob: Glob,
    style: Style,
    *,
    cased: bool,
) -> FieldComparison:
    """A comparison with text: in the spelling of CloudTrail, if it has one."""
    if not comparison.members and (flags := _flags(selector, context, glob)):
        return replace(comparison, alternatives=tuple((flag,) for flag in flags))
    name = selector_text(selector).removeprefix("$.")
    variants, is_known = ((glob,), True) if cased else spellings(selector, context.scope, glob)
    if name == "errorCode" and len(glob) == 1 and str(glob[0]).lower() in _NO_ERROR:
        variants = ()
    style = replace(style, ignore_case=style.ignore_case and not is_known)
    alternatives = (values_of(variant, style) for variant in variants)
    return replace(
        comparison,
        alternatives=tuple(dict.fromkeys(alternatives)),
        case="" if is_known or style.ignore_case else name,
        notes=tuple(_notes(name, glob, variants)),
    )


def _notes(name: str, glob: Glob, variants: tuple[Glob, ...]) -> Iterator[str]:
    texts = [part for part in glob if isinstance(part, str)]
    if not variants:
        why = ": calls that succeed have none" if name == "errorCode" else ""
        yield f'No record has the {name} "{"*".join(texts)}"{why}.'
    for variant in variants:
        for text, spelled in zip(texts, (p for p in variant if isinstance(p, str)), strict=False):
            if text != spelled:
                yield f'CloudTrail spells "{text}" of {name} as "{spelled}".'


def _flags(selector: Selector, context: Context, glob: Glob) -> list[bool]:
    """The booleans that the text reads like; none if the field is compared as text.

    Raises `RefusedError` if the field is a boolean, and the text no boolean.
    """
    text = glob[0].lower() if len(glob) == 1 and isinstance(glob[0], str) else ""
    flags = [_BOOLEANS[text]] if text in _BOOLEANS else []
    if context.type is FieldType.BOOLEAN and glob != (Wildcard.ANY_TEXT,) and not flags:
        raise RefusedError(
            f"{selector_text(selector)} is true or false in records, and never other text",
            "compare it with true or false",
        )
    return flags if context.type in (None, FieldType.BOOLEAN) else []


def _other_alternatives(value: SigmaType, style: Style) -> Iterator[tuple[Value, ...]]:
    match value:
        case SigmaTimestampPart():
            raise RefusedError("a filter pattern cannot compare parts of a time", _LIST_VALUES)
        case SigmaBool():
            yield (value.boolean,)
        case SigmaNumber():
            yield (Text(str(value.number)),)
        case SigmaCompareExpression():
            yield (Order(*_OPERATORS[value.op], Number(str(value.number.number))),)
        case SigmaRegularExpression():
            ignore_case = SigmaRegularExpressionFlag.IGNORECASE in value.flags
            if SigmaRegularExpressionFlag.MULTILINE in value.flags:
                raise RefusedError("CloudWatch Logs has no multiline mode", "remove |m")
            yield from alternatives_of(str(value.regexp), replace(style, ignore_case=ignore_case))
        case SigmaCIDRExpression():
            for text in addresses_in(value.network):
                yield (Text(text),)
        case _:
            raise LeftOutError("a filter pattern cannot compare two fields", _LIST_VALUES)
