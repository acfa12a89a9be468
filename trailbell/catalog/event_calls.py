"""
The API calls of which a condition can match events, and conditions for such calls.

In:    a condition.
Out:   `Call`s, pairs of an event source and an event name; conditions.
Never: less than the events that match. A name with stars may mean more.
"""

from collections.abc import Collection, Iterator, Sequence
from fnmatch import fnmatchcase

from trailbell.lazy_import import lazy_import
from trailbell.pattern.ast import And, Comparison, Condition, Operator, Or, Selector, Text
from trailbell.pattern.event_scope import ANY_EVENT
from trailbell.pattern.record_schema import EVENT_NAME, EVENT_SOURCE

ANY = "*"

Call = tuple[str, str]
"""An event source and an event name; ``*`` for any."""


def calls_of(condition: Condition) -> frozenset[Call]:
    """The calls of which a condition can match events."""
    events = ANY_EVENT.narrowed(condition).events
    return frozenset((source or ANY, name or ANY) for source, name in events)


def intersection(left: Call, right: Call) -> Call | None:
    """The calls that are in both, or more; None if there is none."""
    source, name = (_narrower(a, b) for a, b in zip(left, right, strict=True))
    return None if source is None or name is None else (source, name)


def _narrower(left: str, right: str) -> str | None:
    """What both match, or more. Of two texts with stars it is not known what both match."""
    if left == right or right == ANY:
        return left
    if left == ANY:
        return right
    if ANY in left and ANY in right:
        return left if _may_overlap(left, right) else None
    if ANY in left:
        return right if fnmatchcase(right, left) else None
    return left if ANY in right and fnmatchcase(left, right) else None


def _may_overlap(left: str, right: str) -> bool:
    """Whether some text may match both: the shorter beginning is that of the longer one."""
    starts = sorted((left.partition(ANY)[0], right.partition(ANY)[0]), key=len)
    return starts[1].startswith(starts[0])


def calls_of_source(source: str, calls: Collection[Call]) -> list[Call]:
    """The calls of a source, and those of any source that this one can have."""
    models = lazy_import("trailbell.cloudtrail.event_names").BotocoreEventNames()
    own = {(source, name) for of, name in calls if of == source}
    shared = {name for of, name in calls if of == ANY}
    return sorted(
        own | {(source, name) for name in shared if ANY in name or models.may_have(source, name)}
    )


def whole_sources(calls: Collection[Call]) -> list[str]:
    """Sources of which a detection matches any name, or names that others match, too."""
    of_any_source = [name for source, name in calls if source == ANY]
    whole = set()
    for source, name in calls:
        others = [n for s, n in calls if s == source and n != name and ANY in n]
        if source != ANY and ANY in name:
            same = [other for other in (*of_any_source, *others) if _narrower(name, other)]
            if name == ANY or same:
                whole.add(source)
    return sorted(whole)


def calls_by_source(calls: Collection[Call], without: Collection[str]) -> Iterator[list[Call]]:
    """Calls that exclude each other, by source: a name of any source is not repeated for one."""
    of_any_source = {name for source, name in calls if source == ANY}
    by_source: dict[str, set[Call]] = {}
    for source, name in calls:
        if source not in without:
            call = (ANY, name) if name in of_any_source else (source, name)
            by_source.setdefault(call[0], set()).add(call)
    for group in by_source.values():
        patterns = [call for call in group if ANY in call[1]]
        covered = {c for c in group for p in patterns if c != p and intersection(c, p)}
        group -= covered
    for source in sorted(by_source):
        yield sorted(by_source[source])


def any_of_calls(calls: Sequence[Call]) -> Condition:
    """All events of these calls: of a source with any name, all events of the source."""
    by_source: dict[str, list[str]] = {}
    for source, name in calls:
        by_source.setdefault(source, []).append(name)
    alternatives = tuple(_of_source(source, names) for source, names in by_source.items())
    return alternatives[0] if len(alternatives) == 1 else Or(alternatives)


def _of_source(source: str, names: Sequence[str]) -> Condition:
    from_source = equal(EVENT_SOURCE, source)
    if ANY in names:
        return from_source
    named = tuple(equal(EVENT_NAME, name) for name in names)
    any_name = named[0] if len(named) == 1 else Or(named)
    return any_name if source == ANY else And((from_source, any_name))


def equal(selector: Selector, text: str) -> Comparison:
    return Comparison(selector, Operator.EQUAL, Text(text))
