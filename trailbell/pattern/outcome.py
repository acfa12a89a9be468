"""
The outcome of a pattern for a log event: match, no match, or uncertain.

In:    outcomes of clauses.
Out:   the outcome of the whole, by Kleene's strong logic.
Never: a guess. If the outcome depends on something that AWS does not document, or that
       measurements contradict, it is `Outcome.UNCERTAIN` and has the reason.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar, NoReturn


@dataclass(frozen=True)
class Outcome:
    """
    To be compared: ``pattern.test(message) == Outcome.UNCERTAIN``.

    Only UNCERTAIN has a `reason`, which is not compared.
    """

    name: str
    reason: str = field(default="", compare=False)

    MATCH: ClassVar["Outcome"]
    NO_MATCH: ClassVar["Outcome"]
    UNCERTAIN: ClassVar["Outcome"]

    @staticmethod
    def uncertain(reason: str) -> "Outcome":
        return Outcome("UNCERTAIN", reason)

    @staticmethod
    def unanimous(interpretations: Iterable[bool], reason: str) -> "Outcome":
        """Whether all interpretations match, or uncertain with ``reason`` if they disagree."""
        results = set(interpretations)
        if len(results) > 1:
            return Outcome.uncertain(reason)
        return Outcome.MATCH if results.pop() else Outcome.NO_MATCH

    @staticmethod
    def all_of(parts: Iterable["Outcome"]) -> "Outcome":
        """A match if all parts match; stops at the first that does not."""
        return _first(parts, decisive=Outcome.NO_MATCH, otherwise=Outcome.MATCH)

    @staticmethod
    def any_of(parts: Iterable["Outcome"]) -> "Outcome":
        """A match if any part matches; stops at the first that does."""
        return _first(parts, decisive=Outcome.MATCH, otherwise=Outcome.NO_MATCH)

    def negated(self) -> "Outcome":
        if self == Outcome.UNCERTAIN:
            return self
        return Outcome.NO_MATCH if self == Outcome.MATCH else Outcome.MATCH

    def __bool__(self) -> NoReturn:
        raise TypeError("an Outcome has no truth value; compare it with Outcome.MATCH")

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}" if self.reason else self.name


Outcome.MATCH = Outcome("MATCH")
Outcome.NO_MATCH = Outcome("NO_MATCH")
Outcome.UNCERTAIN = Outcome(
    "UNCERTAIN",
    "AWS does not document the behavior, or measurements disagree with the documentation",
)


def _first(parts: Iterable[Outcome], *, decisive: Outcome, otherwise: Outcome) -> Outcome:
    reasons: dict[str, None] = {}
    for part in parts:
        if part == decisive:
            return decisive
        if part == Outcome.UNCERTAIN:
            reasons[part.reason] = None
    return Outcome.uncertain("; ".join(reasons)) if reasons else otherwise
