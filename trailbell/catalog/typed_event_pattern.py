"""
The event pattern of a filter pattern, with the types that the models of APIs give to parameters.

In:    the tree of a filter pattern.
Out:   its event pattern, and the clauses for which that matches more.
Never: a model that is read without need. The result of a pattern about parameters is stored, so
       that a build in which nothing has changed reads none.
"""

from copy import deepcopy
from functools import cache
from typing import Any

from trailbell import cache as results
from trailbell.errors import UnsupportedError
from trailbell.lazy_import import lazy_import
from trailbell.pattern.ast import Clause, JsonPattern, Member, Pattern, clauses
from trailbell.pattern.field_types import PARAMETERS, FieldTypes
from trailbell.pattern.printer import pattern_text
from trailbell.pattern.targets import eventbridge


def compile_event_pattern(tree: Pattern) -> dict[str, Any]:
    """The event pattern. Raises `UnsupportedError`."""
    return deepcopy(_translation(tree)[0])


def differences(tree: Pattern) -> tuple[str, ...]:
    """The clauses about some elements of an array, for which the event pattern matches any.

    Raises `UnsupportedError`.
    """
    return _translation(tree)[1]


@cache
def _translation(tree: Pattern) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Both results. Those that need the models of APIs are stored between runs."""
    if not (isinstance(tree, JsonPattern) and any(map(_is_parameter, clauses(tree.condition)))):
        return eventbridge.compile(tree), ()
    key = results.validation_key([pattern_text(tree)], ["event pattern"])
    match results.load(key):
        case {"pattern": dict(stored), "differences": list(clauses_of_it)}:
            return stored, tuple(clauses_of_it)
        case {"target": str(target), "clause": str(clause), "reason": str(reason)}:
            raise UnsupportedError(target, clause, reason)
        case _:
            pass
    try:
        pattern = eventbridge.compile(tree, _field_types())
    except UnsupportedError as error:
        results.store(key, vars(error))
        raise
    differing = eventbridge.differences(tree, _field_types())
    results.store(key, {"pattern": pattern, "differences": differing})
    return pattern, differing


def _is_parameter(clause: Clause) -> bool:
    first, *others = clause.selector.steps
    return bool(others) and isinstance(first, Member) and first.name in PARAMETERS


def _field_types() -> FieldTypes:
    types: FieldTypes = lazy_import("trailbell.cloudtrail.field_types").BotocoreFieldTypes()
    return types
