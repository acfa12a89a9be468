"""
A path of members, followed through the records of an operation.

In:    an operation, and the members of a selector.
Out:   the places on the path, as far as the operation has them.
Never: a type, or a verdict on the path.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from trailbell.cloudtrail.operations import Operation
from trailbell.cloudtrail.places import Place, element_of_list, member_of_any_name, members_at
from trailbell.cloudtrail.spellings import (
    is_request_of_another,
    request_members,
    response_members,
    root_is_open,
)
from trailbell.pattern.field_types import Members


@dataclass(frozen=True, slots=True)
class RecordPath:
    """
    The places of the members after ``requestParameters`` or ``responseElements``.

    If it is not complete, ``known`` are the members that there are instead of the next one, and
    ``is_open`` says whether records can have others.
    """

    places: tuple[Place, ...]
    known: Mapping[str, Place]
    is_open: bool
    is_complete: bool


def follow(operation: Operation, members: Members) -> RecordPath:
    """The path of the members, as far as it exists."""
    (part, _), *others = members
    known = (request_members if part == "requestParameters" else response_members)(operation)
    is_open = root_is_open(operation, part)
    places: list[Place] = []
    for name, elements in others:
        place = known.get(name) or (member_of_any_name(places[-1]) if places else None)
        if place is None:
            is_open = is_open and (bool(places) or not is_request_of_another(operation, name))
            return RecordPath(tuple(places), known, is_open, is_complete=False)
        place = (element_of_list(place) if elements else None) or place
        places.append(place)
        known, is_open = members_at(place), place.is_open
    return RecordPath(tuple(places), known, is_open, is_complete=True)
