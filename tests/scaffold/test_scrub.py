"""A record without what its account names: what stays, what is replaced, and by what."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import given

from tests.scaffold.generated_records import RECORDS, tokens
from tests.scaffold.records import (
    ALL,
    BUCKET_POLICY,
    DENIED,
    FOREIGN,
    INSIGHT,
    OWN,
    record,
    user_caller,
)
from trailbell.scaffold.replacements import Replacements
from trailbell.scaffold.scrub import scrub
from trailbell.scaffold.scrub_text import is_action, scrub_text, scrub_user_agent

_EACH = pytest.mark.parametrize("event", [pytest.param(e, id=name) for name, e in ALL.items()])


def _replacements() -> Replacements:
    return Replacements("", OWN)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="no text"),
        pytest.param("*", id="a wildcard"),
        pytest.param("0.0.0.0/0", id="the whole internet"),
        pytest.param("::/0", id="the whole internet in IPv6"),
        pytest.param("true", id="a boolean as text"),
        pytest.param("eu-central-1", id="a Region"),
        pytest.param("eu-central-1b", id="an Availability Zone"),
        pytest.param("lambda.amazonaws.com", id="a service principal"),
        pytest.param("ec2.eu-central-1.amazonaws.com", id="the host of a service"),
        pytest.param("AWS Internal", id="a caller inside AWS"),
        pytest.param("AWS::S3::Bucket", id="the type of a resource"),
        pytest.param("arn:aws:iam::aws:policy/AdministratorAccess", id="a policy of AWS"),
        pytest.param("alias/aws/s3", id="the alias of a key of AWS"),
        pytest.param("AWSServiceRoleForAutoScaling", id="a service-linked role"),
        pytest.param("http://acs.amazonaws.com/groups/global/AllUsers", id="a group of S3"),
        pytest.param("111122223333", id="an example account"),
        pytest.param("198.51.100.7", id="an example address"),
        pytest.param("AKIAIOSFODNN7EXAMPLE", id="an example key of the documentation"),
        pytest.param("2012-10-17", id="the version of the policy language"),
    ],
)
def test_text_of_aws_and_of_examples_stays(text: str) -> None:
    replacements = _replacements()
    assert (scrub_text(text, "name", replacements), replacements.counts) == (text, {})


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        pytest.param("acme-admin", "user", "example-user-1", id="a name"),
        pytest.param(OWN, "name", "111122223333", id="the account of the record"),
        pytest.param(FOREIGN, "name", "123456789012", id="another account"),
        pytest.param(
            f"arn:aws:iam::{FOREIGN}:user/team/jroe",
            "name",
            "arn:aws:iam::123456789012:user/example-user-1/example-user-2",
            id="the ARN of a user with a path",
        ),
        pytest.param(
            f"arn:aws:sts::{OWN}:assumed-role/Ops/i-0a9f8e7d6c5b4a392",
            "name",
            "arn:aws:sts::111122223333:assumed-role/example-role-1/i-0123456789abcd001",
            id="the ARN of a session of an instance",
        ),
        pytest.param(
            f"arn:aws:apigateway:eu-west-1:lambda:path/f/arn:aws:lambda:eu-west-1:{OWN}:function:f1",
            "name",
            "arn:aws:apigateway:eu-west-1:example-name-1:example-name-2/example-name-3/"
            "arn:aws:lambda:eu-west-1:111122223333:function:example-function-1",
            id="an ARN in an ARN",
        ),
        pytest.param(
            f"arn:aws:jroe:zz:{OWN}:x",
            "name",
            "arn:aws:example:us-east-1:111122223333:example-name-1",
            id="an ARN whose service and Region do not exist",
        ),
        pytest.param(
            "AROAZ7K3QWXYM4N5PLRTV:jroe",
            "name",
            "AROA1EXAMPLE:example-session-1",
            id="a unique ID with a session",
        ),
        pytest.param(
            f"arn:aws:sts::{OWN}:assumed-role/alarm/stack",
            "name",
            "arn:aws:sts::111122223333:assumed-role/example-role-1/example-session-1",
            id="a role and a session with the names of types",
        ),
        pytest.param(
            f"arn:aws:iam::{OWN}:role/alarm",
            "name",
            "arn:aws:iam::111122223333:role/example-role-1",
            id="a role with the name of a type",
        ),
        pytest.param(
            f"arn:aws:iam::{OWN}:user/secret/alarm/key",
            "name",
            "arn:aws:iam::111122223333:user/example-user-1/example-user-2/example-user-3",
            id="a path of the names of types",
        ),
        pytest.param(
            "arn:aws:s3:::alarm/secret/user",
            "name",
            "arn:aws:s3:::example-bucket-1/example-bucket-2/example-bucket-3",
            id="a bucket and an object with the names of types",
        ),
        pytest.param(
            f"arn:aws:sns:eu-west-1:{OWN}:alarm",
            "name",
            "arn:aws:sns:eu-west-1:111122223333:example-topic-1",
            id="a topic with the name of a type",
        ),
        pytest.param(
            f"arn:aws:iam::{OWN}:role/service-role/acme",
            "name",
            "arn:aws:iam::111122223333:role/service-role/example-role-1",
            id="a role in a path of AWS",
        ),
        pytest.param(
            f"arn:aws:dynamodb:eu-west-1:{OWN}:table/index/index/table",
            "name",
            "arn:aws:dynamodb:eu-west-1:111122223333:table/example-table-1/index/example-table-2",
            id="an index of a table, both with the names of types",
        ),
        pytest.param(
            "arn:aws:apigateway:eu-west-1::/restapis/a1b2c3",
            "name",
            "arn:aws:apigateway:eu-west-1::/restapis/example-name-1",
            id="an API, whose type follows a slash",
        ),
        pytest.param("vpc-1a2b3c4d", "name", "vpc-1234a001", id="a short resource ID"),
        pytest.param("alice-1a2b3c4d", "name", "example-name-1", id="a name like a resource ID"),
        pytest.param("84.17.52.3", "name", "192.0.2.1", id="an IPv4 address"),
        pytest.param("84.17.52.3/32", "name", "192.0.2.1/32", id="one IPv4 address as a range"),
        pytest.param("10.20.0.0/16", "name", "192.0.2.0/24", id="an IPv4 range"),
        pytest.param("2a02:26f7::1", "name", "2001:db8::1", id="an IPv6 address"),
        pytest.param("jane@acme.io", "name", "user1@example.com", id="an e-mail address"),
        pytest.param("vpn.acme.io", "host", "host1.example.com", id="a host"),
        pytest.param(
            "acme.s3.eu-west-1.amazonaws.com",
            "host",
            "example-bucket-1.s3.eu-west-1.amazonaws.com",
            id="the host of a bucket",
        ),
        pytest.param("https://acme.io/x?t=1", "name", "https://host1.example.com/", id="a URL"),
        pytest.param("2025-09-02T07:15:40Z", "name", "2026-01-15T12:34:56Z", id="a time"),
        pytest.param("48291", "name", "00000", id="digits"),
        pytest.param("Box of Jane", "text", "example of example", id="free text"),
        pytest.param(
            "AWSReservedSSO_AcmeOps_9f8e7d6c5b4a3921",
            "role",
            "AWSReservedSSO_example-permissions-1_0123456789abcdef",
            id="a role of IAM Identity Center",
        ),
        pytest.param(
            f"arn:aws:iam::aws:policy/Own{OWN}",
            "name",
            "arn:aws:iam::aws:policy/example-policy-1",
            id="a policy of AWS with an account in its name",
        ),
        pytest.param(f"logs-{OWN}", "bucket", "example-bucket-1", id="a name with the account"),
        pytest.param(
            "lambda.evil.amazonaws.com",
            "host",
            "lambda.example-host-1.amazonaws.com",
            id="a host with a label that is no Region",
        ),
    ],
)
def test_other_text_becomes_an_example_of_its_format(text: str, kind: str, expected: str) -> None:
    assert scrub_text(text, kind, _replacements()) == expected


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        pytest.param("console.amazonaws.com", "console.amazonaws.com", id="a host of AWS"),
        pytest.param("aws-cli/2.17.4 os/acme", "aws-cli/2.17.4", id="the AWS CLI"),
        pytest.param("[S3Console/0.4, jroe]", "S3Console/0.4", id="a console, as S3 writes it"),
        pytest.param("acme-scanner/7 (jroe)", "example-client/1.0", id="an unknown program"),
    ],
)
def test_a_user_agent_is_reduced_to_the_product(agent: str, expected: str) -> None:
    assert scrub_user_agent(agent, _replacements()) == expected


def test_the_same_name_has_the_same_example_in_every_member() -> None:
    scrubbed = scrub(record("iam", "DeleteUser", {"userName": "jroe"}, user_caller("jroe"))).record
    assert scrubbed["requestParameters"] == {"userName": "example-user-1"}
    assert scrubbed["userIdentity"]["arn"] == "arn:aws:iam::111122223333:user/example-user-1"


def test_an_example_in_the_record_is_given_to_no_other_name() -> None:
    request = {"userName": "example-user-1", "newUserName": "jroe"}
    scrubbed = scrub(record("iam", "UpdateUser", request)).record
    assert scrubbed["requestParameters"] == {
        "userName": "example-user-1",
        "newUserName": "example-user-2",
    }


def test_a_message_keeps_what_aws_says() -> None:
    assert scrub(DENIED).record["errorMessage"] == (
        "User: arn:aws:iam::111122223333:user/example-user-1 is not authorized to perform: "
        "kms:PutKeyPolicy on resource example because no identity-based policy allows the "
        "kms:PutKeyPolicy action"
    )


@pytest.mark.parametrize(
    ("write", "read"),
    [
        pytest.param(dict, dict, id="as an object"),
        pytest.param(json.dumps, json.loads, id="as JSON"),
        pytest.param(
            lambda policy: quote(json.dumps(policy)),
            lambda text: json.loads(unquote(text)),
            id="as JSON in a URL",
        ),
    ],
)
def test_a_policy_keeps_its_actions_and_conditions(
    write: Callable[[Any], Any], read: Callable[[Any], Any]
) -> None:
    request = {"policyDocument": write(BUCKET_POLICY["requestParameters"]["bucketPolicy"])}
    scrubbed = scrub(record("iam", "CreatePolicy", request)).record["requestParameters"]
    assert read(scrubbed["policyDocument"]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "example-name-1",
                "Effect": "Allow",
                "Principal": {"AWS": ["arn:aws:iam::123456789012:root"]},
                "Action": ["s3:GetObject", "s3:List*"],
                "Resource": ["arn:aws:s3:::example-bucket-1/*"],
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": "example-name-2"}},
            }
        ],
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("iam:JaneDoe", False, id="a name after a service"),
        pytest.param("s3:AcmeSecretThing", False, id="a name that no action has"),
        pytest.param("iam:JaneDoe*", False, id="a name with a wildcard"),
        pytest.param("iam:Get*Jane", False, id="a wildcard in the middle"),
        pytest.param("s3:Get?bject", False, id="a wildcard for one character"),
        pytest.param("acme:*", False, id="no service"),
        pytest.param("GetObject", False, id="no colon"),
        pytest.param("\u212ams:Encrypt", False, id="a letter that is not ASCII"),
        pytest.param("iam:PassRole", True, id="an action that is no call"),
        pytest.param("s3:ListBucket", True, id="an action with another name than the call"),
        pytest.param("S3:getobject", True, id="an action in other letters"),
        pytest.param("s3:*", True, id="all actions of a service"),
        pytest.param("s3:Get*", True, id="the beginning of actions"),
    ],
)
def test_an_action_is_one_that_iam_has(text: str, *, expected: bool) -> None:
    assert is_action(text) == expected


def test_a_name_in_the_form_of_an_action_is_replaced() -> None:
    request = {
        "description": "for iam:JaneDoe and s3:GetObject",
        "policyDocument": {"Statement": [{"Action": ["s3:AcmeSecretThing", "s3:GetObject"]}]},
    }
    scrubbed = scrub(record("iam", "CreatePolicy", request)).record["requestParameters"]
    assert scrubbed == {
        "description": "for example and s3:GetObject",
        "policyDocument": {"Statement": [{"Action": ["example-name-1", "s3:GetObject"]}]},
    }


def test_the_names_of_variables_are_replaced_and_those_of_members_are_not() -> None:
    request = {"functionName": "pay", "environment": {"variables": {"ACME_TOKEN": "s3cr3t"}}}
    scrubbed = scrub(record("lambda", "UpdateFunctionConfiguration20150331v2", request)).record
    assert scrubbed["requestParameters"] == {
        "functionName": "example-function-1",
        "environment": {"variables": {"example-key-1": "example-name-1"}},
    }


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("janeDoe", id="a name in the form of a member"),
        pytest.param("acmeProjectTitan", id="a project in the form of a member"),
        pytest.param("AcmeCorpSecretId", id="a name that ends like a member"),
        pytest.param("AcmeRequest", id="a name that ends like the parameters of EC2"),
        pytest.param("X-Amz-AcmeSecret", id="a header that AWS does not have"),
        pytest.param("x-amz-meta-acme", id="a header of the customer"),
        pytest.param("aws:JaneDoe", id="a condition key that AWS does not have"),
        pytest.param("aws:PrincipalTag/acme", id="a tag in a condition key"),
        pytest.param("StringAcme", id="an operator that AWS does not have"),
    ],
)
def test_a_member_that_aws_does_not_define_is_replaced(name: str) -> None:
    event = record("iam", "CreateUser", {"attributes": {name: True}})
    scrubbed = scrub(event).record["requestParameters"]
    assert scrubbed == {"attributes": {"example-key-1": True}}


@pytest.mark.parametrize(
    ("service", "event", "name"),
    [
        pytest.param("iam", "CreateUser", "permissionsBoundary", id="a member of the model"),
        pytest.param("s3", "PutBucketPolicy", "bucketPolicy", id="a member of records of S3"),
        pytest.param("s3", "PutObject", "x-amz-acl", id="a header of S3"),
        pytest.param("s3", "GetObject", "X-Amz-Expires", id="a parameter of a presigned URL"),
        pytest.param("ec2", "CreateFleet", "CreateFleetRequest", id="the parameters of EC2"),
        pytest.param("ec2", "RunInstances", "instancesSet", id="a list of EC2"),
        pytest.param("s3", "PutBucketPolicy", "aws:SourceVpce", id="a condition key"),
        pytest.param("s3", "PutBucketPolicy", "AWS:SourceArn", id="a key in other letters"),
        pytest.param("s3", "PutBucketPolicy", "ForAnyValue:StringLike", id="an operator"),
        pytest.param("s3", "PutBucketPolicy", "DateGreaterThanIfExists", id="an operator, if any"),
    ],
)
def test_a_member_that_aws_defines_stays(service: str, event: str, name: str) -> None:
    request = {"Condition": {name: True}}
    scrubbed = scrub(record(service, event, request)).record["requestParameters"]
    assert scrubbed == request


def test_a_member_with_a_name_that_occurs_later_is_replaced() -> None:
    request = {"janeRoe": True, "userName": "janeRoe", "dryRun": False}
    scrubbed = scrub(record("zz", "Do", request)).record["requestParameters"]
    assert scrubbed == {"example-key-1": True, "userName": "example-user-1", "dryRun": False}


def test_the_values_of_an_enumeration_stay_where_the_model_has_them() -> None:
    request = {"tier": "Standard", "type": "SecureString", "value": "Standard", "name": "String"}
    scrubbed = scrub(record("ssm", "PutParameter", request)).record["requestParameters"]
    assert scrubbed == {
        "tier": "Standard",
        "type": "SecureString",
        "value": "example-name-1",
        "name": "example-name-2",
    }


def test_numbers_that_are_accounts_or_times_are_replaced() -> None:
    request = {
        "accountId": int(OWN),
        "startTime": 1_756_797_340_123,
        "endTime": 1.7567973e9,
        "fromPort": 443,
        "encrypted": True,
    }
    scrubbed = scrub(record("ec2", "CreateVolume", request)).record["requestParameters"]
    assert scrubbed == {
        "accountId": 111122223333,
        "startTime": 1_768_480_496_000,
        "endTime": 1_768_480_496.0,
        "fromPort": 443,
        "encrypted": True,
    }


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        pytest.param(123456, 100_000, id="a PIN"),
        pytest.param(49170123, 10_000_000, id="a telephone number"),
        pytest.param(-49170123, 10_000_000, id="a negative number"),
        pytest.param(123456789, 100_000_000, id="an account with leading zeros"),
        pytest.param(52.520008, 0.5, id="a place on a map"),
        pytest.param(1234567.5, 1_000_000.0, id="a large number with a fraction"),
        pytest.param(65535, 65535, id="a port"),
        pytest.param(0.25, 0.25, id="a ratio"),
        pytest.param(1e-7, 1e-7, id="a small number"),
    ],
)
def test_a_number_that_no_model_has_is_replaced_from_six_digits(
    number: float, expected: float
) -> None:
    scrubbed = scrub(record("zz", "Do", {"items": number})).record["requestParameters"]
    assert scrubbed == {"items": expected}
    assert type(scrubbed["items"]) is type(number)


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(
            record("lambda", "UpdateFunctionConfiguration", {"ephemeralStorage": {"size": 123456}}),
            id="a number of the model",
        ),
        pytest.param(
            record("s3", "PutObject", None, additionalEventData={"bytesTransferredIn": 1234567}),
            id="a size in records of S3",
        ),
        pytest.param(
            {
                **INSIGHT,
                "insightDetails": {
                    "insightContext": {"statistics": {"insight": {"average": 0.00208333}}}
                },
            },
            id="a statistic of an insight",
        ),
    ],
)
def test_a_quantity_stays(event: dict[str, Any]) -> None:
    scrubbed = scrub(event)
    assert "number" not in scrubbed.counts


def test_it_counts_each_original_once() -> None:
    counts = scrub(record("iam", "DeleteUser", {"userName": "jroe"}, user_caller("jroe"))).counts
    assert counts == {
        "key or unique ID": 2,
        "account number": 1,
        "name": 1,
        "time": 1,
        "IP address": 1,
        "user agent": 1,
        "UUID": 2,
    }


# ---------------------------------------------------------------- properties


def _shape(value: Any) -> Any:
    match value:
        case dict():
            return [_shape(member) for member in value.values()]
        case list():
            return tuple(_shape(element) for element in value)
        case _:
            return type(value)


@given(RECORDS)
def test_scrubbing_again_changes_nothing(event: dict[str, Any]) -> None:
    scrubbed = scrub(event).record
    assert scrub(scrubbed).record == scrubbed


@given(RECORDS)
def test_members_lists_and_types_stay(event: dict[str, Any]) -> None:
    assert _shape(scrub(event).record) == _shape(event)


@given(RECORDS)
def test_no_account_and_no_name_of_the_record_is_left(event: dict[str, Any]) -> None:
    text = json.dumps(scrub(event).record, ensure_ascii=False)
    numbers = {*re.findall(r"(?<![0-9a-z.])\d{12}(?![0-9.])", text)}
    assert numbers <= {"111122223333", "123456789012"}
    assert {token for token in tokens(event) if token in text} == set()
    assert OWN not in text


@_EACH
def test_no_original_of_a_record_is_left(event: dict[str, Any]) -> None:
    scrubbed = scrub(event)
    text = json.dumps(scrubbed.record)
    originals = {original for original in scrubbed.originals if len(original) >= 4}
    assert {original for original in originals if original in text} == set()
    assert scrub(scrubbed.record).record == scrubbed.record
