"""
The part of a pattern that the language of a target can express.

In:    a tree, and the function that compiles trees for the target.
Out:   a tree that matches all events of the first one, and may match more.
Never: a tree that matches an event less: filter patterns have no negation of a group.
"""

from collections.abc import Callable

from trailbell.errors import UnsupportedError
from trailbell.pattern import all_of, any_of
from trailbell.pattern.ast import And, Condition, JsonPattern, MatchAll, Or, Pattern


def supported_part(tree: Pattern, compile_pattern: Callable[[Pattern], object]) -> Pattern:
    """The tree without conditions that the target does not support.

    It is the empty pattern, which matches everything, if nothing of a condition remains. A pattern
    that is no condition on JSON is returned as it is.
    """
    match tree:
        case JsonPattern(condition):
            supported = _supported_part(condition, compile_pattern)
            return JsonPattern(supported) if supported else MatchAll()
        case _:
            return tree


def _supported_part(
    condition: Condition, compile_pattern: Callable[[Pattern], object]
) -> Condition | None:
    """The part of a condition that the target can express; None if there is none."""
    match condition:
        case And(parts):
            supported = [p for part in parts if (p := _supported_part(part, compile_pattern))]
            return all_of(*supported) if supported else None
        case Or(parts):
            alternatives = [p for part in parts if (p := _supported_part(part, compile_pattern))]
            return any_of(*alternatives) if len(alternatives) == len(parts) else None
        case _:
            try:
                compile_pattern(JsonPattern(condition))
            except UnsupportedError:
                return None
            return condition
