"""
A selector as a fast function of decoded records.

In:    the steps of a selector.
Out:   a function from a decoded record to the node that they select, or to all nodes.
Never: another result than that of `trailbell.pattern.record.select`, the reference.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from trailbell.pattern.ast import AnyElement, AnyMember, Index, Member, Step


@dataclass(frozen=True, slots=True)
class _Missing:
    """There is no value, not even null."""


MISSING = _Missing()

Nodes = list[object]
SelectOne = Callable[[object], object]
SelectSeveral = Callable[[object], tuple[Nodes, bool]]
"""Returns nodes, and whether a step selects none on any branch. An empty list has no branches."""

_NOTHING: tuple[Nodes, bool] = ([], True)


def of_one(names: tuple[str, ...]) -> SelectOne:
    """A function that selects the node at a path of names, or `MISSING`."""
    if len(names) == 1:
        (name,) = names
        return lambda record: record.get(name, MISSING) if isinstance(record, dict) else MISSING

    def select(node: object) -> object:
        for name in names:
            if not isinstance(node, dict):
                return MISSING
            node = node.get(name, MISSING)
        return node

    return select


def of_several(steps: tuple[Step, ...]) -> SelectSeveral:
    """A function that selects nodes with indexes and wildcards."""
    step, *rest = steps
    one = _STEPS[type(step)](step)
    if not rest:
        return one
    following = of_several(tuple(rest))

    def select(node: object) -> tuple[Nodes, bool]:
        nodes, some_missing = one(node)
        if len(nodes) == 1:  # of most steps, which then need no other list
            return following(nodes[0])
        selected: Nodes = []
        for each in nodes:
            below, missing = following(each)
            selected += below
            some_missing = some_missing or missing
        return selected, some_missing

    return select


def _member(step: Member) -> SelectSeveral:
    name = step.name
    return lambda node: (
        ([node[name]], False) if isinstance(node, dict) and name in node else _NOTHING
    )


def _index(step: Index) -> SelectSeveral:
    position = step.position
    return lambda node: (
        ([node[position]], False) if isinstance(node, list) and position < len(node) else _NOTHING
    )


def _any_element(_: AnyElement) -> SelectSeveral:
    return lambda node: (node, False) if isinstance(node, list) else _NOTHING


def _any_member(_: AnyMember) -> SelectSeveral:
    return lambda node: ([*node.values()], False) if isinstance(node, dict) else _NOTHING


_STEPS: Mapping[type[Step], Callable[..., SelectSeveral]] = {
    Member: _member,
    Index: _index,
    AnyElement: _any_element,
    AnyMember: _any_member,
}
