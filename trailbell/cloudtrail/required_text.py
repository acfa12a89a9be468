"""
What the text of a record must contain for a pattern to match it.

In:    a condition.
Out:   `RequiredText`, which most records fail at a tenth of the cost of decoding them.
Never: a text that only some records that match have. JSON can write any character as an escape, so
       this does not hold for a record that `has_escapes`.

A clause that is true needs its member, so the name of the member is in the text; and a text that it
is compared with. ``NOT EXISTS`` needs nothing.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from trailbell.pattern.ast import (
    And,
    Clause,
    Comparison,
    Condition,
    IsLiteral,
    Member,
    NotExists,
    Operator,
    Or,
    Selector,
    Text,
)

Piece = TypeVar("Piece")
Alternatives = frozenset[bytes]
"""Texts of which one is required."""

_PLAIN = re.compile(r"[A-Za-z0-9_.:=@/-]{3,}")
# JSON can write a plain character in these ways, too.
_ESCAPES = (b"\\u", b"\\/")


@dataclass(frozen=True, slots=True)
class RequiredText:
    """Each of these is required; every record has them if there are none."""

    alternatives: tuple[Alternatives, ...]

    def is_in(self, text: bytes) -> bool:
        """Whether the text of a record has what is required, as it is."""
        for alternatives in self.alternatives:
            for literal in alternatives:
                if literal in text:
                    break
            else:
                return False
        return True


def has_escapes(text: bytes) -> bool:
    """Whether a record may have a required text in another form."""
    # A search for one byte is much faster, and most records have no backslash.
    return b"\\" in text and any(escape in text for escape in _ESCAPES)


def required_text(condition: Condition, decided: frozenset[Selector]) -> RequiredText:
    """What a record must contain. ``decided`` are fields whose clauses were evaluated before."""
    # What rarely occurs first: long texts.
    found = required(condition, decided, _literals, _rarity)
    ordered = sorted(found, key=lambda a: (len(a), -min(map(len, a))))
    return RequiredText(tuple(ordered))


def required(
    condition: Condition,
    decided: frozenset[Selector],
    pieces: Callable[[Comparison | IsLiteral], Iterable[Piece]],
    rarity: Callable[[frozenset[Piece]], Any],
) -> set[frozenset[Piece]]:
    """What a condition requires, if its clauses that are not ``decided`` require ``pieces``.

    Of each set one piece is required. Of the requirements of alternatives only the one with the
    highest ``rarity`` is kept.
    """
    match condition:
        case And(parts):
            return {each for part in parts for each in required(part, decided, pieces, rarity)}
        case Or(parts):
            found = [required(part, decided, pieces, rarity) for part in parts]
            if not all(found):
                return set()
            return {frozenset().union(*(max(part, key=rarity) for part in found))}
        case Comparison() | IsLiteral() if condition.selector not in decided:
            return {frozenset({piece}) for piece in pieces(condition)}
        case Comparison() | IsLiteral() | NotExists():
            return set()


def _rarity(alternatives: Alternatives) -> tuple[int, int, list[bytes]]:
    return -len(alternatives), min(map(len, alternatives)), sorted(alternatives)


def _literals(clause: Comparison | IsLiteral) -> list[bytes]:
    """The name of its last member, and the longest piece of the text that it is compared with."""
    names = [step.name for step in clause.selector.steps if isinstance(step, Member)]
    literals = (*map(quoted_name, names[-1:]), longest_piece(clause))
    return [literal.encode() for literal in literals if literal]


def quoted_name(name: str) -> str:
    """The name of a member as it is in JSON; empty if it is short or may be written as escapes."""
    return f'"{name}"' if _PLAIN.fullmatch(name) else ""


def longest_piece(clause: Clause) -> str:
    """The longest plain piece of the text that a member must equal; empty if there is none."""
    match clause:
        case Comparison(operator=Operator.EQUAL, value=Text(text)):
            return max(_PLAIN.findall(text), key=len, default="")
        case _:
            return ""
