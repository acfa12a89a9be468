"""
What a value of a policy accepts: a text with wildcards, a number, an address.

In:    the value of a policy.
Out:   a matcher, which says for any text whether it is accepted.
Never: the whole condition: absent keys and negation are formulas.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Literal

Address = ipaddress.IPv4Network | ipaddress.IPv6Network

ANY: Literal["any"] = "any"
"""A wildcard's character: any."""
NO_COLON: Literal["no colon"] = "no colon"
"""A wildcard's character: any but a colon."""


@dataclass(frozen=True)
class Token:
    """One character of a pattern, or any number of them.

    ``character`` is a single character, `ANY` or `NO_COLON`.
    """

    character: str
    repeated: bool = False

    def accepts(self, character: str) -> bool:
        """Whether this character is accepted here."""
        if self.character == ANY:
            return True
        return character != ":" if self.character == NO_COLON else character == self.character


@dataclass(frozen=True, eq=False)
class Glob:
    """A pattern of text. ``spelling`` is how it was written. Equal patterns are one object."""

    tokens: tuple[Token, ...]
    ignore_case: bool
    spelling: str

    def accepts(self, text: str) -> bool:
        """Whether the pattern matches the whole text."""
        return _expression(self).fullmatch(text.lower() if self.ignore_case else text) is not None


@dataclass(frozen=True)
class Compare:
    """A number, or a time in seconds since 1970, compared with another one."""

    operator: Literal["=", "<", "<=", ">", ">="]
    number: float

    def accepts(self, text: str) -> bool:
        """Whether the text is a number that compares so."""
        value = read_number(text)
        if value is None:
            return False
        match self.operator:
            case "=":
                return value == self.number
            case "<":
                return value < self.number
            case "<=":
                return value <= self.number
            case ">":
                return value > self.number
            case ">=":
                return value >= self.number


@dataclass(frozen=True)
class Within:
    """An address in a network."""

    network: Address

    def accepts(self, text: str) -> bool:
        """Whether the text is an address in the network."""
        try:
            return ipaddress.ip_address(text) in self.network
        except ValueError:
            return False


Matcher = Glob | Compare | Within


@cache
def literal(text: str, *, ignore_case: bool = False) -> Glob:
    """Exactly this text."""
    folded = text.lower() if ignore_case else text
    return Glob(tuple(Token(character) for character in folded), ignore_case, text)


@cache
def wildcards(text: str, *, ignore_case: bool = False) -> Glob:
    """A text with ``*`` and ``?``; ``${*}``, ``${?}`` and ``${$}`` are the characters themselves.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    tokens = tuple(_tokens(text.lower() if ignore_case else text, ANY))
    return Glob(tokens, ignore_case, text)


@cache
def arn_wildcards(text: str) -> Glob | None:
    """An ARN whose six parts are compared one by one; None for a text that is no such pattern.

    "Each of the six colon-delimited components of the ARN is checked separately." What a text such
    as ``*`` matches is documented nowhere, and evaluators disagree.
    """
    parts = text.split(":", 5)
    if len(parts) < 6:
        return None
    tokens: list[Token] = []
    for index, part in enumerate(parts):
        tokens += [Token(":")] if index else []
        tokens += _tokens(part, ANY if index == 5 else NO_COLON)
    return Glob(tuple(tokens), ignore_case=False, spelling=text)


_PARTS = re.compile(r"\$\{([*?$])\}|(\*+)|(\?)|(.)", re.DOTALL)


def _tokens(text: str, wildcard: str) -> Iterator[Token]:
    for escaped, star, mark, character in _PARTS.findall(text):
        if star:
            yield Token(wildcard, repeated=True)
        elif mark:
            yield Token(wildcard)
        else:
            yield Token(escaped or character)


@cache
def _expression(glob: Glob) -> re.Pattern[str]:
    def one(token: Token) -> str:
        character = {ANY: ".", NO_COLON: "[^:]"}.get(token.character)
        return (character or re.escape(token.character)) + ("*" if token.repeated else "")

    return re.compile("".join(map(one, glob.tokens)), re.DOTALL)


def read_number(text: str) -> float | None:
    """A number; None for a text that is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def read_time(text: str) -> float | None:
    """Seconds since 1970 of a time in ISO 8601 or in seconds; None for another text."""
    number = read_number(text)
    if number is not None:
        return number
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return None


def read_network(text: str) -> Address | None:
    """A network in CIDR notation, or a single address; None for another text."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
