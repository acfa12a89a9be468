"""
Several short patterns that together match what a pattern matches that is too long.

In:    a pattern on JSON of any length.
Out:   `Parts` that are short enough. An event matches the pattern exactly if it matches a part.
Never: an approximation. A pattern without ``||`` at which it can be split raises an error.

If the parts are metric filters of one metric, an event counts once for each part that it matches.
With a threshold of 1, this makes no difference. With a higher threshold, the parts must be mutually
exclusive. Therefore, alternatives that one event can satisfy together stay in one part if they fit,
and `Parts.mutually_exclusive` is true if that was always possible.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from trailbell.errors import PatternError
from trailbell.pattern.ast import And, Condition, JsonPattern, NotExists, Or, clauses
from trailbell.pattern.filter_pattern import MAX_LENGTH, FilterPattern
from trailbell.pattern.printer import condition_text, pattern_text
from trailbell.pattern.satisfiability import Possibilities, Satisfiability


@dataclass(frozen=True, slots=True)
class Parts:
    """`mutually_exclusive` is true if it is proven that no event matches two of the patterns."""

    patterns: tuple[FilterPattern, ...]
    mutually_exclusive: bool


def split(pattern: FilterPattern, max_length: int = MAX_LENGTH) -> Parts:
    """
    Split a pattern into parts, in order. A pattern that is short enough stays as it was written.

    Raises `PatternError` if it cannot be split.
    """
    if len(pattern.text) <= max_length:
        return Parts((pattern,), mutually_exclusive=True)
    if not isinstance(pattern.tree, JsonPattern):
        raise _cannot_split(pattern.text, max_length, "only a pattern for JSON events can be split")
    conditions = tuple(_split(pattern.tree.condition, max_length))
    mutually_exclusive = _groups(conditions) == [[condition] for condition in conditions]
    return Parts(
        tuple(FilterPattern.of(JsonPattern(part)) for part in conditions), mutually_exclusive
    )


def _fits(condition: Condition, max_length: int) -> bool:
    return len(pattern_text(JsonPattern(condition))) <= max_length


def _split(condition: Condition, max_length: int) -> Iterator[Condition]:
    if _fits(condition, max_length):
        yield condition
        return
    before, alternatives, after = _alternatives(condition, max_length)

    def around(chosen: list[Condition]) -> Condition:
        """The condition with ``chosen`` instead of all alternatives."""
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
    """Split alternatives that belong together, but do not fit together."""
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
            yield from _split(_flat(around([alternative])), max_length)
    if chosen:
        yield around(chosen)


def _flat(condition: Condition) -> Condition:
    """Write ``a && (b && c)`` as one ``&&``, to find the alternatives in it."""
    if not isinstance(condition, And):
        return condition
    parts: list[Condition] = []
    for part in map(_flat, condition.parts):
        parts += part.parts if isinstance(part, And) else [part]
    return And(tuple(parts))


def _alternatives(
    condition: Condition, max_length: int
) -> tuple[tuple[Condition, ...], tuple[Condition, ...], tuple[Condition, ...]]:
    """The alternatives to split at, with the conditions before and after them."""
    match _flat(condition):
        case Or(parts):
            return (), parts, ()
        case And(parts):
            divisible = [part for part in parts if isinstance(part, Or)]
            if divisible:
                widest = max(divisible, key=_split_priority)
                index = parts.index(widest)
                return parts[:index], widest.parts, parts[index + 1 :]
        case _:
            pass
    text = pattern_text(JsonPattern(condition))
    raise _cannot_split(text, max_length, "there is no '||' at which it can be split")


def _split_priority(alternatives: Or) -> tuple[bool, int]:
    """Sort key: the longest alternatives, but guards last, since each part needs its guards.

    A guard is about one field: it is missing, null, or has another value.
    """
    fields = {clause.selector for clause in clauses(alternatives)}
    guards = len(fields) == 1 and any(isinstance(part, NotExists) for part in alternatives.parts)
    return not guards, len(condition_text(alternatives))


def _cannot_split(text: str, max_length: int, reason: str) -> PatternError:
    return PatternError(
        text,
        max_length,
        f"the pattern has {len(text):,} characters",
        f"shorten it to {max_length:,}; {reason}",
    )


def _groups(alternatives: Iterable[Condition]) -> list[list[Condition]]:
    """Group alternatives that an event may satisfy together, in their order."""
    conditions = tuple(alternatives)
    satisfiability = Satisfiability(Or(conditions))
    groups: list[tuple[list[Condition], list[Possibilities]]] = []
    for condition in conditions:
        possibilities = satisfiability.assume({}, condition)
        if possibilities is None:  # it never matches, so it fits into any group
            groups.append(([condition], []))
            continue
        overlapping = [
            group for group in groups if any(_overlap(possibilities, member) for member in group[1])
        ]
        merged = (
            [*(member for group in overlapping for member in group[0]), condition],
            [*(member for group in overlapping for member in group[1]), possibilities],
        )
        index = groups.index(overlapping[0]) if overlapping else len(groups)
        groups = [group for group in groups if group not in overlapping]
        groups.insert(index, merged)
    return [members for members, _ in groups]


def _overlap(first: Possibilities, second: Possibilities) -> bool:
    return all(first[selector] & second[selector] for selector in first.keys() & second.keys())
