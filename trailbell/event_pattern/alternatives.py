"""
The alternatives of an event pattern, as EventBridge's engine expands them.

In:    a pattern with a valid syntax.
Out:   each alternative, and fields that are written twice, of which only the last counts.
Never: a judgment of values.

https://github.com/aws/event-ruler#and-and-or-relationship-among-fields-with-ruler
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trailbell.event_pattern.issue import (
    UNKNOWN,
    EventPatternIssue,
    PatternPath,
    location_of,
)
from trailbell.event_pattern.syntax import MAX_DEPTH, OR

Names = tuple[str, ...]
"""A field of an event: ``("detail", "userIdentity", "type")``."""


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """
    A field and the values that it is matched with; `path` leads to the values in the pattern.

    An object that contains something unknown is a leaf as well, with the value `UNKNOWN`.
    """

    path: PatternPath
    names: Names
    values: Sequence[Any]

    @property
    def name(self) -> str:
        return ".".join(self.names)

    def texts(self) -> Iterator[tuple[PatternPath, str]]:
        """The values that are strings, which have to be equal to the field."""
        for index, value in enumerate(self.values):
            if isinstance(value, str):
                yield (*self.path, index), value

    def operands(self, *operators: str) -> Iterator[tuple[PatternPath, Any]]:
        """The operands of these operators; of a list, each of its values."""
        for index, value in enumerate(self.values):
            for operator in operators:
                if isinstance(value, Mapping) and operator in value:
                    yield from _scalars(value[operator], (*self.path, index, operator))

    def operators(self, path: PatternPath) -> list[str]:
        """The operators on the way from this leaf to the operand at ``path``, outermost first."""
        return [step for step in path[len(self.path) :] if isinstance(step, str)]


def _scalars(operand: Any, path: PatternPath) -> Iterator[tuple[PatternPath, Any]]:
    match operand:
        case dict():
            for name, inner in operand.items():
                yield from _scalars(inner, (*path, name))
        case list():
            for index, inner in enumerate(operand):
                yield from _scalars(inner, (*path, index))
        case _:
            yield path, operand


Alternative = Mapping[Names, Leaf]
"""An event matches if all leaves of one of the alternatives match."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """The alternatives of a pattern, and pairs of leaves: the second overwrites the first."""

    alternatives: Sequence[Alternative]
    overwritten: Sequence[tuple[Leaf, Leaf]]


def expand(pattern: Mapping[str, Any], *, with_or: bool) -> Expansion:
    """Expand ``$or``. Without ``with_or``, it is the name of a field in this pattern."""
    expander = _Expander(with_or=with_or)
    alternatives = expander.object(pattern, (), (), [{}])
    return Expansion(alternatives, tuple(expander.overwritten.values()))


class _Expander:
    def __init__(self, *, with_or: bool) -> None:
        self.with_or = with_or
        self.overwritten: dict[tuple[PatternPath, PatternPath], tuple[Leaf, Leaf]] = {}

    def object(
        self,
        value: Mapping[str, Any],
        path: PatternPath,
        names: Names,
        alternatives: list[dict[Names, Leaf]],
    ) -> list[dict[Names, Leaf]]:
        """Each of the alternatives so far, combined with each alternative of an object."""
        for name, member in value.items():
            member_names = (*names, *name.split("."))
            match member:
                case list() if name == OR and self.with_or:
                    alternatives = [
                        alternative
                        for index, branch in enumerate(member)
                        for alternative in self._branch(
                            branch, (*path, name, index), names, [dict(it) for it in alternatives]
                        )
                    ]
                case _ if name == OR and self.with_or:
                    self._add(Leaf((*path, name), names, [UNKNOWN]), alternatives)
                case Mapping() if len(path) < MAX_DEPTH:
                    alternatives = self.object(member, (*path, name), member_names, alternatives)
                case _:
                    values = member if isinstance(member, list) else [UNKNOWN]
                    self._add(Leaf((*path, name), member_names, values), alternatives)
        return alternatives

    def _branch(
        self, branch: Any, path: PatternPath, names: Names, alternatives: list[dict[Names, Leaf]]
    ) -> list[dict[Names, Leaf]]:
        if isinstance(branch, Mapping):
            return self.object(branch, path, names, alternatives)
        self._add(Leaf(path, names, [UNKNOWN]), alternatives)
        return alternatives

    def _add(self, leaf: Leaf, alternatives: list[dict[Names, Leaf]]) -> None:
        for alternative in alternatives:
            if previous := alternative.get(leaf.names):
                self.overwritten.setdefault((previous.path, leaf.path), (previous, leaf))
            alternative[leaf.names] = leaf


def overwritten_issues(overwritten: Iterable[tuple[Leaf, Leaf]]) -> Iterator[EventPatternIssue]:
    for previous, leaf in overwritten:
        if UNKNOWN not in previous.values:
            yield EventPatternIssue(
                leaf.path,
                "replaces",
                f"this overwrites the list at {location_of(previous.path)}, since only the last "
                f"list for {leaf.name} counts",
                "write the field once in each alternative, with all its values",
            )


def issues_in_every(
    alternatives: Sequence[Alternative],
    check: Callable[[Alternative], Iterable[tuple[Leaf, EventPatternIssue]]],
) -> Iterator[EventPatternIssue]:
    """
    The issues that a leaf has in every alternative that it is part of.

    A leaf next to ``$or`` may be wrong together with one branch and right with another.
    """
    parts = Counter(leaf.path for alternative in alternatives for leaf in alternative.values())
    counts: Counter[tuple[PatternPath, EventPatternIssue]] = Counter()
    for alternative in alternatives:
        counts.update({(leaf.path, issue): 1 for leaf, issue in check(alternative)})
    for (path, issue), count in counts.items():
        if count == parts[path]:
            yield issue
