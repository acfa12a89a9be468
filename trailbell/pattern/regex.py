"""
Regular expressions of CloudWatch Logs, translated to those of Python.

In:    the text between two percent signs.
Out:   the same expression for `re`, with literal characters escaped; or `RegexError`.
Never: an expression passed to `re` unchanged. Nested sets, lookarounds and named groups mean
       something to Python, but nothing to CloudWatch Logs.

The subset: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/regex-expressions.html
The service rejects a space and a quote, although one example on that page has a space.
"""

import re
from dataclasses import dataclass

_SYMBOLS = frozenset(":_#=@/;,-")
_OPERATORS = frozenset("^$?[]{}|\\*+.")
_CLASSES = frozenset("dDsSwW")
_REPEAT = re.compile(r"\{([0-9]{0,6})(,?)([0-9]{0,6})\}")  # no log event has a million characters
_HEX = re.compile(r"[0-9A-Fa-f]{2}")
_LITERAL = re.compile(r"(\^?)((?:\\x[0-7][0-9A-Fa-f]|\\[^0-9A-Za-z]|[0-9A-Za-z:_#=@/;,-])+)(\$?)")
_ESCAPED = re.compile(r"\\(?:x([0-7][0-9A-Fa-f])|(.))")


@dataclass(frozen=True, slots=True)
class LiteralRegex:
    """The text that an expression searches for, and whether the value must begin or end with it."""

    text: str
    at_start: bool
    at_end: bool


def literal(source: str) -> LiteralRegex | None:
    r"""The text that an expression without operators is; `None` for any other expression.

    >>> literal(r"^\*$")
    LiteralRegex(text='*', at_start=True, at_end=True)
    """
    parts = _LITERAL.fullmatch(source)
    if parts is None:
        return None
    text = _ESCAPED.sub(
        lambda escape: chr(int(escape[1], 16)) if escape[1] else escape[2], parts[2]
    )
    return LiteralRegex(text, at_start=bool(parts[1]), at_end=bool(parts[3]))


@dataclass
class RegexError(Exception):
    """The position in the expression (from 0), what is wrong, and what to write instead."""

    position: int
    problem: str
    hint: str


def translate(source: str, *, end: str = "$") -> str:
    """
    Translate ``source`` for a search with `re.ASCII`, with ``end`` for every ``$``.

    Raises `RegexError` for everything that AWS does not document.
    """
    if not source:
        raise RegexError(
            0, "the regular expression is empty", "write an expression between the percent signs"
        )
    for position, character in enumerate(source):
        if not _is_supported(character):
            raise _unsupported(position, character)
    reader = _Reader(source, end)
    translated = reader.read()
    try:
        re.compile(translated, re.ASCII)
    except re.error as error:
        raise RegexError(
            0, f"the regular expression is not valid ({error.msg})", "correct it"
        ) from error
    return translated


def _is_supported(character: str) -> bool:
    return character.isascii() and (
        character.isalnum() or character in _SYMBOLS or character in _OPERATORS
    )


def _unsupported(position: int, character: str) -> RegexError:
    problem = f"unexpected {character!r} in a regular expression"
    if character in "()":
        return RegexError(
            position,
            problem,
            f"groups are not supported; write a literal parenthesis as \\x{ord(character):02X}",
        )
    if character.isspace():
        return RegexError(position, problem, "write whitespace as \\s")
    if ord(character) < 128:
        return RegexError(position, problem, f"write it as \\x{ord(character):02X}")
    return RegexError(
        position, problem, "only ASCII characters are supported; use a dot for any character"
    )


class _Reader:
    def __init__(self, source: str, end: str) -> None:
        self.source = source
        self.end = end
        self.position = 0
        self.out: list[str] = []

    def read(self) -> str:
        repeatable = False
        while self.position < len(self.source):
            match self.source[self.position]:
                case "[":
                    self.out.append(self._set())
                    repeatable = True
                case "\\":
                    self.out.append(self._escape())
                    repeatable = True
                case "?" | "*" | "+" | "{":
                    if not repeatable:
                        raise self._error("nothing to repeat", "escape it with '\\'")
                    self.out.append(self._repetition())
                    repeatable = False
                case "]" | "}" as character:
                    raise self._error(f"unexpected {character!r}", f"write it as '\\{character}'")
                case "^" | "$" | "|" as character:
                    self.out.append(self.end if character == "$" else character)
                    self.position += 1
                    repeatable = False
                case character:
                    self.out.append(character if character == "." else re.escape(character))
                    self.position += 1
                    repeatable = True
        return "".join(self.out)

    def _error(self, problem: str, hint: str) -> RegexError:
        return RegexError(self.position, f"{problem} in a regular expression", hint)

    def _escape(self) -> str:
        following = self.source[self.position + 1 : self.position + 2]
        if following in _CLASSES and following:
            self.position += 2
            return "\\" + following
        if following == "x":
            digits = _HEX.match(self.source, self.position + 2)
            if digits is None or int(digits[0], 16) > 0x7F:
                raise self._error(
                    "'\\x' without two hexadecimal digits of an ASCII character", "write '\\x3A'"
                )
            self.position += 4
            return re.escape(chr(int(digits[0], 16)))
        if following and not following.isalnum():
            self.position += 2
            return re.escape(following)
        raise self._error(
            f"unknown escape '\\{following}'",
            "use \\d \\D \\s \\S \\w \\W \\xHH, or '\\' before an operator",
        )

    def _repetition(self) -> str:
        if self.source[self.position] == "{":
            match = _REPEAT.match(self.source, self.position)
            if match is None or not (match[1] or match[3]):
                raise self._error("'{' without a count", "write {3}, {3,} or {3,5}, or '\\{'")
            if match[3] and int(match[1] or 0) > int(match[3]):
                raise self._error("counts in the wrong order", "write the smaller count first")
            repetition = match[0]
        else:
            repetition = self.source[self.position]
        self.position += len(repetition)
        following = self.source[self.position : self.position + 1]
        if (
            following == "?"
        ):  # the shortest match instead of the longest, which makes no difference here
            self.position += 1
        elif following and following in "*+{":
            raise self._error("repeated repetition", "remove one of the two")
        return repetition

    def _set(self) -> str:
        opened = self.position
        self.position += 1
        out = ["["]
        if self.source.startswith("^", self.position):
            out.append("^")
            self.position += 1
        first = self.position
        while self.position < len(self.source) and (
            self.source[self.position] != "]" or self.position == first
        ):
            match self.source[self.position]:
                case "]" | "[" as character:
                    raise self._error(
                        f"unexpected {character!r} between brackets", f"write it as '\\{character}'"
                    )
                case "\\":
                    out.append(self._escape())
                case "-":
                    out.append("-" if self._is_range(first) else "\\-")
                    self.position += 1
                case character:
                    out.append(re.escape(character))
                    self.position += 1
        if self.position >= len(self.source):
            self.position = opened
            raise self._error("unclosed '['", "close it with ']', or write '\\['")
        self.position += 1
        return "".join([*out, "]"])

    def _is_range(self, first: int) -> bool:
        return self.position > first and self.source[self.position + 1 : self.position + 2] not in (
            "]",
            "",
        )
