"""
The condition of a Logs Insights query as a filter pattern, so that two of them can be compared.

In:    the text of a ``filter`` command, as `trailbell.pattern.targets.insights` writes it.
Out:   a `FilterPattern` that matches the same records.
Never: a guess. Any other query, for example with a function, cannot be read.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from trailbell.errors import PatternError
from trailbell.pattern import all_of, any_of
from trailbell.pattern.ast import (
    Comparison,
    Condition,
    Index,
    IsLiteral,
    Literal,
    Member,
    NotExists,
    Number,
    Operator,
    Regex,
    Selector,
    Step,
    Text,
)
from trailbell.pattern.filter_pattern import FilterPattern

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<regex>/(?:\\.|[^/\\])*/)
      | (?P<text>"[^"\\]*")
      | (?P<symbol>!=|<=|>=|[=<>()\[\],])
      | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<word>[A-Za-z_]\w*(?:\.(?:\w+|`[^`]*`)|\[\d+\])*)
    )""",
    re.VERBOSE,
)
_STEP = re.compile(r"\.?(?:(?P<name>\w+)|`(?P<quoted>[^`]*)`)|\[(?P<position>\d+)\]")
_ANY_TEXT = r"[\s\S]*"
_LITERAL_PIECE = re.compile(r"(?:[^\\.^$*+?()\[\]{}|/]|\\[.^$*+?()\[\]{}|/]|\\x[0-9a-f]{2})*")
_ESCAPE = re.compile(r"\\x([0-9a-f]{2})|\\(.)")
_BOOLEANS = {"true": Literal.TRUE, "false": Literal.FALSE}


def read_query_condition(text: str) -> FilterPattern | None:
    """The pattern of a condition; None if it is not one that a filter pattern was compiled to."""
    reader = _Reader(text)
    try:
        condition = reader.alternatives()
        return FilterPattern.of(condition) if reader.is_at_end else None
    except (PatternError, _UnreadableError):
        return None


class _UnreadableError(Exception):
    """The condition has a part that no filter pattern is compiled to."""


@dataclass(frozen=True)
class _Present:
    """``ispresent(field)``, which guards the part after it."""

    selector: Selector


@dataclass(frozen=True)
class _Guarded:
    """A part that is true if the field is missing, unless `_Present` is before it."""

    comparison: Comparison


_Part = Condition | _Present | _Guarded


@dataclass
class _Reader:
    """A recursive descent over the tokens of a condition."""

    text: str
    position: int = 0

    @property
    def is_at_end(self) -> bool:
        return not self.text[self.position :].strip()

    def alternatives(self) -> Condition:
        """Parts after ``or``, of which two can be the ways to write one boolean."""
        parts = self._parts("or", self._conjunction)
        boolean = _boolean(parts)
        if boolean is not None:
            return boolean
        conditions = [_unguarded(part) for part in parts]
        return any_of(*conditions) if len(conditions) > 1 else conditions[0]

    def _conjunction(self) -> _Part:
        """Parts after ``and``. A guard and the part after it are one comparison."""
        parts = self._parts("and", self._clause)
        if len(parts) == 1:
            return parts[0]
        conditions: list[Condition] = []
        for part, following in zip(parts, [*parts[1:], None], strict=True):
            match part, following:
                case _Present(selector), _Guarded(comparison) if selector == comparison.selector:
                    conditions.append(comparison)
                case _Guarded(comparison), _ if conditions and conditions[-1] is comparison:
                    continue
                case _:
                    conditions.append(_unguarded(part))
        return all_of(*conditions) if len(conditions) > 1 else conditions[0]

    def _parts(self, word: str, read: Callable[[], _Part]) -> list[_Part]:
        parts = [read()]
        while self._take(word):
            parts.append(read())
        return parts

    def _clause(self) -> _Part:
        if self._take("("):
            inner: _Part = self.alternatives()
            self._require(")")
            return inner
        if self._take("not"):
            self._require("ispresent")
            return any_of(
                NotExists(selector := self._field_in_parentheses()),
                IsLiteral(selector, Literal.NULL),
            )
        if self._take("ispresent"):
            return _Present(self._field_in_parentheses())
        return self._comparison(_selector(self._token("word")))

    def _comparison(self, selector: Selector) -> _Part:
        if self._take("not"):
            self._require("like")
            return _Guarded(self._like(selector, Operator.NOT_EQUAL))
        if self._take("like"):
            return self._like(selector, Operator.EQUAL)
        if self._take("in"):
            self._require("[")
            options = [self._text()]
            while self._take(","):
                options.append(self._text())
            self._require("]")
            equal = [Comparison(selector, Operator.EQUAL, option) for option in options]
            return any_of(*equal) if len(equal) > 1 else equal[0]
        operator = Operator(self._take("=", "!=", "<=", ">=", "<", ">") or self._fail())
        if operator in (Operator.EQUAL, Operator.NOT_EQUAL) and self._is_next("text"):
            compared = Comparison(selector, operator, self._text())
            return compared if operator is Operator.EQUAL else _Guarded(compared)
        return _Guarded(Comparison(selector, operator, Number(self._token("number"))))

    def _like(self, selector: Selector, operator: Operator) -> Comparison:
        source = self._token("regex")[1:-1]
        return Comparison(selector, operator, _starred(source) or Regex(source.replace("\\/", "/")))

    def _text(self) -> Text:
        return Text(self._token("text")[1:-1])

    def _field_in_parentheses(self) -> Selector:
        self._require("(")
        selector = _selector(self._token("word"))
        self._require(")")
        return selector

    def _is_next(self, kind: str) -> bool:
        token = _TOKEN.match(self.text, self.position)
        return token is not None and token[kind] is not None

    def _token(self, kind: str) -> str:
        token = _TOKEN.match(self.text, self.position)
        if token is None or token[kind] is None:
            self._fail()
        self.position = token.end()
        return str(token[kind])

    def _take(self, *tokens: str) -> str:
        token = _TOKEN.match(self.text, self.position)
        if token is None or token[0].strip() not in tokens:
            return ""
        self.position = token.end()
        return token[0].strip()

    def _require(self, token: str) -> None:
        if not self._take(token):
            self._fail()

    def _fail(self) -> NoReturn:
        raise _UnreadableError(self.text[self.position :])


def _unguarded(part: _Part) -> Condition:
    match part:
        case _Present(selector):
            return Comparison(selector, Operator.EQUAL, Text("*"))
        case _Guarded():
            raise _UnreadableError(part)
        case _:
            return part


def _boolean(parts: list[_Part]) -> Condition | None:
    """``field = 1 or field = "true"``: the two ways to write a boolean."""
    match parts:
        case [_Guarded(Comparison(selector, Operator.EQUAL, Number(digit))), Comparison() as text]:
            literal = _BOOLEANS.get(text.value.text) if isinstance(text.value, Text) else None
            if text.selector == selector and literal and digit == str(int(literal == "TRUE")):
                return IsLiteral(selector, literal)
            return None
        case _:
            return None


def _selector(field: str) -> Selector:
    steps: list[Step] = [
        Index(int(step["position"])) if step["position"] else Member(step["name"] or step["quoted"])
        for step in _STEP.finditer(field)
    ]
    if steps[0] == Member("record") and len(steps) > 1:
        steps = steps[1:]
    return Selector(tuple(steps))


def _starred(source: str) -> Text | None:
    """The text with stars that an expression was compiled from; None for any other expression."""
    begins = source.startswith("^")
    ends = source.endswith("$") and not source.endswith("\\$")
    pieces = source[begins : len(source) - ends].split(_ANY_TEXT)
    if not all(map(_LITERAL_PIECE.fullmatch, pieces)):
        return None
    text = "*".join(_ESCAPE.sub(lambda e: chr(int(e[1], 16)) if e[1] else e[2], p) for p in pieces)
    return Text(f"{'' if begins else '*'}{text}{'' if ends else '*'}")
