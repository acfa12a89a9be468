"""
The field that was probably meant by one that an operation does not have.

In:    an operation, and the path of a field.
Out:   the selector of the most similar field.
Never: a field of another operation; or, where records can have members that no model has, a field
       for a name that is not clearly misspelled.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from itertools import islice

from trailbell.cloudtrail.operations import Operation, has_member
from trailbell.cloudtrail.places import Place, members_at
from trailbell.cloudtrail.record_path import RecordPath, follow
from trailbell.pattern.ast import AnyElement, Index, Member, Selector, Step
from trailbell.pattern.field_types import Members, Repetition
from trailbell.pattern.printer import selector_text

_Path = tuple[tuple[str, Place], ...]

_MIN_SIMILARITY = 0.6
_MIN_SIMILARITY_OF_TYPOS = 0.85
_MAX_DEPTH = 6
_MAX_FIELDS = 20_000


def nearest_field(operation: Operation, members: Members, *, source: str) -> str:
    """The selector of the field nearest to one that does not exist; empty if none is near."""
    path = follow(operation, members)
    (part, _), *others = members
    names = [name for name, _ in others]
    before: _Path = tuple(zip(names, path.places, strict=False))
    missing, *after = names[len(before) :]
    similar = _same_but_for_case(missing, path.known)
    if similar is None and not path.is_open:
        roots = follow(operation, members[:1]).known
        elsewhere = _elsewhere(roots, names[-1])
        if elsewhere is not None:
            return _text(part, elsewhere)
    similar = similar or _similar(missing, path, source)
    if similar is None:
        return ""
    place = path.known[similar]
    return _text(part, (*before, (similar, place), *_walk(place, after)))


def _same_but_for_case(name: str, known: Mapping[str, Place]) -> str | None:
    by_case = {it.casefold(): it for it in reversed([*known])}
    return by_case.get(name.casefold())


def _similar(name: str, path: RecordPath, source: str) -> str | None:
    """The member most similar to a name. Where there can be others, only if it is misspelled."""
    cutoff = _MIN_SIMILARITY
    if path.is_open:
        cutoff = _MIN_SIMILARITY_OF_TYPOS
        if name.endswith("Set") or has_member(source, name):
            return None
    by_case = {it.casefold(): it for it in reversed([*path.known])}
    close = difflib.get_close_matches(name.casefold(), by_case, n=1, cutoff=cutoff)
    # Names that differ in digits only are versions: a newer model may have both.
    similar = by_case[close[0]] if close else None
    return None if similar and _without_digits(similar) == _without_digits(name) else similar


def _without_digits(name: str) -> str:
    return re.sub(r"[0-9]", "", name).casefold()


def _walk(place: Place, names: list[str]) -> Iterator[tuple[str, Place]]:
    """The members of these names in a place, as far as they exist."""
    for name in names:
        inner = members_at(place).get(name)
        if inner is None:
            return
        yield name, inner
        place = inner


def _elsewhere(roots: Mapping[str, Place], name: str) -> _Path | None:
    """The shortest path to a member of this name."""
    for path in islice(_paths(roots), _MAX_FIELDS):
        if path[-1][0].casefold() == name.casefold():
            return path
    return None


def _paths(roots: Mapping[str, Place]) -> Iterator[_Path]:
    """The paths of all members, the shortest first. No shape is entered again inside of itself."""
    level: list[_Path] = [((name, place),) for name, place in roots.items()]
    for _ in range(_MAX_DEPTH):
        yield from level
        level = [
            (*path, (name, place))
            for path in level
            for name, place in members_at(path[-1][1]).items()
            if all(place.shape is None or place.shape != outer.shape for _, outer in path)
        ]


def _text(part: str, path: _Path) -> str:
    """The selector of a path: any element of the last array, and the first of the others."""
    arrays = [i for i, (_, place) in enumerate(path) if place.repetition is Repetition.ALWAYS]
    steps: list[Step] = [Member(part)]
    for number, (name, _) in enumerate(path):
        steps.append(Member(name))
        if number in arrays:
            steps.append(AnyElement() if number == arrays[-1] else Index(0))
    return selector_text(Selector(tuple(steps)))
