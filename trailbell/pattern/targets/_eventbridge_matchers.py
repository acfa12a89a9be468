"""
The matchers of one field in an EventBridge event pattern, and the combination of two of them.

In:    matchers.
Out:   matchers for what two lists of them match; a matcher as JSON.
Never: two matchers on one field that must both match, unless one matcher can express both. An
       event pattern has no "and" for one field.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

from dataclasses import dataclass
from typing import assert_never

from trailbell.errors import UnsupportedError
from trailbell.pattern.event_scope import matches_stars

NAME = "EventBridge"


@dataclass(frozen=True, slots=True)
class Exactly:
    text: str


@dataclass(frozen=True, slots=True)
class Wildcard:
    """Text with single stars and at least one other character."""

    text: str


@dataclass(frozen=True, slots=True)
class AnyText:
    """Any text, even an empty one; unlike `Exists`, not null."""


@dataclass(frozen=True, slots=True)
class AnythingBut:
    """A value that matches none of these texts, which may contain stars."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exists:
    present: bool


@dataclass(frozen=True, slots=True)
class JsonLiteral:
    """The JSON literal ``null``, ``true`` or ``false``."""

    value: bool | None


@dataclass(frozen=True, slots=True)
class Numeric:
    operator: str
    number: int | float


Matcher = Exactly | Wildcard | AnyText | AnythingBut | Exists | JsonLiteral | Numeric


# ------------------------------------------------------------------------------- two matchers


def intersect(
    left: tuple[Matcher, ...], right: tuple[Matcher, ...], clause: str
) -> tuple[Matcher, ...]:
    """Matchers for what one of ``left`` and one of ``right`` match; none for a contradiction."""
    pairs = (_pair(first, second, clause) for first in left for second in right)
    return tuple(dict.fromkeys(matcher for matcher in pairs if matcher is not None))


def _pair(left: Matcher, right: Matcher, clause: str) -> Matcher | None:
    if left == right:
        return left
    match left, right:
        case (Exists(present=False), _) | (_, Exists(present=False)):
            return None
        case (Exists(), other) | (other, Exists()):
            return other
        case (Exactly(text=text), other) | (other, Exactly(text=text)):
            return Exactly(text) if _accepts(other, text) else None
        case (JsonLiteral(), _) | (_, JsonLiteral()):
            return None
        case (AnyText(), Wildcard() | AnythingBut() as other):
            return other
        case (Wildcard() | AnythingBut() as other, AnyText()):
            return other
        case (AnythingBut(texts=first), AnythingBut(texts=second)):
            return AnythingBut(tuple(dict.fromkeys(first + second)))
        case _:
            reason = "an event pattern cannot combine these conditions on one field"
            raise UnsupportedError(NAME, clause, reason)


def _accepts(matcher: Matcher, text: str) -> bool:
    match matcher:
        case Exactly(text=expected):
            return expected == text
        case Wildcard(text=pattern):
            return matches_stars(pattern, text)
        case AnyText():
            return True
        case AnythingBut(texts=patterns):
            return not any(matches_stars(pattern, text) for pattern in patterns)
        case Exists(present=present):
            return present
        case JsonLiteral() | Numeric():
            return False
        case _:
            assert_never(matcher)


# ------------------------------------------------------------------------------- as JSON


def to_json(matcher: Matcher) -> object:
    """The matcher as an element of the list of a field."""
    match matcher:
        case Exactly(text=text):
            return text
        case Wildcard(text=text) if text.count("*") == 1 and text.endswith("*"):
            return {"prefix": text[:-1]}
        case Wildcard(text=text) if text.count("*") == 1 and text.startswith("*"):
            return {"suffix": text[1:]}
        case Wildcard(text=text):
            return {"wildcard": _escaped(text)}
        case AnyText():
            return {"prefix": ""}
        case AnythingBut(texts=texts):
            return {"anything-but": _excluded(texts)}
        case Exists(present=present):
            return {"exists": present}
        case JsonLiteral(value=value):
            return value
        case Numeric(operator=operator, number=number):
            return {"numeric": [operator, number]}
        case _:
            assert_never(matcher)


def _excluded(texts: tuple[str, ...]) -> object:
    """The texts as ``anything-but`` has them, with ``wildcard`` only if nothing else can.

    A bus has at most 30 rules with wildcards:
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
    """
    if not any("*" in text for text in texts):
        return list(texts)
    if all(text.endswith("*") and text.count("*") == 1 for text in texts):
        return {"prefix": [text[:-1] for text in texts]}
    if all(text.startswith("*") and text.count("*") == 1 for text in texts):
        return {"suffix": [text[1:] for text in texts]}
    return {"wildcard": [_escaped(text) for text in texts]}


def _escaped(text: str) -> str:
    """Escape backslashes, as only ``wildcard`` requires."""
    return text.replace("\\", "\\\\")
