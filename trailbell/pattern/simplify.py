"""
The removal of redundant parts from a condition.

In:    a condition on JSON, such as a pattern to which exclusions were added.
Out:   a condition for the same events without alternatives that cannot match and parts that the
       rest implies; `None` if no event matches.
Never: a change of meaning. A part stays unless it is proven to be redundant.
"""

from collections.abc import Callable

from trailbell.pattern.ast import And, Condition, Or
from trailbell.pattern.satisfiability import Possibilities, Satisfiability


def simplify(condition: Condition) -> Condition | None:
    """Remove parts until none is redundant; removing one may make another redundant."""
    satisfiability = Satisfiability(condition)
    if satisfiability.assume({}, condition) is None:
        return None
    simplified = _simplify(satisfiability, {}, condition)
    return simplified if simplified == condition else simplify(simplified)


def _simplify(
    satisfiability: Satisfiability, possibilities: Possibilities, condition: Condition
) -> Condition:
    """Simplify a part; ``possibilities`` are what the conditions around it leave possible."""
    match condition:
        case And(parts):
            return _needed_parts(satisfiability, possibilities, parts)
        case Or(parts):
            alternatives = [
                part for part in parts if satisfiability.assume(possibilities, part) is not None
            ]
            return _joined(
                Or, [_simplify(satisfiability, possibilities, part) for part in alternatives]
            )
        case _:
            return condition


def _needed_parts(
    satisfiability: Satisfiability, possibilities: Possibilities, parts: tuple[Condition, ...]
) -> Condition:
    """Remove parts that the others imply, from the last to the first."""
    needed = list(parts)
    for index in reversed(range(len(parts))):
        others = [*needed[:index], *needed[index + 1 :]]
        remaining = (
            satisfiability.assume(possibilities, And(tuple(others))) if others else possibilities
        )
        if remaining is None:  # the other parts exclude each other
            continue
        if others and satisfiability.deny(remaining, needed[index]) is None:
            del needed[index]
        else:
            needed[index] = _simplify(satisfiability, remaining, needed[index])
    return _joined(And, needed)


def _joined(
    make: Callable[[tuple[Condition, ...]], Condition], parts: list[Condition]
) -> Condition:
    return parts[0] if len(parts) == 1 else make(tuple(parts))
