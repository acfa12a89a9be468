"""
What all parsers of patterns share: the position in the tokens, and the parsing of values.

In:    the text of a pattern.
Out:   tokens one by one, values as nodes, and `PatternError` at the right position.
Never: a decision about conditions, which is up to each parser.
"""

import re
from dataclasses import dataclass, field

from trailbell.errors import PatternError
from trailbell.pattern.ast import Number, Operator, Regex, Text, Value
from trailbell.pattern.lexer import Token, TokenKind, tokens
from trailbell.pattern.regex import RegexError, translate

MAX_REGEXES = 2
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/regex-expressions.html (quotas)

# The guide of 2018 documents the signs and the exponent, and requires a digit before the dot.
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,6})?")
_LIKE_A_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_PLAIN_WORD = re.compile(r"[A-Za-z0-9_.*]+")


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A spelling that AWS does not document, so that the service may accept or reject it."""

    start: int
    end: int
    reason: str


TOO_MANY_REGEXES = f"the pattern has more than {MAX_REGEXES} regular expressions"
UNQUOTED = "AWS documents only letters, digits, '_', '.' and '*' in a value without quotes"


@dataclass
class ParserState:
    """The text of a pattern, its ambiguities and the number of its regular expressions so far."""

    text: str
    ambiguities: list[Ambiguity] = field(default_factory=list)
    regexes: int = 0

    def add_ambiguity(self, start: int, end: int, reason: str) -> None:
        self.ambiguities.append(Ambiguity(start, end, reason))

    def error(self, position: int, problem: str, hint: str) -> PatternError:
        return PatternError(self.text, position, problem, hint)

    def unquote(self, start: int, quoted: str) -> str:
        """The text of ``quoted`` without quotes and escapes; it begins at ``start``."""
        parts: list[str] = []
        position = 1
        while position < len(quoted) - 1:
            character = quoted[position]
            if character == "\\":
                escaped = quoted[position + 1]
                if escaped not in '"\\':
                    parts.append(character)
                    reason = f'AWS documents only the escapes \\" and \\\\, not \\{escaped}'
                    self.add_ambiguity(start + position, start + position + 2, reason)
                character = escaped
                position += 1
            parts.append(character)
            position += 1
        return "".join(parts)

    def regex(self, start: int, quoted: str) -> Regex:
        """The regular expression ``%...%`` at ``start``, if it is valid."""
        self.regexes += 1
        if self.regexes > MAX_REGEXES:
            raise self.error(
                start,
                TOO_MANY_REGEXES,
                "join regular expressions on the same field with '|'",
            )
        try:
            translate(quoted[1:-1])
        except RegexError as error:
            raise self.error(start + 1 + error.position, error.problem, error.hint) from error
        return Regex(quoted[1:-1])

    def unclosed_error(self, position: int) -> PatternError | None:
        """The error for a quote or a percent sign at ``position`` that is never closed."""
        match self.text[position : position + 1]:
            case '"':
                return self.error(position, "'\"' is never closed", "close it with '\"'")
            case "%":
                return self.error(position, "'%' is never closed", "close it with '%'")
            case _:
                return None


class TokenStream:
    """The tokens of a pattern in braces or brackets, one by one."""

    def __init__(self, state: ParserState, start: int) -> None:
        self.state = state
        self._tokens = tokens(state.text, start)
        self._position = 0

    @property
    def current(self) -> Token:
        return self._tokens[self._position]

    @property
    def previous(self) -> Token:
        return self._tokens[self._position - 1]

    def is_at(self, *kinds: TokenKind) -> bool:
        return self.current.kind in kinds

    def advance(self) -> Token:
        token = self.current
        self._position += token.kind is not TokenKind.END
        return token

    def error(self, hint: str) -> PatternError:
        """The error for a current token that is not allowed."""
        current = self.current
        match current.kind:
            case TokenKind.UNKNOWN if unclosed := self.state.unclosed_error(current.start):
                return unclosed
            case TokenKind.END:
                return self.state.error(current.start, "the pattern ends too early", hint)
            case _:
                return self.state.error(current.start, f"unexpected {current.text!r}", hint)

    def operator(self, hint: str) -> Operator:
        if not self.is_at(TokenKind.OPERATOR):
            raise self.error(hint)
        token = self.advance()
        if self.is_at(TokenKind.OPERATOR) and self.current.start == token.end:
            wrong = token.text + self.current.text
            raise self.state.error(token.start, f"unexpected {wrong!r}", _operator_hint(wrong))
        if self.state.text.startswith("~", token.end):
            wrong = token.text + "~"
            raise self.state.error(
                token.start, f"unexpected {wrong!r}", "use '=' with a regular expression: = %...%"
            )
        return Operator(token.text)

    def value(self, operator: Operator) -> Value:
        """The value after an operator; the ordering operators take a number only."""
        token = self.current
        value = self._value()
        if operator in (Operator.EQUAL, Operator.NOT_EQUAL) or isinstance(value, Number):
            return value
        raise self.state.error(
            token.start,
            f"unexpected {token.text!r}",
            f"'{operator}' takes a number, without quotes",
        )

    def _value(self) -> Value:
        token = self.current
        match token.kind:
            case TokenKind.TEXT:
                self.advance()
                return Text(self.state.unquote(token.start, token.text))
            case TokenKind.REGEX:
                self.advance()
                return self.state.regex(token.start, token.text)
            case TokenKind.WORD:
                self.advance()
                self._reject_special()
                return self._bare(token)
            case TokenKind.SELECTOR:
                raise self.error("write a text, a number or %regex%; two fields cannot be compared")
            case TokenKind.UNKNOWN if self.current.text != "$":
                raise self.error('put the value in quotes: "..."')
            case _:
                raise self.error('expected a value: "text", a number or %regex%')

    def _reject_special(self) -> None:
        """Raise an error for a special character in a value without quotes."""
        ends = (TokenKind.UNKNOWN, TokenKind.TEXT, TokenKind.REGEX, TokenKind.SELECTOR)
        if self.current.kind in ends and self.current.start == self.previous.end:
            current = self.current
            if current.kind is TokenKind.UNKNOWN and current.text in "&|":
                return
            raise self.state.error(
                current.start,
                f"unexpected {current.text[0]!r} in a value without quotes",
                'put the whole value in quotes: "..."',
            )

    def _bare(self, token: Token) -> Value:
        if _NUMBER.fullmatch(token.text):
            return Number(token.text)
        if _LIKE_A_NUMBER.fullmatch(token.text):
            self.state.add_ambiguity(
                token.start, token.end, "AWS documents numbers such as 0.5, but not .5 or 5."
            )
        elif not _PLAIN_WORD.fullmatch(token.text):
            self.state.add_ambiguity(token.start, token.end, UNQUOTED)
        return Text(token.text, quoted=False)


def _operator_hint(wrong: str) -> str:
    return {"==": "use '='", "<>": "use '!='", "=<": "use '<='", "=>": "use '>='"}.get(
        wrong, "use one of = != < <= > >="
    )
