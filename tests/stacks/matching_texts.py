"""
Texts that match a regular expression.

In:    a regular expression without positive lookahead, such as the AllowedPattern of a parameter.
Out:   texts that match it: one for each alternative, no empty ones.
Never: chance. The same expression has the same texts in every run.
"""

import re
from collections.abc import Iterable
from re import _constants as constants  # type: ignore[attr-defined]  # private, without types
from re import _parser as parser  # type: ignore[attr-defined]  # private, without types
from typing import Any

_CHARACTERS = "x0X-./:@ _1a"
_CATEGORIES = {
    constants.CATEGORY_DIGIT: r"\d",
    constants.CATEGORY_NOT_DIGIT: r"\D",
    constants.CATEGORY_SPACE: r"\s",
    constants.CATEGORY_NOT_SPACE: r"\S",
    constants.CATEGORY_WORD: r"\w",
    constants.CATEGORY_NOT_WORD: r"\W",
}


def matching_texts(pattern: str) -> tuple[str, ...]:
    """Texts that match a pattern. The parser of `re` has no public name; hypothesis uses it, too.

    Raises `ValueError` for syntax that no pattern of a parameter has, such as a back reference.
    """
    texts = (text for text in _texts(parser.parse(pattern)) if text)
    return tuple(dict.fromkeys(text for text in texts if re.search(pattern, text)))


def _texts(parts: Iterable[tuple[Any, Any]]) -> list[str]:
    """The first text of each part, and then each further text of one part between the others."""
    choices = [_texts_of_part(name, argument) for name, argument in parts]
    texts = ["".join(first for first, *_ in choices)]
    for index, (_, *others) in enumerate(choices):
        before = "".join(first for first, *_ in choices[:index])
        after = "".join(first for first, *_ in choices[index + 1 :])
        texts += [f"{before}{other}{after}" for other in others]
    return texts


def _texts_of_part(name: Any, argument: Any) -> list[str]:
    if name is constants.LITERAL:
        return [chr(argument)]
    if name is constants.NOT_LITERAL:
        return [next(text for text in _CHARACTERS if ord(text) != argument)]
    if name is constants.IN:
        return [next(filter(re.compile(_class_text(argument)).fullmatch, _CHARACTERS))]
    if name is constants.BRANCH:
        return sorted((text for branch in argument[1] for text in _texts(branch)), key=_is_empty)
    if name is constants.SUBPATTERN:
        return _texts(argument[-1])
    if name in (constants.MAX_REPEAT, constants.MIN_REPEAT):
        least, _, inner = argument
        return [text * (1 if least <= 1 else int(least)) for text in _texts(inner)]
    if name is constants.ANY:
        return ["x"]
    if name in (constants.AT, constants.ASSERT_NOT):
        return [""]
    raise ValueError(f"no texts are made for {name} in a pattern; add it here")


def _is_empty(text: str) -> bool:
    return not text


def _class_text(entries: Iterable[tuple[Any, Any]]) -> str:
    """The text of a character class, such as ``[^a-z]``."""
    text = ""
    for kind, argument in entries:
        if kind is constants.NEGATE:
            text += "^"
        elif kind is constants.RANGE:
            text += "-".join(re.escape(chr(code)) for code in argument)
        elif kind is constants.LITERAL:
            text += re.escape(chr(argument))
        else:
            text += _CATEGORIES[argument]
    return f"[{text}]"
