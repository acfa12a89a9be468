"""
How CloudTrail writes the requests and responses that the model of an API describes.

In:    an operation, and a place in the records of its events.
Out:   the members that CloudTrail writes there, by their names in the record.
Never: a guess. A place is open if public records have members there that no model has.

Most services: names as in the model, with a lowercase first letter.
EC2: a list is an object with the array ``items``; or the request is XML as JSON in one member
(``ModifySecurityGroupRulesRequest``), where a list is one value, or an array of several.
S3: parameters by their names in the URL and in headers, and the body as XML as JSON. Text in it
that reads as a number or boolean is one.

Learned from public records, and from the examples of
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import cache
from types import MappingProxyType
from typing import assert_never

from trailbell.cloudtrail.operations import Operation, Shape, ShapeMember, operations_by_event_name
from trailbell.pattern.field_types import Repetition
from trailbell.pattern.record_schema import FieldType


class Style(Enum):
    """How the value of a place is written."""

    JSON = auto()
    QUERY = auto()
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


_UNKNOWN = Place(None, has_others=True)
_TEXT = Place(None, type=FieldType.TEXT)
_TEXT_IN_URL = Place(None, repetition=Repetition.SINGLE, type=FieldType.TEXT)
_NUMBER = Place(None, type=FieldType.NUMBER)
_BOOLEAN = Place(None, type=FieldType.BOOLEAN)
_OBJECT = Place(None, type=FieldType.OBJECT, has_others=True)

# Parameters that are in records but in no model, by model and operation.
_REQUESTS: Mapping[tuple[str, str], Mapping[str, Place]] = MappingProxyType(
    {
        ("ec2", "AttachVolume"): {"deleteOnTermination": _BOOLEAN},
        ("ec2", "CreateNetworkAclEntry"): {"aclProtocol": _TEXT},
        ("ec2", "CreateNetworkInterface"): {"denyAllIgwTraffic": _BOOLEAN, "groupSet": _UNKNOWN},
        ("ec2", "CreateVolume"): {"zone": _TEXT},
        ("ec2", "DeleteSnapshot"): {"force": _BOOLEAN},
        ("ec2", "DeleteVolume"): {"reportVolumeFailure": _BOOLEAN},
        ("ec2", "ModifyImageAttribute"): {"attributeType": _TEXT},
        ("ec2", "ModifySnapshotAttribute"): {"attributeType": _TEXT},
        ("ec2-instance-connect", "SendSerialConsoleSSHPublicKey"): {"monitorMode": _BOOLEAN},
        ("lambda", "UpdateFunctionCode"): {"fullyQualifiedArn": _OBJECT},
        ("route53resolver", "DeleteResolverQueryLogConfig"): {"originSequenceNumber": _NUMBER},
        ("s3", "PutBucketPolicy"): {"bucketPolicy": _OBJECT},
        ("ssm", "SendCommand"): {"interactive": _BOOLEAN},
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
        ("sts", "AssumeRoleWithSAML"): {"sAMLAssertionID": _TEXT},
    }
)
# Of any operation: why a request was refused, and what EC2 returns if there is nothing else.
_RESPONSES: Mapping[str, Place] = MappingProxyType(
    {"message": _TEXT, "requestId": _TEXT, "_return": _BOOLEAN}
)
_S3 = MappingProxyType({"Host": _TEXT_IN_URL, "bucketName": _TEXT, "key": _TEXT})
_XML = MappingProxyType({"xmlns": _TEXT, "xmlns:xsi": _TEXT, "xsi:type": _TEXT})
_S3_MODELS = frozenset(("s3", "s3control"))
_SIZES = ("size", "volumeSize")
"""Numbers that events of EC2 have as numbers and as text."""
_SET = "Set"
"""The end of the names that events of EC2 give to lists."""


@cache
def request_members(operation: Operation) -> Mapping[str, Place]:
    """The members of ``requestParameters``, the usual spelling of each parameter first."""
    members: dict[str, Place] = {}
    shape = operation.request()
    if is_s3(operation):
        members.update(_s3_members(operation, shape))
    elif shape is not None:
        members.update(_members(Place(shape, _style(operation))))
    if operation.protocol == "ec2" and shape is not None:
        members[f"{operation.name}Request"] = Place(shape, Style.EC2_XML)
    return {**members, **_REQUESTS.get((operation.model, operation.name), {})}


@cache
def response_members(operation: Operation) -> Mapping[str, Place]:
    """The members of ``responseElements``. Those of some services are not in their structure."""
    shape = operation.response()
    if shape is None or is_s3(operation):
        return _RESPONSES
    members = dict(_members(Place(shape, _style(operation), in_response=True)))
    inner = [place for place in dict.fromkeys(members.values()) if _is_structure(place)]
    if operation.protocol == "query" and len(inner) == 1:
        members = {**_members(inner[0]), **members}
    return {**members, **_RESPONSES}


def root_is_open(operation: Operation, part: str) -> bool:
    """Whether ``requestParameters`` or ``responseElements`` can have other members."""
    return part != "requestParameters" or operation.model == "ec2" or is_s3(operation)


def is_request_of_another(operation: Operation, name: str) -> bool:
    """Whether a member is the XML of another operation of EC2."""
    other = name.removesuffix("Request")
    is_name = other not in (name, operation.name) and operation.protocol == "ec2"
    return is_name and other in operations_by_event_name("ec2.amazonaws.com")


def is_s3(operation: Operation) -> bool:
    return operation.model in _S3_MODELS


@cache
def members_at(place: Place) -> Mapping[str, Place]:
    """The members of a value, the usual spelling of each first."""
    return _members(place)


def member_of_any_name(place: Place) -> Place | None:
    """What a value has under names that its caller chose; None if it has none."""
    if place.style is Style.EC2_ELEMENT:
        return _TEXT
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


def is_inferred(place: Place) -> bool:
    """Whether text that reads as a number or a boolean is one in the record."""
    return place.style in (Style.EC2_XML, Style.S3_XML)


# ------------------------------------------------------------------------------- members of shapes


def _members(place: Place) -> Mapping[str, Place]:
    shape = place.shape
    if shape is None or place.style is Style.EC2_ELEMENT:
        return {}
    if place.style is Style.EC2_XML and _is_text_with_tag(place):
        return {"content": replace(place, repetition=Repetition.NEVER), "tag": _NUMBER}
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
        members |= {name: _UNKNOWN for name in _SIZES if name in members}
    others = {Style.S3_XML: _XML, Style.EC2_XML: {**_XML, "tag": _NUMBER}}
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
        return _UNKNOWN
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
        case Style.QUERY:
            return (_lowered(member.name),)
        case Style.JSON | Style.EC2_ELEMENT:
            # Secrets Manager has the ARN as arn.
            lower = [member.name.lower()] if member.name.isupper() else []
            names = [name for name in (member.name, member.location_name) if name]
            return (*map(_lowered, names), *lower, *names)
        case _:
            assert_never(style)


def _s3_members(operation: Operation, shape: Shape | None) -> Mapping[str, Place]:
    """Parameters of the URL and headers by their names there, and the body by its element."""
    members: dict[str, Place] = {}
    for member in shape.members() if shape else ():
        name = member.location_name or member.name
        if member.location in ("header", "querystring", "uri"):
            is_text = member.shape.kind == "string"
            members[name] = _TEXT_IN_URL if is_text else _UNKNOWN
        elif member.shape.kind == "structure":
            members[name] = Place(member.shape, Style.S3_XML)
    _, _, query = str(operation.definition["http"]["requestUri"]).partition("?")
    keys = (pair.partition("=")[0] for pair in query.split("&") if pair)
    return {**members, **dict.fromkeys(keys, _TEXT_IN_URL), **_S3}


def _style(operation: Operation) -> Style:
    match operation.protocol:
        case "ec2":
            return Style.EC2
        case "query":
            return Style.QUERY
        case _:
            return Style.JSON


def _is_text_with_tag(place: Place) -> bool:
    """Whether it is an element of a list in XML, such as ``{"content": "text", "tag": 1}``."""
    return place.repetition is not Repetition.NEVER and not _is_structure(place)


def _is_structure(place: Place) -> bool:
    return place.shape is not None and place.shape.kind == "structure"


def _is_value(shape: Shape) -> bool:
    return [member.name for member in shape.members()] == ["Value"]


def _is_blob(shape: Shape) -> bool:
    return all(member.shape.kind == "blob" for member in shape.members())


def _lowered(name: str) -> str:
    return name[:1].lower() + name[1:]


def _capitalized(name: str) -> str:
    return name[:1].upper() + name[1:]
