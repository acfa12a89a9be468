"""
Places in the records of an operation, and the members that CloudTrail writes there.

In:    a place: a shape of a model, and how CloudTrail writes such values.
Out:   the members of its value, by their names in the record, and its type.
Never: a guess. A place is open if public records have members there that no model has.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import cache
from types import MappingProxyType
from typing import assert_never

from trailbell.cloudtrail.operations import Shape, ShapeMember
from trailbell.pattern.field_types import Repetition
from trailbell.pattern.record_schema import FieldType


class Style(Enum):
    """How the value of a place is written."""

    JSON = auto()
    LOWERED = auto()
    """JSON in which each name begins with a lowercase letter."""
    EC2 = auto()
    EC2_ELEMENT = auto()
    """An element of a list of texts, which is an object with the text as its only member."""
    EC2_XML = auto()
    S3_XML = auto()


@dataclass(frozen=True, slots=True)
class Place:
    """
    A member of a record: the shape of one value of it, or its type if the model does not have it.

    ``has_others``: the value may have members that the model does not have.
    """

    shape: Shape | None
    style: Style = Style.JSON
    repetition: Repetition = Repetition.NEVER
    type: FieldType | None = None
    in_url: bool = False
    in_response: bool = False
    has_others: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the value may have members that are not among `members_at`."""
        is_list = self.shape is not None and self.shape.kind == "list"
        return self.has_others or self.in_response or (self.style is Style.EC2 and not is_list)


UNKNOWN = Place(None, has_others=True)
TEXT = Place(None, type=FieldType.TEXT)
NUMBER = Place(None, type=FieldType.NUMBER)

_SIZES = ("size", "volumeSize")
"""Numbers that events of EC2 have as numbers and as text."""
_SET = "Set"
"""The end of the names that events of EC2 give to lists."""
_XML = MappingProxyType({"xmlns": TEXT, "xmlns:xsi": TEXT, "xsi:type": TEXT})


@cache
def members_at(place: Place) -> Mapping[str, Place]:
    """The members of a value, the usual spelling of each first."""
    return _members(place)


def member_of_any_name(place: Place) -> Place | None:
    """What a value has under names that its caller chose; None if it has none."""
    if place.style is Style.EC2_ELEMENT:
        return TEXT
    if place.shape is None or place.shape.kind != "map":
        return None
    value = place.shape.inner("value")
    return _place(value, place) if value else None


def element_of_list(place: Place) -> Place | None:
    """An element of a list that EC2 writes as an array, without ``items``."""
    is_list = place.shape is not None and place.shape.kind == "list"
    return _ec2_element(place) if is_list and place.style is Style.EC2 else None


def type_at(place: Place) -> FieldType | None:
    """The type of one value; `None` if records have several types, or that is not known."""
    shape = place.shape
    if shape is None or place.style is Style.EC2_ELEMENT:
        return place.type
    in_xml = place.style in (Style.EC2_XML, Style.S3_XML)
    if place.style is Style.EC2_XML and _is_text_with_tag(place):
        return None
    match shape.kind:
        case "string":
            return FieldType.TEXT
        case "boolean" if not place.in_url:
            return FieldType.BOOLEAN
        case "integer" | "long" | "float" | "double" if not place.in_url:
            return FieldType.NUMBER
        case "structure" if place.style is Style.EC2 and _is_value(shape):
            # The userData {"value": ...} is <sensitiveDataRemoved>, and others may be the value.
            return FieldType.TEXT if _is_blob(shape) else None
        case "structure" if not shape.is_opaque and not in_xml:
            return FieldType.OBJECT  # an empty element of XML is text
        case _:
            return None  # such as a map, of which some records have "***"


def values_at(place: Place) -> tuple[str, ...]:
    """The values that the model allows for a text; empty if any, or if it is no text."""
    return place.shape.enumeration if place.shape and type_at(place) is FieldType.TEXT else ()


def is_inferred(place: Place) -> bool:
    """Whether text that reads as a number or a boolean is one in the record."""
    return place.style in (Style.EC2_XML, Style.S3_XML)


# ------------------------------------------------------------------------------- members of shapes


def _members(place: Place) -> Mapping[str, Place]:
    shape = place.shape
    if shape is None or place.style is Style.EC2_ELEMENT:
        return {}
    if place.style is Style.EC2_XML and _is_text_with_tag(place):
        return {"content": replace(place, repetition=Repetition.NEVER), "tag": NUMBER}
    if shape.kind == "list":
        return _list_members(place, shape)
    if shape.kind != "structure":
        return {}
    members = {
        name: _place(member.shape, place, in_url=bool(member.location))
        for member in shape.members()
        for name in _names(member, place.style)
    }
    if place.style is Style.EC2:
        members |= {name: UNKNOWN for name in _SIZES if name in members}
    others = {Style.S3_XML: _XML, Style.EC2_XML: {**_XML, "tag": NUMBER}}
    return {**members, **others.get(place.style, {})}


def _list_members(place: Place, shape: Shape) -> Mapping[str, Place]:
    """The members of a list that is an object: only EC2 and XML have them."""
    if place.style is Style.EC2:
        element = _ec2_element(place)
        return {"items": element, "item": element} if element else {}
    element_shape = shape.inner("member")
    if place.style is Style.S3_XML and element_shape:
        several = Repetition.IF_SEVERAL
        return {shape.element_name: replace(place, shape=element_shape, repetition=several)}
    return {}


def _ec2_element(place: Place) -> Place | None:
    inner = place.shape.inner("member") if place.shape else None
    if inner is None:
        return None
    style = Style.EC2 if inner.kind in ("structure", "list") else Style.EC2_ELEMENT
    return replace(place, shape=inner, style=style, repetition=Repetition.ALWAYS)


def _place(shape: Shape, parent: Place, *, in_url: bool = False) -> Place:
    """The place of a member with a shape. Of a list, the place of its elements."""
    place = replace(parent, shape=shape, repetition=Repetition.NEVER, in_url=in_url)
    if shape.kind != "list" or place.style is Style.EC2:
        return place
    if place.style is Style.S3_XML and not shape.is_flattened:
        return place
    inner = shape.inner("member")
    if inner is None or inner.kind == "list":
        return UNKNOWN
    in_xml = place.style in (Style.EC2_XML, Style.S3_XML)
    repetition = Repetition.IF_SEVERAL if in_xml else Repetition.ALWAYS
    return replace(place, shape=inner, repetition=repetition)


def _names(member: ShapeMember, style: Style) -> tuple[str, ...]:
    """The names that a record can have for a member, the most likely first."""
    match style:
        case Style.S3_XML:
            return (member.location_name or member.name,)
        case Style.EC2_XML:
            return (member.query_name or _capitalized(member.location_name or member.name),)
        case Style.EC2:
            names = [_lowered(name) for name in (member.name, member.location_name) if name]
            sets = [f"{name.removesuffix(_SET)}{_SET}" for name in reversed(names)]
            return (*names, *sets) if member.shape.kind == "list" else tuple(names)
        case Style.LOWERED | Style.JSON | Style.EC2_ELEMENT:
            # Secrets Manager has the ARN as arn.
            lower = [member.name.lower()] if member.name.isupper() else []
            names = [name for name in (member.name, member.location_name) if name]
            return (*map(_lowered, names), *lower, *(names if style is Style.JSON else ()))
        case _:
            assert_never(style)


def _is_text_with_tag(place: Place) -> bool:
    """Whether it is an element of a list in XML, such as ``{"content": "text", "tag": 1}``."""
    return place.repetition is not Repetition.NEVER and not is_structure(place)


def is_structure(place: Place) -> bool:
    return place.shape is not None and place.shape.kind == "structure"


def _is_value(shape: Shape) -> bool:
    return [member.name for member in shape.members()] == ["Value"]


def _is_blob(shape: Shape) -> bool:
    return all(member.shape.kind == "blob" for member in shape.members())


def _lowered(name: str) -> str:
    return name[:1].lower() + name[1:]


def _capitalized(name: str) -> str:
    return name[:1].upper() + name[1:]
