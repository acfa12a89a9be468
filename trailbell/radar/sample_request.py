"""
The smallest request that a model allows, as CloudTrail records it.

In:    an operation.
Out:   ``requestParameters`` with a value for each parameter that is required.
Never: a value that means something: text is ``example``, or the first of an enumeration.
"""

from typing import Any

from trailbell.cloudtrail.operations import Operation, ShapeMember
from trailbell.cloudtrail.places import Place, Style
from trailbell.cloudtrail.spellings import request_members
from trailbell.pattern.field_types import Repetition

_NAMES_OF_S3 = {"Bucket": "bucketName", "Key": "key"}
"""Records of S3 have these names, and not those of the URL."""
_NUMBERS = ("integer", "long", "float", "double")


def sample_request(operation: Operation) -> dict[str, Any] | None:
    """The required parameters with a value each; None if the operation requires none."""
    shape = operation.request()
    if shape is None or not shape.required:
        return None
    required = [member for member in shape.members() if member.name in shape.required]
    members = request_members(operation)
    request = {}
    for member in required:
        name = _recorded_name(member, members)
        if name is not None:
            request[name] = _value(members[name])
    return request or None


def _recorded_name(member: ShapeMember, members: Any) -> str | None:
    """The usual spelling of a parameter in records."""
    if member.name in _NAMES_OF_S3 and _NAMES_OF_S3[member.name] in members:
        return _NAMES_OF_S3[member.name]
    names = {member.name.casefold(), member.location_name.casefold()}
    return next((name for name in members if name.casefold() in names), None)


def _value(place: Place) -> Any:
    """A value at a place. A place of EC2 is the list, and others are the element of a list."""
    shape = place.shape
    if shape is None:
        return "example"
    if shape.kind == "list":
        return {"items": []} if place.style is Style.EC2 else []
    value = _scalar(shape.kind, shape.enumeration)
    return [value] if place.repetition is Repetition.ALWAYS else value


def _scalar(kind: str, enumeration: tuple[str, ...]) -> Any:
    match kind:
        case "structure" | "map":
            return {}
        case "boolean":
            return True
        case _ if kind in _NUMBERS:
            return 1
        case _:
            return next(iter(enumeration), "example")
