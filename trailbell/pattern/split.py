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
from trailbell.pattern.ast import And, Condition, JsonPattern, NotExists, Or
from trailbell.pattern.filter_pattern import MAX_LENGTH, FilterPattern
from trailbell.pattern.printer import condition_text, pattern_text
from trailbell.pattern.satisfiability import Possibilities, Satisfiability


@dataclass(frozen=True, slots=True)
class Parts:
    """`mutually_exclusive`: it is proven that no event matches two of the patterns."""

    patterns: tuple[FilterPattern, ...]
    mutually_exclusive: bool


def split(pattern: FilterPattern, max_length: int = MAX_LENGTH) -> Parts:
    """
    The pattern itself, as it was written, if it is short enough; else its parts, in order.

    Raises `PatternError` if it cannot be divided.
    """
    if len(pattern.text) <= max_length:
        return Parts((pattern,), mutually_exclusive=True)
    if not isinstance(pattern.tree, JsonPattern):
        raise _indivisible(pattern.text, max_length, "only a pattern for JSON events can be split")
    conditions = tuple(_divided(pattern.tree.condition, max_length))
    mutually_exclusive = _groups(conditions) == [[condition] for condition in conditions]
    return Parts(
        tuple(FilterPattern.of(JsonPattern(part)) for part in conditions), mutually_exclusive
    )


def _fits(condition: Condition, max_length: int) -> bool:
    return len(pattern_text(JsonPattern(condition))) <= max_length


def _divided(condition: Condition, max_length: int) -> Iterator[Condition]:
    if _fits(condition, max_length):
        yield condition
        return
    before, alternatives, after = _alternatives(condition, max_length)

    def around(chosen: list[Condition]) -> Condition:
        """``chosen`` in place of all alternatives."""
        inner = chosen[0] if len(chosen) == 1 else Or(tuple(chosen))
        return And((*before, inner, *after)) if before or after else inner

    chosen: list[Condition] = []
    for group in _groups(alternatives):
        if _fits(around([*chosen, *group]), max_length):
            chosen += group
            continue
        if chosen:
            yield around(chosen)
            chosen = []
        if _fits(around(group), max_length):
            chosen = group
        else:
            yield from _packed(group, around, max_length)
    if chosen:
        yield around(chosen)


def _packed(
    group: list[Condition], around: Callable[[list[Condition]], Condition], max_length: int
) -> Iterator[Condition]:
    """Alternatives that belong together and do not fit together."""
    chosen: list[Condition] = []
    for alternative in group:
        if _fits(around([*chosen, alternative]), max_length):
            chosen.append(alternative)
            continue
        if chosen:
            yield around(chosen)
        chosen = []
        if _fits(around([alternative]), max_length):
            chosen = [alternative]
        else:
            yield from _divided(_flat(around([alternative])), max_length)
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
    condition: Condition, max_length: int
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
    text = pattern_text(JsonPattern(condition))
    raise _indivisible(text, max_length, "there is no '||' at which it can be split")


def _worth_dividing(alternatives: Or) -> tuple[bool, int]:
    """The widest, but for guards: what lets a missing member pass belongs into every part."""
    guards = any(isinstance(part, NotExists) for part in alternatives.parts)
    return not guards, len(condition_text(alternatives))


def _indivisible(text: str, max_length: int, reason: str) -> PatternError:
    return PatternError(
        text,
        max_length,
        f"the pattern has {len(text):,} characters",
        f"shorten it to {max_length:,}; {reason}",
    )


def _groups(alternatives: Iterable[Condition]) -> list[list[Condition]]:
    """Alternatives in their order, those together that one event may satisfy both of."""
    everything = tuple(alternatives)
    satisfiability = Satisfiability(Or(everything))
    groups: list[tuple[list[Condition], list[Possibilities]]] = []
    for alternative in everything:
        possible = satisfiability.assume({}, alternative)
        if possible is None:  # it never matches, so it belongs anywhere
            groups.append(([alternative], []))
            continue
        met = [group for group in groups if any(_meet(possible, other) for other in group[1])]
        joined = ([part for group in met for part in group[0]], [w for g in met for w in g[1]])
        place = groups.index(met[0]) if met else len(groups)
        groups = [group for group in groups if group not in met]
        groups.insert(place, ([*joined[0], alternative], [*joined[1], possible]))
    return [parts for parts, _ in groups]


def _meet(one: Possibilities, other: Possibilities) -> bool:
    return all(one[selector] & other[selector] for selector in one.keys() & other.keys())
