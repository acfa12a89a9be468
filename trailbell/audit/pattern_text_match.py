"""
How an auditor reads the text of a metric filter.

In:    what the auditor wants to see, as data; and a text.
Out:   None if the text is accepted, else a `Mismatch`: how near it is, and where it first differs.
Never: what a text means. No auditor parses the language; each one looks for text in it.
"""

import itertools
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol


@dataclass(frozen=True)
class Mismatch:
    """How alike a refused text is to a wanted one (0 to 1), and the first difference."""

    likeness: float
    difference: str


class ExpectedPattern(Protocol):
    """What an auditor wants a filter's text to be."""

    def miss(self, text: str) -> Mismatch | None:
        """None if the text is accepted."""


@dataclass(frozen=True)
class Clause:
    """A piece of text to look for: as people write it, and as a regular expression."""

    shown: str
    regex: str


@dataclass(frozen=True)
class Exactly:
    """The text is one of these; white space does not count."""

    texts: tuple[str, ...]

    def miss(self, text: str) -> Mismatch | None:
        found = _without_whitespace(text)
        wanted = [_without_whitespace(one) for one in self.texts]
        if found in wanted:
            return None
        nearest = max(
            wanted,
            key=lambda one: (_similarity(_terms(one), text), _common_prefix_length(one, found)),
        )
        same = _common_prefix_length(nearest, found)
        return Mismatch(
            _similarity(_terms(nearest), text),
            f"after {_tail(found[:same])!r} it has {_head(found[same:])!r}, "
            f"not {_head(nearest[same:])!r}",
        )


@dataclass(frozen=True)
class InAnyOrder:
    """Every clause stands somewhere in the text."""

    clauses: tuple[Clause, ...]

    def miss(self, text: str) -> Mismatch | None:
        lacking = [
            clause.shown
            for clause in self.clauses
            if not re.search(clause.regex, text, flags=re.DOTALL)
        ]
        if not lacking:
            return None
        more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
        return Mismatch(1 - len(lacking) / len(self.clauses), f"it lacks {lacking[0]}{more}")


@dataclass(frozen=True)
class InOrder:
    """Every clause stands in the text, each after the one before, at least a character apart."""

    clauses: tuple[Clause, ...]

    @cached_property
    def _whole(self) -> re.Pattern[str]:
        return re.compile(".+".join(clause.regex for clause in self.clauses), re.DOTALL)

    def miss(self, text: str) -> Mismatch | None:
        if self._whole.search(text):
            return None
        likeness = _similarity([clause.shown for clause in self.clauses], text)
        end, after = 0, ""
        for clause in self.clauses:
            found = re.compile(clause.regex, re.DOTALL).search(text, end)
            if not found:
                return Mismatch(likeness, _mismatch(clause, text) + after)
            end, after = found.end() + 1, f" after {clause.shown}"
        return Mismatch(likeness, "its clauses stand too close to each other")


def _mismatch(clause: Clause, text: str) -> str:
    if re.search(clause.regex, text, flags=re.DOTALL):
        return f"it has {clause.shown} too early, not"
    if _bare(clause.shown) in _bare(text):
        return f"it has {clause.shown} with other quotes or brackets, not so"
    return f"it lacks {clause.shown}"


def _terms(text: str) -> list[str]:
    return re.split(r"&&|\|\|", text)


def _similarity(terms: list[str], text: str) -> float:
    """The share of the terms that stand in a text, quotes and brackets aside."""
    bare = _bare(text)
    return sum(_bare(term) in bare for term in terms) / len(terms)


def _bare(text: str) -> str:
    return re.sub(r"[\s(){}\"]", "", text)


def _without_whitespace(text: str) -> str:
    return "".join(text.split())


def _common_prefix_length(wanted: str, found: str) -> int:
    """How many characters at the start are the same."""
    pairs = zip(wanted, found, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


_SHOWN = 40


def _head(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _tail(text: str) -> str:
    return text if len(text) <= _SHOWN else "…" + text[1 - _SHOWN :]
