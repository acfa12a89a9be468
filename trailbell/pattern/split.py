"""
Several patterns that say together what one says that is too long.

In:    a pattern on JSON of any length.
Out:   `Parts`, each of them short enough: an event matches the pattern exactly if it matches a
       part.
Never: an approximation; a pattern without ``||`` to divide at is refused.

As metric filters on one metric the parts count an event once for every part that it matches. With
a threshold of 1 that changes nothing. Beyond that the parts have to be disjoint: alternatives that
one event can satisfy together are kept in one part wherever they fit, and `Parts.disjoint` says
whether that was possible everywhere.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from trailbell.errors import PatternError
from trailbell.pattern.ast import And, Condition, Json, NotExists, Or
from trailbell.pattern.filter_pattern import FilterPattern
from trailbell.pattern.parser import LONGEST
from trailbell.pattern.printer import condition_text, pattern_text
from trailbell.pattern.satisfiability import Possible, Worlds


@dataclass(frozen=True, slots=True)
class Parts:
    """`disjoint`: it is proven that no event matches two of the patterns."""

    patterns: tuple[FilterPattern, ...]
    disjoint: bool


def split(pattern: FilterPattern, longest: int = LONGEST) -> Parts:
    """
    The pattern itself, as it was written, if it is short enough; else its parts, in order.

    Raises `PatternError` if it cannot be divided.
    """
    if len(pattern.text) <= longest:
        return Parts((pattern,), disjoint=True)
    if not isinstance(pattern.tree, Json):
        raise _indivisible(pattern.text, longest, "only a pattern on JSON can be divided")
    conditions = tuple(_divided(pattern.tree.condition, longest))
    disjoint = _groups(conditions) == [[condition] for condition in conditions]
    return Parts(tuple(FilterPattern.of(Json(part)) for part in conditions), disjoint)


def _fits(condition: Condition, longest: int) -> bool:
    return len(pattern_text(Json(condition))) <= longest


def _divided(condition: Condition, longest: int) -> Iterator[Condition]:
    if _fits(condition, longest):
        yield condition
        return
    before, alternatives, after = _alternatives(condition, longest)

    def around(chosen: list[Condition]) -> Condition:
        """``chosen`` in place of all alternatives."""
        inner = chosen[0] if len(chosen) == 1 else Or(tuple(chosen))
        return And((*before, inner, *after)) if before or after else inner

    chosen: list[Condition] = []
    for group in _groups(alternatives):
        if _fits(around([*chosen, *group]), longest):
            chosen += group
            continue
        if chosen:
            yield around(chosen)
            chosen = []
        if _fits(around(group), longest):
            chosen = group
        else:
            yield from _packed(group, around, longest)
    if chosen:
        yield around(chosen)


def _packed(
    group: list[Condition], around: Callable[[list[Condition]], Condition], longest: int
) -> Iterator[Condition]:
    """Alternatives that belong together and do not fit together."""
    chosen: list[Condition] = []
    for alternative in group:
        if _fits(around([*chosen, alternative]), longest):
            chosen.append(alternative)
            continue
        if chosen:
            yield around(chosen)
        chosen = []
        if _fits(around([alternative]), longest):
            chosen = [alternative]
        else:
            yield from _divided(_flat(around([alternative])), longest)
    if chosen:
        yield around(chosen)


def _flat(condition: Condition) -> Condition:
    """``a && (b && c)`` as one ``&&``, so that alternatives in it are found."""
    if not isinstance(condition, And):
        return condition
    parts: list[Condition] = []
    for part in map(_flat, condition.parts):
        parts += part.parts if isinstance(part, And) else [part]
    return And(tuple(parts))


def _alternatives(
    condition: Condition, longest: int
) -> tuple[tuple[Condition, ...], tuple[Condition, ...], tuple[Condition, ...]]:
    """The alternatives to divide at, and the conditions before and after that all of them share."""
    match _flat(condition):
        case Or(parts):
            return (), parts, ()
        case And(parts):
            divisible = [part for part in parts if isinstance(part, Or)]
            if divisible:
                widest = max(divisible, key=_worth_dividing)
                place = parts.index(widest)
                return parts[:place], widest.parts, parts[place + 1 :]
        case _:
            pass
    text = pattern_text(Json(condition))
    raise _indivisible(text, longest, "there is no '||' left to divide at")


def _worth_dividing(alternatives: Or) -> tuple[bool, int]:
    """The widest, but for guards: what lets a missing member pass belongs into every part."""
    guards = any(isinstance(part, NotExists) for part in alternatives.parts)
    return not guards, len(condition_text(alternatives))


def _indivisible(text: str, longest: int, reason: str) -> PatternError:
    return PatternError(
        text, longest, f"a pattern of {len(text):,} characters", f"{longest:,} at most; {reason}"
    )


def _groups(alternatives: Iterable[Condition]) -> list[list[Condition]]:
    """Alternatives in their order, those together that one event may satisfy both of."""
    everything = tuple(alternatives)
    worlds = Worlds(Or(everything))
    groups: list[tuple[list[Condition], list[Possible]]] = []
    for alternative in everything:
        possible = worlds.assume({}, alternative)
        if possible is None:  # it never matches, so it belongs anywhere
            groups.append(([alternative], []))
            continue
        met = [group for group in groups if any(_meet(possible, other) for other in group[1])]
        joined = ([part for group in met for part in group[0]], [w for g in met for w in g[1]])
        place = groups.index(met[0]) if met else len(groups)
        groups = [group for group in groups if group not in met]
        groups.insert(place, ([*joined[0], alternative], [*joined[1], possible]))
    return [parts for parts, _ in groups]


def _meet(one: Possible, other: Possible) -> bool:
    return all(one[selector] & other[selector] for selector in one.keys() & other.keys())
