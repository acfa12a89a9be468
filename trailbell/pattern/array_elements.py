"""
Which of the values of a field a selector selects, where members are arrays.

In:    selectors, and what is known of their field.
Out:   whether a selector selects values, arrays or nothing; whether some select all values.
Never: the meaning of a clause. A target such as EventBridge has one path for ``$.a.b``,
       ``$.a[0].b`` and ``$.a[*].b``, and matches if any value on it does.
"""

from collections.abc import Iterable, Mapping
from enum import Enum, auto
from itertools import product

from trailbell.pattern.ast import AnyElement, Index, Member, Selector, Step
from trailbell.pattern.field_types import Elements, Field, Repetition, members_of

Path = tuple[str, ...]
"""The names of members."""


class Selected(Enum):
    VALUES = auto()
    ARRAY = auto()
    NOTHING = auto()


class _Place(Enum):
    """Where a member has a value: itself, as first or as another element."""

    ITSELF = auto()
    FIRST = auto()
    OTHER = auto()


_PLACES = {
    Repetition.NEVER: (_Place.ITSELF,),
    Repetition.SINGLE: (_Place.ITSELF, _Place.FIRST),
    Repetition.IF_SEVERAL: (_Place.ITSELF, _Place.FIRST, _Place.OTHER),
    Repetition.ALWAYS: (_Place.FIRST, _Place.OTHER),
}


def selected(selector: Selector, field: Field) -> Selected:
    """What a selector selects of its field."""
    members = repeated_members(selector, field)
    if any(not set(_PLACES[has]) & set(_places(elements)) for elements, has in members[:-1]):
        return Selected.NOTHING
    elements, has = members[-1]
    if has is Repetition.ALWAYS and not elements:
        return Selected.ARRAY
    return Selected.VALUES if set(_PLACES[has]) & set(_places(elements)) else Selected.NOTHING


def select_all(selectors: Iterable[Selector], field: Field, *, first_is_enough: bool) -> bool:
    """Whether each value of the field is selected by one of the selectors.

    With ``first_is_enough``, the first element represents all elements of the last array.
    """
    spellings = [repeated_members(selector, field) for selector in selectors]
    shape = [list(_PLACES[has]) for _, has in spellings[0]]
    if first_is_enough and _Place.FIRST in shape[-1]:
        shape[-1] = [place for place in shape[-1] if place is not _Place.OTHER]
    return all(
        any(
            all(
                place in _places(elements)
                for place, (elements, _) in zip(places, spelling, strict=True)
            )
            for spelling in spellings
        )
        for places in product(*shape)
    )


def corrected(selector: Selector, field: Field) -> Selector:
    """The selector with steps into arrays, and into nothing else.

    It selects any element of the last array, and the first of the others, as it can have only one
    wildcard.
    """
    steps: list[Step] = []
    arrays = [has for _, has in repeated_members(selector, field) if has is Repetition.ALWAYS]
    for (name, elements), (_, has) in zip(
        members_of(selector), repeated_members(selector, field), strict=True
    ):
        steps.append(Member(name))
        if has is Repetition.ALWAYS:
            arrays.pop()
            steps += elements[:1] or [Index(0) if arrays else AnyElement()]
        elif has is not Repetition.NEVER:
            steps += elements[:1]
    return Selector(tuple(steps))


def has_arrays(field: Field) -> bool:
    """Whether a member on the path of the field can be an array."""
    return any(has is not Repetition.NEVER for has in field.repetitions)


def array_members(selector: Selector, field: Field) -> Mapping[Path, Elements]:
    """The paths of members that can be arrays, each with the steps of the selector after it."""
    names = [name for name, _ in members_of(selector)]
    return {
        tuple(names[: number + 1]): elements
        for number, (elements, has) in enumerate(repeated_members(selector, field))
        if has is not Repetition.NEVER
    }


def repeated_members(selector: Selector, field: Field) -> list[tuple[Elements, Repetition]]:
    """The steps into an array after each member, and what the member has."""
    members = members_of(selector)
    missing = len(members) - len(field.repetitions)
    repetitions = (*field.repetitions, *([Repetition.NEVER] * missing))
    return [(elements, has) for (_, elements), has in zip(members, repetitions, strict=True)]


def _places(elements: Elements) -> tuple[_Place, ...]:
    match elements:
        case ():
            return (_Place.ITSELF,)
        case (AnyElement(),):
            return (_Place.FIRST, _Place.OTHER)
        case (Index(0),):
            return (_Place.FIRST,)
        case (Index(),):
            return (_Place.OTHER,)
        case _:
            return ()
