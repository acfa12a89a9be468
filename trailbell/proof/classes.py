"""
Which texts a set of matchers distinguishes.

In:    the matchers of one slot.
Out:   classes of texts: for each set of matchers that accepts a common text and no others do, one
       text. Exact: every text is in the class of one that is returned.
Never: a sample of texts. Too many classes are an error, which makes the result undecided.

A pattern is an automaton whose states are its positions. The positions of all patterns after the
same text are one state of the product; equal states accept the same endings.
"""

import ipaddress
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from trailbell.proof.matcher import ANY, NO_COLON, Compare, Glob, Matcher, Token, Within

MOST_STATES = 20_000
"""States of the product automaton. More are refused, so that a proof ends."""


class UndecidableError(Exception):
    """What is compared cannot be divided into classes of texts."""


@dataclass(frozen=True)
class TextClass:
    """A text, and the matchers that accept it and everything else in its class."""

    text: str
    accepted_by: frozenset[Matcher]


@cache
def text_classes(matchers: frozenset[Matcher], examples: tuple[str, ...]) -> tuple[TextClass, ...]:
    """The classes of texts that these matchers distinguish.

    ``examples`` are texts to prefer. Raises `UndecidableError`.
    """
    globs = sorted((m for m in matchers if isinstance(m, Glob)), key=lambda m: m.spelling)
    points = [*examples, *_readable(globs), *_points(m for m in matchers if m not in globs)]
    found: dict[frozenset[Matcher], str] = {}
    for text in points:
        found.setdefault(frozenset(m for m in matchers if m.accepts(text)), text)
    if globs:
        if len(globs) < len(matchers):
            raise UndecidableError("text is compared both as text and as numbers or addresses")
        ends = {(index, len(glob.tokens)): glob for index, glob in enumerate(globs)}
        for state, text in _words(globs):
            found.setdefault(frozenset(ends[at] for at in state if at in ends), text)
    return tuple(TextClass(text, accepted_by) for accepted_by, text in found.items())


def _readable(globs: Sequence[Glob]) -> Iterator[str]:
    """Texts that people understand: patterns with nothing or a word for their wildcards."""
    for word in ("example", "", "x"):
        for glob in globs:
            if word != "x" or not any(token.repeated for token in glob.tokens):
                spelling = glob.spelling.replace("?", "x")
                yield spelling.replace("*", word)


State = frozenset[tuple[int, int]]


def _words(globs: Sequence[Glob]) -> Iterator[tuple[State, str]]:
    """A text for each reachable state of the product of all patterns, the shortest first."""
    start = _closure(globs, ((index, 0) for index in range(len(globs))))
    seen: dict[State, str] = {start: ""}
    waiting = deque([start])
    while waiting:
        state = waiting.popleft()
        text = seen[state]
        yield state, text
        for character in _characters(globs, state):
            after = _closure(globs, _advance(globs, state, character))
            if after not in seen:
                seen[after] = text + character
                waiting.append(after)
        if len(seen) > MOST_STATES:
            raise UndecidableError("there are too many patterns with wildcards")


def _closure(globs: Sequence[Glob], positions: Iterable[tuple[int, int]]) -> State:
    """Add the positions after wildcards that can be empty."""
    closed: set[tuple[int, int]] = set()
    for index, position in positions:
        tokens = globs[index].tokens
        closed.add((index, position))
        while position < len(tokens) and tokens[position].repeated:
            position += 1
            closed.add((index, position))
    return frozenset(closed)


def _advance(globs: Sequence[Glob], state: State, character: str) -> Iterator[tuple[int, int]]:
    for index, position in state:
        tokens = globs[index].tokens
        if position < len(tokens):
            token = tokens[position]
            if token.accepts(character.lower() if globs[index].ignore_case else character):
                yield index, position if token.repeated else position + 1


def _characters(globs: Sequence[Glob], state: State) -> Iterator[str]:
    """The characters that lead to different states: those that a pattern names, and another one."""
    tokens: list[Token] = [
        globs[index].tokens[position]
        for index, position in state
        if position < len(globs[index].tokens)
    ]
    named = {token.character for token in tokens if token.character not in (ANY, NO_COLON)}
    folded = any(globs[index].ignore_case for index, _ in state)
    if folded:
        named |= {character.upper() for character in named if len(character.upper()) == 1}
    if any(token.character == NO_COLON for token in tokens):
        named.add(":")
    yield from sorted(named)
    yield next(c for c in "xyzwvutsrqponmlkjihgfedcba0123456789-_~\u2400" if c not in named)


def _points(matchers: Iterable[Matcher]) -> Iterator[str]:
    """Numbers and addresses at, before, between and after those that are compared with."""
    numbers: set[float] = set()
    for matcher in matchers:
        match matcher:
            case Compare(number=number):
                numbers.add(number)
            case Within(network):
                yield from _addresses(network)
    ordered = sorted(numbers)
    for left, right in pairwise(ordered):
        yield _number((left + right) / 2)
    for number in ordered:
        yield _number(number)
    if ordered:
        yield from (_number(ordered[0] - 1), _number(ordered[-1] + 1), "no number")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _addresses(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> Iterator[str]:
    """The first and last address of a network, and those next to it."""
    kind = type(network.network_address)
    first, last = int(network.network_address), int(network.broadcast_address)
    for value in (first, last, first - 1, last + 1):
        if 0 <= value < 2**network.max_prefixlen:
            yield str(kind(value))
    yield from ("203.0.113.7", "2001:db8::7", "no address")
