"""
Regular expressions as CloudWatch Logs reads them, made into ones that Python reads.

In:    what stands between two percent signs.
Out:   the same expression for `re`, literal characters escaped; or `RegexError`.
Never: an expression that reaches `re` untouched: sets within sets, lookarounds and named
       groups mean something to Python and nothing to CloudWatch Logs.

The subset: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/regex-expressions.html
A blank and a quote are refused by the service, although one example of that page holds a blank.
"""

import re
from dataclasses import dataclass

_SYMBOLS = frozenset(":_#=@/;,-")
_OPERATORS = frozenset("^$?[]{}|\\*+.")
_CLASSES = frozenset("dDsSwW")
_REPEAT = re.compile(r"\{([0-9]{0,6})(,?)([0-9]{0,6})\}")  # no log event is a million characters
_HEX = re.compile(r"[0-9A-Fa-f]{2}")


@dataclass
class RegexError(Exception):
    """Where in the expression (0-based), what stands there, what would be right."""

    position: int
    found: str
    expected: str


def translate(source: str, *, end: str = "$") -> str:
    """
    ``source`` for `re`, with ``end`` for every ``$``; search with it, under `re.ASCII`.

    Raises `RegexError` for whatever CloudWatch Logs is not documented to read.
    """
    if not source:
        raise RegexError(
            0, "the regular expression is empty", "write an expression between the percent signs"
        )
    for position, character in enumerate(source):
        if not _readable(character):
            raise _refused(position, character)
    reader = _Reader(source, end)
    translated = reader.read()
    try:
        re.compile(translated, re.ASCII)
    except re.error as error:
        raise RegexError(
            0, f"the regular expression is not valid ({error.msg})", "correct it"
        ) from error
    return translated


def _readable(character: str) -> bool:
    return character.isascii() and (
        character.isalnum() or character in _SYMBOLS or character in _OPERATORS
    )


def _refused(position: int, character: str) -> RegexError:
    found = f"unexpected {character!r} in a regular expression"
    if character in "()":
        return RegexError(
            position,
            found,
            f"groups are not supported; write a literal parenthesis as \\x{ord(character):02X}",
        )
    if character.isspace():
        return RegexError(position, found, "write whitespace as \\s")
    if ord(character) < 128:
        return RegexError(position, found, f"write it as \\x{ord(character):02X}")
    return RegexError(
        position, found, "only ASCII characters are supported; use a dot for any character"
    )


class _Reader:
    def __init__(self, source: str, end: str) -> None:
        self.source = source
        self.end = end
        self.at = 0
        self.out: list[str] = []

    def read(self) -> str:
        repeatable = False
        while self.at < len(self.source):
            match self.source[self.at]:
                case "[":
                    self.out.append(self._set())
                    repeatable = True
                case "\\":
                    self.out.append(self._escape())
                    repeatable = True
                case "?" | "*" | "+" | "{":
                    if not repeatable:
                        raise self._fault("nothing to repeat", "escape it with '\\'")
                    self.out.append(self._repetition())
                    repeatable = False
                case "]" | "}" as character:
                    raise self._fault(f"unexpected {character!r}", f"write it as '\\{character}'")
                case "^" | "$" | "|" as character:
                    self.out.append(self.end if character == "$" else character)
                    self.at += 1
                    repeatable = False
                case character:
                    self.out.append(character if character == "." else re.escape(character))
                    self.at += 1
                    repeatable = True
        return "".join(self.out)

    def _fault(self, found: str, expected: str) -> RegexError:
        return RegexError(self.at, f"{found} in a regular expression", expected)

    def _escape(self) -> str:
        following = self.source[self.at + 1 : self.at + 2]
        if following in _CLASSES and following:
            self.at += 2
            return "\\" + following
        if following == "x":
            digits = _HEX.match(self.source, self.at + 2)
            if digits is None or int(digits[0], 16) > 0x7F:
                raise self._fault(
                    "'\\x' without two hexadecimal digits of an ASCII character", "write '\\x3A'"
                )
            self.at += 4
            return re.escape(chr(int(digits[0], 16)))
        if following and not following.isalnum():
            self.at += 2
            return re.escape(following)
        raise self._fault(
            f"unknown escape '\\{following}'",
            "use \\d \\D \\s \\S \\w \\W \\xHH, or '\\' before an operator",
        )

    def _repetition(self) -> str:
        if self.source[self.at] == "{":
            match = _REPEAT.match(self.source, self.at)
            if match is None or not (match[1] or match[3]):
                raise self._fault("'{' without a count", "write {3}, {3,} or {3,5}, or '\\{'")
            if match[3] and int(match[1] or 0) > int(match[3]):
                raise self._fault("counts in the wrong order", "write the smaller count first")
            repetition = match[0]
        else:
            repetition = self.source[self.at]
        self.at += len(repetition)
        following = self.source[self.at : self.at + 1]
        if following == "?":  # the shortest match instead of the longest: found all the same
            self.at += 1
        elif following and following in "*+{":
            raise self._fault("repeated repetition", "remove one of the two")
        return repetition

    def _set(self) -> str:
        opened = self.at
        self.at += 1
        out = ["["]
        if self.source.startswith("^", self.at):
            out.append("^")
            self.at += 1
        first = self.at
        while self.at < len(self.source) and (self.source[self.at] != "]" or self.at == first):
            match self.source[self.at]:
                case "]" | "[" as character:
                    raise self._fault(
                        f"unexpected {character!r} between brackets", f"write it as '\\{character}'"
                    )
                case "\\":
                    out.append(self._escape())
                case "-":
                    out.append("-" if self._is_range(first) else "\\-")
                    self.at += 1
                case character:
                    out.append(re.escape(character))
                    self.at += 1
        if self.at >= len(self.source):
            self.at = opened
            raise self._fault("unclosed '['", "close it with ']', or write '\\['")
        self.at += 1
        return "".join([*out, "]"])

    def _is_range(self, first: int) -> bool:
        return self.at > first and self.source[self.at + 1 : self.at + 2] not in ("]", "")
