"""
How a compliance scanner reads the text of a filter pattern.

In:    the pattern that the scanner expects, as data; and a text.
Out:   `None` if the scanner accepts the text, else a `Mismatch`: how similar the text is, and the
       first difference.
Never: the meaning of a text. No scanner parses the language; each one searches for text.
"""

import itertools
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol


@dataclass(frozen=True)
class Mismatch:
    """How similar a rejected text is to an expected one (0 to 1), and the first difference."""

    similarity: float
    difference: str


class ExpectedPattern(Protocol):
    """The filter pattern that a scanner expects."""

    def compare(self, text: str) -> Mismatch | None:
        """Compare a text with the expectation; `None` if it is accepted."""


@dataclass(frozen=True)
class Clause:
    """A part of a text to search for: in a readable form, and as a regular expression."""

    label: str
    regex: str


@dataclass(frozen=True)
class Exactly:
    """The text is one of these, whitespace aside."""

    texts: tuple[str, ...]

    def compare(self, text: str) -> Mismatch | None:
        actual = _without_whitespace(text)
        expected = [_without_whitespace(variant) for variant in self.texts]
        if actual in expected:
            return None
        nearest = max(
            expected,
            key=lambda variant: (
                _similarity(_split_terms(variant), text),
                _common_prefix_length(variant, actual),
            ),
        )
        start = _common_prefix_length(nearest, actual)
        return Mismatch(
            _similarity(_split_terms(nearest), text),
            f'after "{_tail(actual[:start])}" it has "{_head(actual[start:])}" '
            f'instead of "{_head(nearest[start:])}"',
        )


@dataclass(frozen=True)
class InAnyOrder:
    """The text contains every clause."""

    clauses: tuple[Clause, ...]

    def compare(self, text: str) -> Mismatch | None:
        missing = [
            clause.label
            for clause in self.clauses
            if not re.search(clause.regex, text, flags=re.DOTALL)
        ]
        if not missing:
            return None
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        return Mismatch(1 - len(missing) / len(self.clauses), f"it lacks {missing[0]}{more}")


@dataclass(frozen=True)
class InOrder:
    """The text contains every clause after the previous one, at least one character apart."""

    clauses: tuple[Clause, ...]

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        return re.compile(".+".join(clause.regex for clause in self.clauses), re.DOTALL)

    def compare(self, text: str) -> Mismatch | None:
        if self._regex.search(text):
            return None
        similarity = _similarity([clause.label for clause in self.clauses], text)
        end, previous = 0, ""
        for clause in self.clauses:
            match = re.compile(clause.regex, re.DOTALL).search(text, end)
            if not match:
                return Mismatch(similarity, _describe_missing(clause, text, previous))
            end, previous = match.end() + 1, clause.label
        return Mismatch(similarity, "there is no character between two of its clauses")


def _describe_missing(clause: Clause, text: str, previous: str) -> str:
    after = f" after {previous}" if previous else ""
    if re.search(clause.regex, text, flags=re.DOTALL):
        return f"it has {clause.label} too early instead of{after}"
    if _without_quotes(clause.label) in _without_quotes(text):
        return f"{after} it has different quotes or brackets in {clause.label}".strip()
    return f"it lacks {clause.label}{after}"


def _split_terms(text: str) -> list[str]:
    return re.split(r"&&|\|\|", text)


def _similarity(terms: list[str], text: str) -> float:
    """The share of the terms that a text contains, quotes and brackets aside."""
    bare_text = _without_quotes(text)
    return sum(_without_quotes(term) in bare_text for term in terms) / len(terms)


def _without_quotes(text: str) -> str:
    """A text without quotes, brackets and whitespace."""
    return re.sub(r"[\s(){}\"]", "", text)


def _without_whitespace(text: str) -> str:
    return "".join(text.split())


def _common_prefix_length(expected: str, actual: str) -> int:
    """The number of characters at the start that are the same."""
    pairs = zip(expected, actual, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


_MAX_QUOTED = 40


def _head(text: str) -> str:
    return text if len(text) <= _MAX_QUOTED else text[: _MAX_QUOTED - 1] + "…"


def _tail(text: str) -> str:
    return text if len(text) <= _MAX_QUOTED else "…" + text[1 - _MAX_QUOTED :]
