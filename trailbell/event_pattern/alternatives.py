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

from trailbell.event_pattern.issue import UNKNOWN, EventPatternIssue, PatternPath
from trailbell.event_pattern.syntax import MAX_DEPTH, OR

Names = tuple[str, ...]
"""Where a member is in the event: ``("detail", "userIdentity", "type")``."""


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """
    A member and its values; `path` is where they are written.

    An object in which something is unknown is a member as well, with the value `UNKNOWN`.
    """

    path: PatternPath
    names: Names
    values: Sequence[Any]

    @property
    def name(self) -> str:
        return ".".join(self.names)

    def texts(self) -> Iterator[tuple[PatternPath, str]]:
        """Values that are compared as they stand, if they are text."""
        for number, value in enumerate(self.values):
            if isinstance(value, str):
                yield (*self.path, number), value

    def operands(self, *operators: str) -> Iterator[tuple[PatternPath, Any]]:
        """What these operators are given; of a list its entries."""
        for number, value in enumerate(self.values):
            for operator in operators:
                if isinstance(value, Mapping) and operator in value:
                    yield from _flat(value[operator], (*self.path, number, operator))

    def operators(self, path: PatternPath) -> list[str]:
        """The operators that lead from the leaf to an operand, the outer one first."""
        return [step for step in path[len(self.path) :] if isinstance(step, str)]


def _flat(operand: Any, path: PatternPath) -> Iterator[tuple[PatternPath, Any]]:
    match operand:
        case dict():
            for name, inner in operand.items():
                yield from _flat(inner, (*path, name))
        case list():
            for number, inner in enumerate(operand):
                yield from _flat(inner, (*path, number))
        case _:
            yield path, operand


Alternative = Mapping[Names, Leaf]
"""All of it has to match; that one of several alternatives does is enough."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """What a pattern says, and pairs of leaves of which the second replaced the first."""

    alternatives: Sequence[Alternative]
    overwritten: Sequence[tuple[Leaf, Leaf]]


def expand(pattern: Mapping[str, Any], *, with_or: bool) -> Expansion:
    """Where ``$or`` is no operator in this pattern, it is the name of a member."""
    reader = _Reader(with_or=with_or)
    return Expansion(reader.object(pattern, (), (), [{}]), tuple(reader.overwritten.values()))


class _Reader:
    def __init__(self, *, with_or: bool) -> None:
        self.with_or = with_or
        self.overwritten: dict[tuple[PatternPath, PatternPath], tuple[Leaf, Leaf]] = {}

    def object(
        self,
        value: Mapping[str, Any],
        path: PatternPath,
        names: Names,
        found: list[dict[Names, Leaf]],
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
                            branch, (*path, name, number), names, [dict(one) for one in found]
                        )
                    ]
                case _ if name == OR and self.with_or:
                    self._write(Leaf((*path, name), names, [UNKNOWN]), found)
                case Mapping() if len(path) < MAX_DEPTH:
                    found = self.object(member, (*path, name), below, found)
                case _:
                    values = member if isinstance(member, list) else [UNKNOWN]
                    self._write(Leaf((*path, name), below, values), found)
        return found

    def _branch(
        self, branch: Any, path: PatternPath, names: Names, found: list[dict[Names, Leaf]]
    ) -> list[dict[Names, Leaf]]:
        if isinstance(branch, Mapping):
            return self.object(branch, path, names, found)
        self._write(Leaf(path, names, [UNKNOWN]), found)
        return found

    def _write(self, leaf: Leaf, found: list[dict[Names, Leaf]]) -> None:
        for alternative in found:
            if before := alternative.get(leaf.names):
                self.overwritten.setdefault((before.path, leaf.path), (before, leaf))
            alternative[leaf.names] = leaf


def overwritten_issues(overwritten: Iterable[tuple[Leaf, Leaf]]) -> Iterator[EventPatternIssue]:
    for before, leaf in overwritten:
        if UNKNOWN not in before.values:
            location = EventPatternIssue(before.path, "", "", "").location
            yield EventPatternIssue(
                leaf.path,
                "replaces",
                f"this replaces what stands at {location}: of two lists for {leaf.name} only the "
                "later counts, they are not combined",
                "name the member once in each alternative, with all that it may be",
            )


def issues_in_every(
    alternatives: Sequence[Alternative],
    judge: Callable[[Alternative], Iterable[tuple[Leaf, EventPatternIssue]]],
) -> Iterator[EventPatternIssue]:
    """What is found of a leaf in every alternative that it is part of.

    A leaf beside ``$or`` may be senseless in one branch and right in another.
    """
    parts = Counter(leaf.path for alternative in alternatives for leaf in alternative.values())
    found: Counter[tuple[PatternPath, EventPatternIssue]] = Counter()
    for alternative in alternatives:
        found.update({(leaf.path, finding): 1 for leaf, finding in judge(alternative)})
    for (path, finding), times in found.items():
        if times == parts[path]:
            yield finding
