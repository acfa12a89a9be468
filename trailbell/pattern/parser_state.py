"""
What every parser of patterns needs: a place in the tokens, and the reading of values.

In:    the text of a pattern.
Out:   tokens one by one, values as nodes, faults as `PatternError` at the right place.
Never: a decision about conditions; those are the parsers'.
"""

import re
from dataclasses import dataclass, field

from trailbell.errors import PatternError
from trailbell.pattern.ast import Number, Operator, Regex, Text, Value
from trailbell.pattern.lexer import Kind, Token, tokens
from trailbell.pattern.regex import RegexError, translate

MOST_REGEXES = 2
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/regex-expressions.html (quotas)

# The signs and the exponent that the guide of 2018 spells out; it asks for a digit before the dot.
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,6})?")
_LIKE_A_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_PLAIN_WORD = re.compile(r"[A-Za-z0-9_.*]+")


@dataclass(frozen=True, slots=True)
class Doubt:
    """A spelling that no AWS page shows and nobody recorded the service accepting or refusing."""

    start: int
    end: int
    reason: str


THIRD_REGEX = "a third regular expression"
UNQUOTED = "without quotes the guide shows letters, digits, '_', '.' and '*' only"


@dataclass
class Source:
    """The text, what was found doubtful in it, and how many regular expressions it holds so far."""

    text: str
    doubts: list[Doubt] = field(default_factory=list)
    regexes: int = 0

    def doubt(self, start: int, end: int, reason: str) -> None:
        self.doubts.append(Doubt(start, end, reason))

    def fault(self, position: int, found: str, expected: str) -> PatternError:
        return PatternError(self.text, position, found, expected)

    def unquote(self, start: int, quoted: str) -> str:
        """The text between the quotes of ``quoted``, which begins at ``start`` of the pattern."""
        parts: list[str] = []
        position = 1
        while position < len(quoted) - 1:
            character = quoted[position]
            if character == "\\":
                escaped = quoted[position + 1]
                if escaped not in '"\\':
                    parts.append(character)
                    reason = f'only \\" and \\\\ are known escapes; what \\{escaped} means is not'
                    self.doubt(start + position, start + position + 2, reason)
                character = escaped
                position += 1
            parts.append(character)
            position += 1
        return "".join(parts)

    def regex(self, start: int, written: str) -> Regex:
        """``%...%`` at ``start``, checked."""
        self.regexes += 1
        if self.regexes > MOST_REGEXES:
            raise self.fault(
                start,
                THIRD_REGEX,
                f"a pattern holds {MOST_REGEXES} at most; join them with '|'",
            )
        try:
            translate(written[1:-1])
        except RegexError as fault:
            raise self.fault(start + 1 + fault.position, fault.found, fault.expected) from fault
        return Regex(written[1:-1])

    def unclosed(self, position: int) -> PatternError | None:
        """The fault of a quote or a percent sign that opens something and is never closed."""
        match self.text[position : position + 1]:
            case '"':
                return self.fault(position, "unclosed '\"'", "close it with '\"'")
            case "%":
                return self.fault(position, "unclosed '%'", "close it with '%'")
            case _:
                return None


class Cursor:
    """The tokens of a pattern in braces or brackets, one by one."""

    def __init__(self, source: Source, start: int) -> None:
        self.source = source
        self._tokens = tokens(source.text, start)
        self._position = 0

    @property
    def here(self) -> Token:
        return self._tokens[self._position]

    @property
    def before(self) -> Token:
        return self._tokens[self._position - 1]

    def at(self, *kinds: Kind) -> bool:
        return self.here.kind in kinds

    def take(self) -> Token:
        token = self.here
        self._position += token.kind is not Kind.END
        return token

    def fault(self, expected: str) -> PatternError:
        """The token that stands here is not what should."""
        here = self.here
        if unclosed := self.source.unclosed(here.start) if here.kind is Kind.UNKNOWN else None:
            return unclosed
        found = "the pattern ends" if here.kind is Kind.END else f"unexpected {here.text!r}"
        return self.source.fault(here.start, found, expected)

    def operator(self, expected: str) -> Operator:
        if not self.at(Kind.OPERATOR):
            raise self.fault(expected)
        token = self.take()
        if self.at(Kind.OPERATOR) and self.here.start == token.end:
            wrong = token.text + self.here.text
            raise self.source.fault(token.start, f"unexpected {wrong!r}", _operator_for(wrong))
        if self.source.text.startswith("~", token.end):
            wrong = token.text + "~"
            raise self.source.fault(
                token.start, f"unexpected {wrong!r}", "use '=' and a regular expression: = %...%"
            )
        return Operator(token.text)

    def value(self, operator: Operator) -> Value:
        """What follows an operator; the ordering operators take a number only."""
        token = self.here
        value = self._value()
        if operator in (Operator.EQUAL, Operator.NOT_EQUAL) or isinstance(value, Number):
            return value
        raise self.source.fault(
            token.start,
            f"unexpected {token.text!r}",
            f"'{operator}' takes a number, without quotes",
        )

    def _value(self) -> Value:
        token = self.here
        match token.kind:
            case Kind.TEXT:
                self.take()
                return Text(self.source.unquote(token.start, token.text))
            case Kind.REGEX:
                self.take()
                return self.source.regex(token.start, token.text)
            case Kind.WORD:
                self.take()
                self._refuse_special()
                return self._bare(token)
            case Kind.SELECTOR:
                raise self.fault(
                    "the right side is text or a number; two members cannot be compared"
                )
            case Kind.UNKNOWN if self.here.text != "$":
                raise self.fault('put the value in quotes: "..."')
            case _:
                raise self.fault('a value should follow: "text", a number or %regex%')

    def _refuse_special(self) -> None:
        """A bare word ends where something that may stand after it begins."""
        ends = (Kind.UNKNOWN, Kind.TEXT, Kind.REGEX, Kind.SELECTOR)
        if self.here.kind in ends and self.here.start == self.before.end:
            where = self.here
            if where.kind is Kind.UNKNOWN and where.text in "&|":
                return
            raise self.source.fault(
                where.start,
                f"unexpected {where.text[0]!r} in a value without quotes",
                'put the whole value in quotes: "..."',
            )

    def _bare(self, token: Token) -> Value:
        if _NUMBER.fullmatch(token.text):
            return Number(token.text)
        if _LIKE_A_NUMBER.fullmatch(token.text):
            self.source.doubt(
                token.start, token.end, "a number written so: the guide asks for 0.5, not .5 or 5."
            )
        elif not _PLAIN_WORD.fullmatch(token.text):
            self.source.doubt(token.start, token.end, UNQUOTED)
        return Text(token.text, quoted=False)


def _operator_for(wrong: str) -> str:
    return {"==": "use '='", "<>": "use '!='", "=<": "use '<='", "=>": "use '>='"}.get(
        wrong, "use one of = != < <= > >="
    )
