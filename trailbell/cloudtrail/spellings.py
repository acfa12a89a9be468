"""
How CloudTrail writes the requests and responses that the model of an API describes.

In:    an operation.
Out:   the members of its request and response, by their names in the record.
Never: the members of these members, see `trailbell.cloudtrail.places`.

Most services: names as in the model, with a lowercase first letter. Some keep an uppercase one.
EC2: a list is an object with the array ``items``; or the request is XML as JSON in one member
(``ModifySecurityGroupRulesRequest``), where a list is one value, or an array of several.
S3: parameters by their names in the URL and in headers, and the body as XML as JSON. Text in it
that reads as a number or boolean is one.

Learned from public records, and from the examples of
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from trailbell.cloudtrail.operations import Operation, Shape, operations_by_event_name
from trailbell.cloudtrail.places import (
    NUMBER,
    TEXT,
    UNKNOWN,
    Place,
    Style,
    is_structure,
    members_at,
)
from trailbell.pattern.field_types import Repetition
from trailbell.pattern.record_schema import FieldType

_TEXT_IN_URL = Place(None, repetition=Repetition.SINGLE, type=FieldType.TEXT)
_BOOLEAN = Place(None, type=FieldType.BOOLEAN)
_OBJECT = Place(None, type=FieldType.OBJECT, has_others=True)

# Parameters that are in records but in no model, by model and operation.
_REQUESTS: Mapping[tuple[str, str], Mapping[str, Place]] = MappingProxyType(
    {
        ("ec2", "AttachVolume"): {"deleteOnTermination": _BOOLEAN},
        ("ec2", "CreateNetworkAclEntry"): {"aclProtocol": TEXT},
        ("ec2", "CreateNetworkInterface"): {"denyAllIgwTraffic": _BOOLEAN, "groupSet": UNKNOWN},
        ("ec2", "CreateVolume"): {"zone": TEXT},
        ("ec2", "DeleteSnapshot"): {"force": _BOOLEAN},
        ("ec2", "DeleteVolume"): {"reportVolumeFailure": _BOOLEAN},
        ("ec2", "ModifyImageAttribute"): {"attributeType": TEXT},
        ("ec2", "ModifySnapshotAttribute"): {"attributeType": TEXT},
        ("ec2-instance-connect", "SendSerialConsoleSSHPublicKey"): {"monitorMode": _BOOLEAN},
        ("lambda", "UpdateFunctionCode"): {"fullyQualifiedArn": _OBJECT},
        ("route53resolver", "DeleteResolverQueryLogConfig"): {"originSequenceNumber": NUMBER},
        ("s3", "PutBucketPolicy"): {"bucketPolicy": _OBJECT},
        ("ssm", "SendCommand"): {"interactive": _BOOLEAN},
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
        ("sts", "AssumeRoleWithSAML"): {"sAMLAssertionID": TEXT},
    }
)
# Of any operation: why a request was refused, and what EC2 returns if there is nothing else.
_RESPONSES: Mapping[str, Place] = MappingProxyType(
    {"message": TEXT, "requestId": TEXT, "_return": _BOOLEAN}
)
_S3 = MappingProxyType({"Host": _TEXT_IN_URL, "bucketName": TEXT, "key": TEXT})
# Models with JSON of which records show lowercase letters. Those of Cost Explorer or Security Hub
# have uppercase letters, and of most others it is not known.
_LOWERED_MODELS = frozenset(
    (
        *("cloudtrail", "cloudwatch", "ec2-instance-connect", "glue", "guardduty", "kms", "lambda"),
        *("organizations", "route53resolver", "secretsmanager", "service-quotas", "sesv2", "ssm"),
        "sso-admin",
    )
)
_S3_MODELS = frozenset(("s3", "s3control"))


@cache
def request_members(operation: Operation) -> Mapping[str, Place]:
    """The members of ``requestParameters``, the usual spelling of each parameter first."""
    members: dict[str, Place] = {}
    shape = operation.request()
    if is_s3(operation):
        members.update(_s3_members(operation, shape))
    elif shape is not None:
        members.update(members_at(Place(shape, _style(operation))))
    if operation.protocol == "ec2" and shape is not None:
        members[f"{operation.name}Request"] = Place(shape, Style.EC2_XML)
    return {**members, **_REQUESTS.get((operation.model, operation.name), {})}


@cache
def response_members(operation: Operation) -> Mapping[str, Place]:
    """The members of ``responseElements``. Those of some services are not in their structure."""
    shape = operation.response()
    if shape is None or is_s3(operation):
        return _RESPONSES
    members = dict(members_at(Place(shape, _style(operation), in_response=True)))
    inner = [place for place in dict.fromkeys(members.values()) if is_structure(place)]
    if operation.protocol == "query" and len(inner) == 1:
        members = {**members_at(inner[0]), **members}
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


def _s3_members(operation: Operation, shape: Shape | None) -> Mapping[str, Place]:
    """Parameters of the URL and headers by their names there, and the body by its element."""
    members: dict[str, Place] = {}
    for member in shape.members() if shape else ():
        name = member.location_name or member.name
        if member.location in ("header", "querystring", "uri"):
            is_text = member.shape.kind == "string"
            members[name] = _TEXT_IN_URL if is_text else UNKNOWN
        elif member.shape.kind == "structure":
            members[name] = Place(member.shape, Style.S3_XML)
    _, _, query = str(operation.definition["http"]["requestUri"]).partition("?")
    keys = (pair.partition("=")[0] for pair in query.split("&") if pair)
    return {**members, **dict.fromkeys(keys, _TEXT_IN_URL), **_S3}


def _style(operation: Operation) -> Style:
    if operation.protocol == "ec2":
        return Style.EC2
    is_lowered = operation.protocol == "query" or operation.model in _LOWERED_MODELS
    return Style.LOWERED if is_lowered else Style.JSON
