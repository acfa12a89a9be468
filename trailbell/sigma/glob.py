"""
Text with wildcards, as values that a filter pattern can compare.

In:    text and wildcards, as Sigma has them: ``*`` for any text, ``?`` for one character.
Out:   values of which a field must equal all; mostly one.
Never: a star inside of a text, unless it is asked for: AWS documents no meaning for it that
       measurements confirm. It becomes a regular expression, or two texts with stars at the ends
       where they say the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from trailbell.pattern.ast import Regex, Text
from trailbell.sigma.refused import RefusedError

_PLAIN = frozenset("_#=@/;,-:")
_OPERATORS = frozenset("^$?[]{}|\\*+.")


class Wildcard(Enum):
    ANY_TEXT = ".*"
    ONE_CHARACTER = "."


_ANY, _ONE = Wildcard.ANY_TEXT, Wildcard.ONE_CHARACTER

Glob = tuple[str | Wildcard, ...]
"""Texts and wildcards in their order; no two texts and no two ``ANY_TEXT`` follow each other."""


def normalize(parts: Sequence[str | Wildcard]) -> Glob:
    """Join texts, and wildcards for any text, that follow each other."""
    joined: list[str | Wildcard] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, str) and isinstance(last, str):
            joined[-1] = last + part
        elif part != "" and not (part is last is Wildcard.ANY_TEXT):
            joined.append(part)
    return tuple(joined)


@dataclass(frozen=True, slots=True)
class Style:
    """
    How text is compared that CloudTrail does not define.

    ``ignore_case``: with regular expressions. ``inner_stars``: stars inside of texts that end with
    a star take the place of regular expressions. Measurements of 2019 and 2026 agree on those:
    each piece is matched at its first occurrence, which is enough if the end is open.
    """

    ignore_case: bool = False
    inner_stars: bool = False


AS_WRITTEN = Style()


def values_of(glob: Glob, style: Style = AS_WRITTEN) -> tuple[Text | Regex, ...]:
    """The values that a field must equal to match. Raises `RefusedError`."""
    ignore_case = style.ignore_case
    texts = [part for part in glob if isinstance(part, str)]
    if not (ignore_case and any(map(has_case, texts))) and not any("*" in text for text in texts):
        match glob:
            case ():
                return (Text(""),)
            case (Wildcard.ANY_TEXT,):
                return (Text("*"),)
            case (str(text),):
                return (Text(text),)
            case (str(text), Wildcard.ANY_TEXT):
                return (Text(f"{text}*"),)
            case (Wildcard.ANY_TEXT, str(text)):
                return (Text(f"*{text}"),)
            case (Wildcard.ANY_TEXT, str(text), Wildcard.ANY_TEXT):
                return (Text(f"*{text}*"),)
            case (str(first), Wildcard.ANY_TEXT, str(last)) if not _overlap(first, last):
                return (Text(f"{first}*"), Text(f"*{last}"))
            case (*_, Wildcard.ANY_TEXT) if style.inner_stars and _ONE not in glob:
                return (Text("".join("*" if part is _ANY else str(part) for part in glob)),)
            case _:
                pass
    return (Regex(_source(glob, ignore_case=ignore_case)),)


def has_case(text: str) -> bool:
    """Whether the text has another spelling in uppercase or lowercase."""
    return text.lower() != text or text.upper() != text


def _overlap(first: str, last: str) -> bool:
    """Whether a text that is too short for both can begin with one and end with the other."""
    return any(first.endswith(last[:size]) for size in range(1, min(len(first), len(last)) + 1))


def _source(glob: Glob, *, ignore_case: bool) -> str:
    inner = list(glob)
    starts = inner[0] is not Wildcard.ANY_TEXT
    ends = inner[-1] is not Wildcard.ANY_TEXT
    source = "".join(
        part.value if isinstance(part, Wildcard) else escape(part, ignore_case=ignore_case)
        for part in inner[(not starts) : len(inner) - (not ends)]
    )
    return f"{'^' if starts else ''}{source}{'$' if ends else ''}"


def escape(text: str, *, ignore_case: bool = False) -> str:
    """The text as a regular expression of CloudWatch Logs. Raises `RefusedError`."""
    return "".join(_escaped(text, ignore_case=ignore_case))


def _escaped(text: str, *, ignore_case: bool) -> Iterator[str]:
    for character in text:
        if not character.isascii():
            raise RefusedError(
                f'a regular expression of CloudWatch Logs cannot contain "{character}"',
                "write the value without wildcards inside of it, and without ignoring case",
            )
        if ignore_case and character.isalpha():
            yield f"[{character.upper()}{character.lower()}]"
        elif character.isalnum() or character in _PLAIN:
            yield character
        elif character in _OPERATORS:
            yield f"\\{character}"
        else:
            yield f"\\x{ord(character):02X}"
