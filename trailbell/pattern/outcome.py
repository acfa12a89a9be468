"""
What a pattern says of a log event: three answers.

In:    verdicts of clauses.
Out:   the verdict of the whole, by Kleene's strong logic.
Never: a guess. Where documentation and measurement disagree or are silent, and it matters,
       the answer is `Outcome.UNCERTAIN` and says why.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar, NoReturn


@dataclass(frozen=True)
class Outcome:
    """
    Compare it: ``pattern.test(message) == Outcome.UNCERTAIN``.

    `reason` belongs to UNCERTAIN alone and is not compared.
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
        """What all readings say, or uncertain because of ``reason``."""
        said = set(interpretations)
        if len(said) > 1:
            return Outcome.uncertain(reason)
        return Outcome.MATCH if said.pop() else Outcome.NO_MATCH

    @staticmethod
    def all_of(parts: Iterable["Outcome"]) -> "Outcome":
        """Stops at the first part that does not match."""
        return _first(parts, decisive=Outcome.NO_MATCH, otherwise=Outcome.MATCH)

    @staticmethod
    def any_of(parts: Iterable["Outcome"]) -> "Outcome":
        """Stops at the first part that matches."""
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
