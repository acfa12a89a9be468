"""
A condition without what does nothing in it.

In:    a condition on JSON, such as a pattern to which exclusions were added.
Out:   one that holds for the same events, without alternatives that cannot match beside the rest
       and parts that the rest implies; or None where nothing matches.
Never: another meaning. What cannot be proven to do nothing stays.
"""

from collections.abc import Callable

from trailbell.pattern.ast import And, Condition, Or
from trailbell.pattern.satisfiability import Possibilities, Satisfiability


def simplify(condition: Condition) -> Condition | None:
    """The condition with every needless part taken out; taking one out may free another."""
    satisfiability = Satisfiability(condition)
    if satisfiability.assume({}, condition) is None:
        return None
    kept = _kept(satisfiability, {}, condition)
    return kept if kept == condition else simplify(kept)


def _kept(
    satisfiability: Satisfiability, possible: Possibilities, condition: Condition
) -> Condition:
    """The needed parts of a condition that can hold where ``possible`` is what is possible."""
    match condition:
        case And(parts):
            return _needed_parts(satisfiability, possible, parts)
        case Or(parts):
            alternatives = [p for p in parts if satisfiability.assume(possible, p) is not None]
            return _joined(Or, [_kept(satisfiability, possible, part) for part in alternatives])
        case _:
            return condition


def _needed_parts(
    satisfiability: Satisfiability, possible: Possibilities, parts: tuple[Condition, ...]
) -> Condition:
    """Parts that the others do not imply; the last ones are looked at first."""
    left = list(parts)
    for number in reversed(range(len(parts))):
        others = [*left[:number], *left[number + 1 :]]
        beside = satisfiability.assume(possible, And(tuple(others))) if others else possible
        if beside is None:  # no part can be judged beside parts that exclude each other
            continue
        if others and satisfiability.deny(beside, left[number]) is None:
            del left[number]
        else:
            left[number] = _kept(satisfiability, beside, left[number])
    return _joined(And, left)


def _joined(
    kind: Callable[[tuple[Condition, ...]], Condition], parts: list[Condition]
) -> Condition:
    return parts[0] if len(parts) == 1 else kind(tuple(parts))
