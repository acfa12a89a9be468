"""The types of parameters, from the models of APIs and the spellings of CloudTrail."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.detections.corpora import CORPORA, sources
from trailbell.catalog.detection import Detection
from trailbell.catalog.detection_rules import to_json
from trailbell.cloudtrail.field_types import BotocoreFieldTypes, ImpossibleField
from trailbell.command.project import load_project
from trailbell.pattern.ast import Index, JsonPattern, Member, Selector, clauses
from trailbell.pattern.event_scope import EventScope
from trailbell.pattern.field_types import Field, Repetition
from trailbell.pattern.parser import tree
from trailbell.pattern.printer import selector_text
from trailbell.pattern.record_schema import FieldType

TYPES = BotocoreFieldTypes()
ONE, ALWAYS, SEVERAL = Repetition.NEVER, Repetition.ALWAYS, Repetition.IF_SEVERAL
TEXT, BOOLEAN, NUMBER = FieldType.TEXT, FieldType.BOOLEAN, FieldType.NUMBER
RULES = "requestParameters.ModifySecurityGroupRulesRequest.SecurityGroupRule"


def selector(path: str) -> Selector:
    pattern, _ = tree(f"{{ $.{path} IS NULL }}")
    assert isinstance(pattern, JsonPattern)
    return next(clauses(pattern.condition)).selector


def scope(*events: str) -> EventScope:
    """``iam:CreateUser``; without a name, all events of the service."""
    pairs = (event.partition(":") for event in events)
    return EventScope(
        tuple((f"{service}.amazonaws.com", name or None) for service, _, name in pairs)
    )


@pytest.mark.parametrize(
    ("events", "path"),
    [
        pytest.param(("signin:ConsoleLogin",), "requestParameters.a", id="no API call"),
        pytest.param(("zz-unknown:Do",), "requestParameters.a", id="an unknown service"),
        pytest.param(("kms:DeleteKey",), "requestParameters.a", id="an event of a service itself"),
        pytest.param(("iam:CreateAccessKey",), "responseElements.accessKey.createDate", id="time"),
        pytest.param(("ssm:SendCommand",), "requestParameters.parameters", id="a hidden map"),
        pytest.param(
            ("s3:PutBucketTagging",),
            "requestParameters.Tagging.TagSet",
            id="an empty element of XML",
        ),
        pytest.param(
            ("lambda:ListFunctions20150331",), "requestParameters.maxItems", id="a number in a URL"
        ),
        pytest.param(
            ("events:RemoveTargets", "monitoring:PutAlarmMuteRule"),
            "requestParameters.rule",
            id="two types",
        ),
        pytest.param(
            ("ec2:RunInstances",),
            "requestParameters.instancesSet.items[0].minCount",
            id="a member of EC2 that other operations have",
        ),
        pytest.param(
            ("ec2:StopInstances",), "requestParameters.instancesSet", id="no member of EC2"
        ),
        pytest.param(("ec2:CreateVolume",), "requestParameters.size", id="a number or a text"),
    ],
)
def test_an_unknown_type(events: tuple[str, ...], path: str) -> None:
    assert TYPES.field(selector(path), scope(*events)) is None
    assert TYPES.impossible_field(selector(path), scope(*events)) is None


@pytest.mark.parametrize(
    ("events", "path", "expected"),
    [
        pytest.param(
            ("events:PutRule", "events:DeleteRule"),
            "requestParameters.name",
            Field(TEXT, None, repetitions=(ONE, ONE)),
            id="a text of several operations",
        ),
        pytest.param(
            ("rds", "redshift"),
            "requestParameters.publiclyAccessible",
            Field(BOOLEAN, None, repetitions=(ONE, ONE)),
            id="a boolean of any operation of services",
        ),
        pytest.param(
            ("monitoring:PutAlarmMuteRule",),
            "requestParameters.muteTargets.alarmNames[*]",
            Field(TEXT, None, repetitions=(ONE, ONE, ALWAYS)),
            id="a list of texts",
        ),
        pytest.param(
            ("logs:Delete*",),
            "requestParameters.resourceIdentifier",
            Field(TEXT, None, repetitions=(ONE, ONE)),
            id="names with a star, of which some have it",
        ),
        pytest.param(
            ("lambda:AddPermission20150331v2",),
            "requestParameters.principalOrgID",
            Field(TEXT, None, repetitions=(ONE, ONE)),
            id="an event with the version of the API",
        ),
        pytest.param(
            ("ec2:AuthorizeSecurityGroupIngress",),
            "requestParameters.ipPermissions.items[0].fromPort",
            Field(NUMBER, None, repetitions=(ONE, ONE, ALWAYS, ONE)),
            id="a field in the items of EC2",
        ),
        pytest.param(
            ("ec2:ModifySecurityGroupRules",),
            f"{RULES}.SecurityGroupRule.CidrIpv4",
            Field(TEXT, None, inferred=True, repetitions=(ONE, ONE, SEVERAL, ONE, ONE)),
            id="a field in a wrapped request of EC2",
        ),
        pytest.param(
            ("ec2:DeleteFlowLogs",),
            "requestParameters.DeleteFlowLogsRequest.FlowLogId.content",
            Field(TEXT, None, inferred=True, repetitions=(ONE, ONE, SEVERAL, ONE)),
            id="a text with a tag in a wrapped request of EC2",
        ),
        pytest.param(
            ("ec2:ModifyInstanceAttribute",),
            "requestParameters.userData",
            Field(TEXT, None, repetitions=(ONE, ONE)),
            id="a value that is removed",
        ),
        pytest.param(
            ("s3:PutBucketAcl",),
            "requestParameters.x-amz-acl[0]",
            Field(TEXT, None, repetitions=(ONE, Repetition.SINGLE)),
            id="a header",
        ),
        pytest.param(
            ("s3:PutBucketAcl",),
            "requestParameters.AccessControlPolicy.AccessControlList.Grant[*].Grantee.URI",
            Field(TEXT, None, inferred=True, repetitions=(ONE, ONE, ONE, SEVERAL, ONE, ONE)),
            id="the XML of S3",
        ),
        pytest.param(
            ("s3:PutAccountPublicAccessBlock",),
            "requestParameters.PublicAccessBlockConfiguration.BlockPublicAcls",
            Field(BOOLEAN, None, inferred=True, repetitions=(ONE, ONE, ONE)),
            id="a boolean in the XML of S3",
        ),
        pytest.param(
            ("rds:ModifyDBInstance",),
            "responseElements.publiclyAccessible",
            Field(BOOLEAN, None, repetitions=(ONE, ONE)),
            id="a response without its structure",
        ),
        pytest.param(
            ("secretsmanager:DeleteSecret",),
            "responseElements.arn",
            Field(TEXT, None, repetitions=(ONE, ONE)),
            id="capital letters that are lowercase",
        ),
        pytest.param(
            ("ce:GetCostAndUsage",),
            "requestParameters.Granularity",
            Field(TEXT, None, repetitions=(ONE, ONE)),
            id="a service that keeps the uppercase letter",
        ),
        pytest.param(
            ("kms:Encrypt",),
            "requestParameters.encryptionContext.any",
            Field(TEXT, None, repetitions=(ONE, ONE, ONE)),
            id="a value in a map",
        ),
        pytest.param(
            ("s3:CreateBucket",),
            "requestParameters.AccessControlPolicy.Owner.ID",
            Field(TEXT, None, inferred=True, repetitions=(ONE, ONE, ONE, ONE)),
            id="a field that only other operations of the service have",
        ),
        pytest.param(
            ("iam",), "userIdentity.type", Field(TEXT, repetitions=(ONE, ONE)), id="of any service"
        ),
        pytest.param(
            ("zz-unknown",),
            "requestParameters.roleName",
            Field(TEXT, None, repetitions=(ONE, ONE)),
            id="a parameter that is text wherever it is known",
        ),
    ],
)
def test_the_type_of_a_field(events: tuple[str, ...], path: str, expected: Field) -> None:
    assert TYPES.field(selector(path), scope(*events)) == expected


@pytest.mark.parametrize(
    ("events", "path", "operation", "nearest"),
    [
        pytest.param(
            ("cloudformation:DeleteStack",),
            "requestParameters.stackNam",
            "DeleteStack of cloudformation.amazonaws.com",
            "$.requestParameters.stackName",
            id="a misspelled name",
        ),
        pytest.param(
            ("iam:CreateUser",),
            "requestParameters.UserName",
            "CreateUser of iam.amazonaws.com",
            "$.requestParameters.userName",
            id="an uppercase letter",
        ),
        pytest.param(
            ("monitoring:PutAlarmMuteRule",),
            "requestParameters.alarmNames[*]",
            "PutAlarmMuteRule of monitoring.amazonaws.com",
            "$.requestParameters.muteTargets.alarmNames[*]",
            id="a field in an object",
        ),
        pytest.param(
            ("ec2:AuthorizeSecurityGroupIngress",),
            "requestParameters.ipPermissions.ipRanges.cidrIp",
            "AuthorizeSecurityGroupIngress of ec2.amazonaws.com",
            "$.requestParameters.cidrIp",
            id="lists of EC2 without items",
        ),
        pytest.param(
            ("ec2:ModifySecurityGroupRules",),
            f"{RULES}.SecurityGroupRule.cidrIpv4",
            "ModifySecurityGroupRules of ec2.amazonaws.com",
            f"$.{RULES}.SecurityGroupRule.CidrIpv4",
            id="a lowercase letter in a wrapped request",
        ),
        pytest.param(
            ("s3:PutBucketPublicAccessBlock",),
            "requestParameters.publicAccessBlockConfiguration.BlockPublicAcls",
            "PutBucketPublicAccessBlock of s3.amazonaws.com",
            "$.requestParameters.PublicAccessBlockConfiguration.BlockPublicAcls",
            id="a lowercase letter in the XML of S3",
        ),
        pytest.param(
            ("ec2:ModifyInstanceAttribute",),
            "requestParameters.instanceIdd",
            "ModifyInstanceAttribute of ec2.amazonaws.com",
            "$.requestParameters.instanceId",
            id="a misspelled name of EC2",
        ),
        pytest.param(
            ("ec2:AuthorizeSecurityGroupIngress",),
            f"{RULES}.SecurityGroupRule.CidrIpv4",
            "AuthorizeSecurityGroupIngress of ec2.amazonaws.com",
            "$.requestParameters.AuthorizeSecurityGroupIngressRequest",
            id="the wrapped request of another operation",
        ),
        pytest.param(
            ("kms:DisableKey", "kms:EnableKey"),
            "requestParameters.zzz",
            "DisableKey of kms.amazonaws.com",
            "",
            id="a name unlike any other",
        ),
        pytest.param(
            ("events:PutRule",),
            "responseElements.ruleArns",
            "PutRule of events.amazonaws.com",
            "$.responseElements.ruleArn",
            id="a misspelled name in a response",
        ),
    ],
)
def test_an_impossible_field(
    events: tuple[str, ...], path: str, operation: str, nearest: str
) -> None:
    expected = ImpossibleField(operation, nearest)
    assert TYPES.impossible_field(selector(path), scope(*events)) == expected


@pytest.mark.parametrize(
    ("events", "path"),
    [
        pytest.param(("kms:Delete*",), "requestParameters.a", id="a name that a service event has"),
        pytest.param(("rds",), "requestParameters.zzz", id="a service with other events"),
        pytest.param(("kms:DisableKey", "zz:Do"), "requestParameters.a", id="an unknown service"),
        pytest.param(("ec2:CreateVolume",), "requestParameters.zzz", id="EC2 has unknown members"),
        pytest.param(("s3:GetObject",), "requestParameters.x-amz-new", id="a new header"),
        pytest.param(("kms:Encrypt",), "requestParameters.encryptionContext.zzz", id="a map"),
        pytest.param(("guardduty:DeleteDetector",), "responseElements.message", id="a refusal"),
        pytest.param(("iam:CreateUser",), "additionalEventData.zzz", id="no parameter"),
        pytest.param(
            ("ec2:RunInstances",),
            "responseElements.instancesSet.items[*].metadataOptions.httpProtocolIpv4",
            id="another number in the name",
        ),
    ],
)
def test_a_possible_field(events: tuple[str, ...], path: str) -> None:
    assert TYPES.impossible_field(selector(path), scope(*events)) is None


# ------------------------------------------------------------------------------- types and records

_KINDS = {
    str: {TEXT},
    bool: {BOOLEAN},
    int: {NUMBER},
    float: {NUMBER},
    dict: {FieldType.OBJECT},
    list: {FieldType.ARRAY},
}


def _values(value: Any, path: Selector) -> Iterator[tuple[Selector, tuple[bool, ...], Any]]:
    """Each value in a value: its selector, which of its members are arrays, and itself."""
    for steps, arrays, inner in _inner_values(value, path.steps, (False,) * len(path.steps)):
        yield Selector(steps), arrays, inner


def _inner_values(value: Any, steps: Any, arrays: tuple[bool, ...]) -> Iterator[Any]:
    match value:
        case dict():
            yield steps, arrays, value
            for name, member in value.items():
                yield from _inner_values(member, (*steps, Member(name)), (*arrays, False))
        case list():
            for index, element in enumerate(value):
                is_array = (*arrays[:-1], True)
                if not isinstance(element, list):
                    yield from _inner_values(element, (*steps, Index(index)), is_array)
        case _:
            yield steps, arrays, value


def _contradictions(record: Any) -> Iterator[tuple[str, str, object]]:
    """The values of a record that have another type than is predicted, or are impossible."""
    source, name = record.get("eventSource"), record.get("eventName")
    if record.get("eventType", "AwsApiCall") != "AwsApiCall":
        return
    for part in ("requestParameters", "responseElements"):
        for member, value in (record.get(part) or {}).items():
            start = Selector((Member(part), Member(member)))
            for path, arrays, inner in _values(value, start):
                if reason := _contradiction(path, arrays, inner, EventScope(((source, name),))):
                    yield f"{source} {name}", selector_text(path), reason


def _contradiction(path: Selector, arrays: Any, value: Any, events: EventScope) -> object:
    if (impossible := TYPES.impossible_field(path, events)) is not None:
        return impossible
    field = TYPES.field(path, events)
    if field is None or value is None:
        return None
    kinds = _KINDS[type(value)] | ({TEXT} if field.inferred and value != {} else set())
    is_array = {
        ONE: {False},
        ALWAYS: {True},
    }
    fits = all(
        array in is_array.get(has, {True, False})
        for array, has in zip(arrays, field.repetitions, strict=True)
    )
    return None if field.type in kinds and fits else (field, value)


@pytest.mark.parametrize("detection", [pytest.param(d, id=d.id) for d in load_project().written])
def test_sample_events_have_the_predicted_types(detection: Detection) -> None:
    events = (example.event for example in (*detection.fires, *detection.silent))
    records = [json.loads(to_json(event) or "") for event in events]
    assert [it for record in records for it in _contradictions(record)] == []


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the public records are not part of the project")
def test_public_records_have_the_predicted_types() -> None:
    records = [record for records in sources().values() for record in records]
    assert [it for record in records for it in _contradictions(record)] == []
