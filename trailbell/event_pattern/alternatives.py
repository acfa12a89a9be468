"""
An event pattern as the engine behind EventBridge reads it: alternatives of members and values.

In:    a pattern whose form is right.
Out:   each alternative, and members that are named twice, of which only the last counts.
Never: a judgement of values.

https://github.com/aws/event-ruler#and-and-or-relationship-among-fields-with-ruler
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trailbell.event_pattern.issue import UNKNOWN, Finding, Path
from trailbell.event_pattern.syntax import DEEPEST, OR

Names = tuple[str, ...]
"""Where a member is in the event: ``("detail", "userIdentity", "type")``."""


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """
    A member and its values; `at` is where they are written.

    An object in which something is unknown is a member as well, with the value `UNKNOWN`.
    """

    at: Path
    names: Names
    values: Sequence[Any]

    @property
    def name(self) -> str:
        return ".".join(self.names)

    def texts(self) -> Iterator[tuple[Path, str]]:
        """Values that are compared as they stand, if they are text."""
        for number, value in enumerate(self.values):
            if isinstance(value, str):
                yield (*self.at, number), value

    def operands(self, *operators: str) -> Iterator[tuple[Path, Any]]:
        """What these operators are given; of a list its entries."""
        for number, value in enumerate(self.values):
            for operator in operators:
                if isinstance(value, Mapping) and operator in value:
                    yield from _flat(value[operator], (*self.at, number, operator))

    def operators(self, at: Path) -> list[str]:
        """The operators that lead from the leaf to an operand, the outer one first."""
        return [step for step in at[len(self.at) :] if isinstance(step, str)]


def _flat(operand: Any, at: Path) -> Iterator[tuple[Path, Any]]:
    match operand:
        case dict():
            for name, inner in operand.items():
                yield from _flat(inner, (*at, name))
        case list():
            for number, inner in enumerate(operand):
                yield from _flat(inner, (*at, number))
        case _:
            yield at, operand


Alternative = Mapping[Names, Leaf]
"""All of it has to match; that one of several alternatives does is enough."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a pattern says, and pairs of leaves of which the second replaced the first."""

    alternatives: Sequence[Alternative]
    replaced: Sequence[tuple[Leaf, Leaf]]


def reading(pattern: Mapping[str, Any], *, with_or: bool) -> Reading:
    """Where ``$or`` is no operator in this pattern, it is the name of a member."""
    reader = _Reader(with_or=with_or)
    return Reading(reader.object(pattern, (), (), [{}]), tuple(reader.replaced.values()))


class _Reader:
    def __init__(self, *, with_or: bool) -> None:
        self.with_or = with_or
        self.replaced: dict[tuple[Path, Path], tuple[Leaf, Leaf]] = {}

    def object(
        self, value: Mapping[str, Any], at: Path, names: Names, found: list[dict[Names, Leaf]]
    ) -> list[dict[Names, Leaf]]:
        """What was found before, and each of it with the members of an object as well."""
        for name, member in value.items():
            below = (*names, *name.split("."))
            match member:
                case list() if name == OR and self.with_or:
                    found = [
                        alternative
                        for number, branch in enumerate(member)
                        for alternative in self._branch(
                            branch, (*at, name, number), names, [dict(one) for one in found]
                        )
                    ]
                case _ if name == OR and self.with_or:
                    self._write(Leaf((*at, name), names, [UNKNOWN]), found)
                case Mapping() if len(at) < DEEPEST:
                    found = self.object(member, (*at, name), below, found)
                case _:
                    values = member if isinstance(member, list) else [UNKNOWN]
                    self._write(Leaf((*at, name), below, values), found)
        return found

    def _branch(
        self, branch: Any, at: Path, names: Names, found: list[dict[Names, Leaf]]
    ) -> list[dict[Names, Leaf]]:
        if isinstance(branch, Mapping):
            return self.object(branch, at, names, found)
        self._write(Leaf(at, names, [UNKNOWN]), found)
        return found

    def _write(self, leaf: Leaf, found: list[dict[Names, Leaf]]) -> None:
        for alternative in found:
            if before := alternative.get(leaf.names):
                self.replaced.setdefault((before.at, leaf.at), (before, leaf))
            alternative[leaf.names] = leaf


def replaced_findings(replaced: Iterable[tuple[Leaf, Leaf]]) -> Iterator[Finding]:
    for before, leaf in replaced:
        if UNKNOWN not in before.values:
            where = Finding(before.at, "", "", "").where
            yield Finding(
                leaf.at,
                "replaces",
                f"this replaces what stands at {where}: of two lists for {leaf.name} only the "
                "later counts, they are not combined",
                "name the member once in each alternative, with all that it may be",
            )


def in_every(
    alternatives: Sequence[Alternative],
    judge: Callable[[Alternative], Iterable[tuple[Leaf, Finding]]],
) -> Iterator[Finding]:
    """What is found of a leaf in every alternative that it is part of.

    A leaf beside ``$or`` may be senseless in one branch and right in another.
    """
    parts = Counter(leaf.at for alternative in alternatives for leaf in alternative.values())
    found: Counter[tuple[Path, Finding]] = Counter()
    for alternative in alternatives:
        found.update({(leaf.at, finding): 1 for leaf, finding in judge(alternative)})
    for (at, finding), times in found.items():
        if times == parts[at]:
            yield finding
