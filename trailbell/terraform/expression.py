"""
The expressions in the strings of Terraform's JSON syntax.

In:    a string.
Out:   its pieces: text, and expressions between ``${`` and ``}``.
Never: a directive, ``%{ if ... }``, which makes the whole string an expression.

https://developer.hashicorp.com/terraform/language/expressions/strings#string-templates
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_REFERENCE = re.compile(
    r"(?P<data>data\.)?(?P<type>[a-z][a-z0-9_]*)\.(?P<name>[A-Za-z_][\w-]*)"
    r"(?:\[[^\]]*\])?\.(?P<attribute>[a-z0-9_]+)"
)
_NAMED = re.compile(r"(?P<kind>var|local)\.(?P<name>[A-Za-z_][\w-]*)")


@dataclass(frozen=True)
class Expression:
    """What is between ``${`` and ``}``."""

    text: str

    def reference(self) -> tuple[bool, str, str] | None:
        """Whether it is to a data source, the address and the attribute; None for others."""
        match = _REFERENCE.fullmatch(self.text)
        if match is None or match["type"] in ("var", "local", "each", "module", "path"):
            return None
        return bool(match["data"]), f"{match['type']}.{match['name']}", match["attribute"]

    def named(self) -> tuple[str, str] | None:
        """``var`` or ``local``, and its name; None for others."""
        match = _NAMED.fullmatch(self.text)
        return (match["kind"], match["name"]) if match else None


Piece = str | Expression


def pieces(text: str) -> tuple[Piece, ...]:
    """The pieces of a string, without empty ones.

    >>> pieces("a-${var.x}-$${b}")
    ('a-', Expression(text='var.x'), '-${b}')
    """
    if "%{" in text.replace("%%{", ""):
        return (Expression(text),)
    found: list[Piece] = []
    for piece in _split(text):
        if isinstance(piece, str) and found and isinstance(found[-1], str):
            found[-1] += piece
        elif piece:
            found.append(piece)
    return tuple(found)


def _split(text: str) -> Iterator[Piece]:
    start = 0
    while (begin := text.find("${", start)) >= 0:
        if text[begin - 1 : begin] == "$":
            yield text[start : begin - 1] + "${"
            start = begin + 2
            continue
        yield text[start:begin]
        end = _end(text, begin + 2)
        yield Expression(text[begin + 2 : end].strip())
        start = end + 1
    yield text[start:].replace("%%{", "%{")


def _end(text: str, start: int) -> int:
    """The index of the brace that ends an expression; braces in it and in its strings do not."""
    depth, is_quoted, index = 1, False, start
    while index < len(text):
        letter = text[index]
        if is_quoted and letter == "\\":
            index += 1
        elif letter == '"':
            is_quoted = not is_quoted
        elif not is_quoted and letter in "{}":
            depth += 1 if letter == "{" else -1
            if depth == 0:
                return index
        index += 1
    return len(text)
