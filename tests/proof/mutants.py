"""
Policies that are broken on purpose.

In:    a template.
Out:   copies of it, each with one condition, key of a condition or Deny statement less, or with a
       wider principal.
Never: a judgment whether a mutant is dangerous.
"""

import copy
from collections.abc import Iterator
from typing import Any

from trailbell.proof.policies import policy_places
from trailbell.template.resources import properties, resources

Mutant = tuple[str, dict[str, Any]]


def mutants(template: dict[str, Any]) -> Iterator[Mutant]:
    """Each mutant of a template with its name."""
    for logical_id in dict.fromkeys(place.logical_id for place in policy_places(template)):
        given = properties(resources(template)[logical_id])
        for path in _statements(given, ()):
            statement = _at(given, path)
            sid = f"{logical_id}.{statement.get('Sid', 'Statement')}"
            for name, changed in _changes(statement):
                broken = copy.deepcopy(template)
                _replace(broken["Resources"][logical_id]["Properties"], path, changed)
                yield f"{sid} {name}", broken


def _statements(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    match value:
        case {"Effect": _}:
            yield path
        case dict():
            for name, member in value.items():
                yield from _statements(member, (*path, name))
        case list():
            for index, member in enumerate(value):
                yield from _statements(member, (*path, index))


def _changes(statement: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if statement["Effect"] == "Deny":
        yield "is removed", {"Ref": "AWS::NoValue"}
    for operator, keys in statement.get("Condition", {}).items():
        for key in keys:
            changed = copy.deepcopy(statement)
            del changed["Condition"][operator][key]
            if not changed["Condition"][operator]:
                del changed["Condition"][operator]
            yield f"without {operator} {key}", changed
    if "Principal" in statement and statement["Principal"] != "*":
        yield "for everyone", {**statement, "Principal": "*"}


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def _replace(value: Any, path: tuple[Any, ...], new: Any) -> None:
    *before, last = path
    _at(value, tuple(before))[last] = new
