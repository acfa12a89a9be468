"""
Regular expressions of Sigma, as values that a filter pattern can compare.

In:    the subset of PCRE that Sigma allows: wildcards, anchors, quantifiers, classes, groups and
       alternation.
Out:   alternatives: texts with stars where they say the same, otherwise regular expressions of
       CloudWatch Logs, which have no groups.
Never: a construct that CloudWatch Logs does not document.

https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-appendix-modifiers.md
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/regex-expressions.html
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

from trailbell.pattern.ast import Regex, Text
from trailbell.sigma.glob import AS_WRITTEN, Style, Wildcard, escape, has_case, normalize, values_of
from trailbell.sigma.refused import RefusedError

_MAX_ALTERNATIVES = 32
_QUANTIFIER = re.compile(r"[*+?]|\{\d+(,\d*)?\}")
_CLASSES = frozenset("dDsSwW")
_CONTROL = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}
_GROUP = re.compile(r"\((?:\?:)?")


@dataclass(frozen=True, slots=True)
class _Atom:
    """A part of an expression: its source for CloudWatch Logs, and the character if it is one."""

    source: str
    character: str = ""
    quantifier: str = ""


_Sequence = tuple[_Atom, ...]
_ANY_TEXT = _Atom(".", quantifier="*")
_ONE = _Atom(".")
_START, _END = _Atom("^"), _Atom("$")


def alternatives_of(source: str, style: Style = AS_WRITTEN) -> list[tuple[Text | Regex, ...]]:
    """Each alternative as the values that a field must equal. Raises `RefusedError`."""
    if source.startswith("(?i)"):
        source, style = source[4:], replace(style, ignore_case=True)
    sequences = _Reader(source, ignore_case=style.ignore_case).read()
    values = [_values(sequence, style) for sequence in sequences]
    return list(dict.fromkeys(values))


def _values(sequence: _Sequence, style: Style) -> tuple[Text | Regex, ...]:
    starts, ends = sequence[:1] == (_START,), sequence[-1:] == (_END,)
    inner = sequence[starts : len(sequence) - ends]
    parts: list[str | Wildcard] = [] if starts else [Wildcard.ANY_TEXT]
    for atom in inner:
        if atom == _ANY_TEXT:
            parts.append(Wildcard.ANY_TEXT)
        elif atom == _ONE:
            parts.append(Wildcard.ONE_CHARACTER)
        elif atom.character and not atom.quantifier and atom not in (_START, _END):
            parts.append(atom.character)
        else:
            return (Regex("".join(atom.source + atom.quantifier for atom in sequence)),)
    if not ends:
        parts.append(Wildcard.ANY_TEXT)
    has_letters = any(has_case(atom.character) for atom in inner)
    style = replace(style, ignore_case=style.ignore_case and has_letters)
    return values_of(normalize(parts), style)


class _Reader:
    """Reads an expression as sequences without groups: ``a(b|c)`` as ``ab`` and ``ac``."""

    def __init__(self, source: str, *, ignore_case: bool) -> None:
        self.source = source
        self.ignore_case = ignore_case
        self.position = 0

    def read(self) -> list[_Sequence]:
        sequences = self._alternation()
        if self.position < len(self.source):
            raise self._refused(f'has an unexpected "{self.source[self.position]}"')
        return sequences

    def _refused(self, what: str) -> RefusedError:
        return RefusedError(
            f'the regular expression "{self.source}" {what}, which CloudWatch Logs does not have',
            "write it without, or list the values with |contains, |startswith or |endswith",
        )

    def _alternation(self) -> list[_Sequence]:
        sequences = self._sequences()
        while self._next() == "|":
            self.position += 1
            sequences += self._sequences()
        return sequences

    def _next(self) -> str:
        return self.source[self.position : self.position + 1]

    def _sequences(self) -> list[_Sequence]:
        sequences: list[_Sequence] = [()]
        while self._next() not in ("", "|", ")"):
            inner = self._item()
            if len(sequences) * len(inner) > _MAX_ALTERNATIVES:
                raise self._refused(f"has groups with more than {_MAX_ALTERNATIVES} combinations")
            sequences = [(*first, *second) for first, second in product(sequences, inner)]
        return sequences

    def _item(self) -> list[_Sequence]:
        if self._next() == "(":
            return self._group()
        atom = self._atom()
        quantifier = self._quantifier()
        if quantifier and atom in (_START, _END):
            raise self._refused("repeats an anchor")
        return [(_Atom(atom.source, atom.character, quantifier),)]

    def _group(self) -> list[_Sequence]:
        opening = _GROUP.match(self.source, self.position)
        self.position += len(opening[0]) if opening else 1
        if self._next() == "?":
            raise self._refused("has a group that looks around or sets a flag")
        sequences = self._alternation()
        if self._next() != ")":
            raise self._refused('has a "(" without ")"')
        self.position += 1
        match self._quantifier():
            case "":
                return sequences
            case "?":
                return [*sequences, ()]
            case _:
                raise self._refused("repeats a group")

    def _quantifier(self) -> str:
        quantifier = _QUANTIFIER.match(self.source, self.position)
        if not quantifier:
            return ""
        self.position += len(quantifier[0])
        if self._next() == "?":  # the shortest match instead of the longest: no difference here
            self.position += 1
        elif self._next() == "+":
            raise self._refused("has a possessive quantifier")
        return quantifier[0]

    def _atom(self) -> _Atom:
        character = self._next()
        self.position += 1
        match character:
            case "^":
                return _START
            case "$":
                return _END
            case ".":
                return _ONE
            case "[":
                return _Atom(self._class())
            case "\\":
                return self._escape()
            case _:
                return self._literal(character)

    def _literal(self, character: str) -> _Atom:
        return _Atom(escape(character, ignore_case=self.ignore_case), character)

    def _escape(self) -> _Atom:
        character = self._next()
        self.position += 1
        if character in _CLASSES and character:
            return _Atom(f"\\{character}")
        if character in _CONTROL and character:
            return self._literal(_CONTROL[character])
        if character and not character.isalnum():
            return self._literal(character)
        raise self._refused(f'has the escape "\\{character}"')

    def _class(self) -> str:
        """The class after its opening bracket, until after its closing one."""
        negated = self._next() == "^"
        self.position += negated
        atoms: list[str] = []
        first = self.position
        while self._next() != "]" or self.position == first:
            if not self._next():
                raise self._refused('has a "[" without "]"')
            if self._next() == "[" and self.source[self.position + 1 : self.position + 2] == ":":
                raise self._refused("has a named class")
            atoms += self._class_member()
        self.position += 1
        return f"[{'^' if negated else ''}{''.join(atoms)}]"

    def _class_member(self) -> Sequence[str]:
        atom = self._class_atom()
        following = self.source[self.position : self.position + 2]
        if not atom.character or len(following) < 2 or following[0] != "-" or following[1] == "]":
            return [_in_class(atom, ignore_case=self.ignore_case)]
        self.position += 1
        last = self._class_atom()
        if not last.character or last.character < atom.character:
            raise self._refused("has a range in the wrong order")
        return _range(atom.character, last.character, ignore_case=self.ignore_case)

    def _class_atom(self) -> _Atom:
        character = self._next()
        self.position += 1
        return self._escape() if character == "\\" else _Atom(escape(character), character)


def _in_class(atom: _Atom, *, ignore_case: bool) -> str:
    if not atom.character:
        return atom.source
    if atom.character == "-":
        return r"\-"
    if ignore_case and has_case(atom.character):
        return atom.character.upper() + atom.character.lower()
    return escape(atom.character)


def _range(first: str, last: str, *, ignore_case: bool) -> list[str]:
    ranges = [f"{escape(first)}-{escape(last)}"]
    if ignore_case and first.isalpha() and last.isalpha():
        ranges.append(f"{escape(first.swapcase())}-{escape(last.swapcase())}")
    return ranges
