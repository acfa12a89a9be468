"""The parameters that make a request dangerous: what is no clause first, then what is."""

import re
from typing import Any

import pytest

from trailbell.cloudtrail.operations import find_operation
from trailbell.scaffold.python_source import render
from trailbell.scaffold.request_clauses import reduced, request_clauses, with_value


def _on_one_line(source: Any) -> str:
    lines = [line.strip() for line in render(source).splitlines()]
    return " ".join(lines).replace("( ", "(").replace(", )", ")")


def _clauses(event: str, request: Any) -> list[str]:
    service, _, name = event.partition(":")
    operation = find_operation(f"{service}.amazonaws.com", name)
    shape = operation.request() if operation else None
    return [
        re.sub(r'field\("requestParameters\.(.*?)"\)', r"\1", _on_one_line(clause.source))
        for clause in request_clauses(request, shape)
    ]


@pytest.mark.parametrize(
    ("event", "request_"),
    [
        pytest.param("iam:CreateUser", None, id="no request"),
        pytest.param("iam:CreateUser", {"userName": "jroe"}, id="a name"),
        pytest.param("ec2:StopInstances", {"force": False}, id="a boolean that is the default"),
        pytest.param("ec2:DeleteVpc", {"dryRun": True}, id="a test of permissions"),
        pytest.param("ec2:CreateVpc", {"instanceTenancy": "default"}, id="a default"),
        pytest.param("ec2:RunInstances", {"instanceType": "t3.micro"}, id="a size"),
        pytest.param("kms:ScheduleKeyDeletion", {"pendingWindowInDays": 7}, id="a quantity"),
        pytest.param(
            "ec2:AuthorizeSecurityGroupIngress",
            {"ipPermissions": {"items": [{"fromPort": 443}]}},
            id="a port that is usually public",
        ),
        pytest.param(
            "ec2:CreateVpc",
            {"tagSpecificationSet": {"items": [{"resourceType": "vpc-block-public-access"}]}},
            id="a tag",
        ),
        pytest.param("s3:PutBucketCors", {"allowedOrigin": "*"}, id="a star that is no principal"),
        pytest.param("zz:Do", {"": {"a b": "0.0.0.0/0"}}, id="the keys of a map"),
        pytest.param("zz:Do", {"mode": "ALL"}, id="text of a service without model"),
        pytest.param(
            "iam:AttachUserPolicy",
            {"policyArn": "arn:aws:iam::111122223333:policy/own"},
            id="a policy of one account",
        ),
    ],
)
def test_it_is_no_clause(event: str, request_: Any) -> None:
    assert _clauses(event, request_) == []


@pytest.mark.parametrize(
    ("event", "request_", "expected"),
    [
        pytest.param(
            "cloudtrail:PutEventSelectors",
            {"eventSelectors": [{"readWriteType": "ReadOnly", "includeManagementEvents": False}]},
            [
                'eventSelectors[*].readWriteType.equals("ReadOnly")',
                "eventSelectors[*].includeManagementEvents.is_false()",
            ],
            id="an enumeration, and a boolean that switches something off",
        ),
        pytest.param(
            "s3:PutBucketAcl",
            {"x-amz-acl": ["public-read"]},
            ['x-amz-acl[*].equals("public-read")'],
            id="a header",
        ),
        pytest.param(
            "iam:AttachUserPolicy",
            {"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
            ['policyArn.equals("arn:aws:iam::aws:policy/AdministratorAccess")'],
            id="a policy of AWS",
        ),
        pytest.param(
            "lambda:AddPermission20150331v2",
            {"action": "lambda:InvokeFunction", "principal": "*"},
            [r'principal.matches("^\\*$")'],
            id="everyone as the principal",
        ),
        pytest.param(
            "s3:PutBucketPolicy",
            {"bucketPolicy": {"Statement": [{"Principal": {"AWS": ["*"]}}]}},
            [
                (
                    r'any_of(bucketPolicy.Statement[*].Principal.AWS[0].matches("^\\*$"), '
                    r'bucketPolicy.Statement[0].Principal.AWS[*].matches("^\\*$"))'
                )
            ],
            id="everyone in a policy",
        ),
        pytest.param(
            "rds:DeleteDBInstance",
            {"skipFinalSnapshot": True, "deleteAutomatedBackups": True, "forceAll": True},
            ["skipFinalSnapshot.is_true()", "deleteAutomatedBackups.is_true()"],
            id="the first two of three",
        ),
        pytest.param(
            "ec2:CreateNetworkAclEntry",
            {"ruleAction": "allow", "egress": True, "cidrBlock": "0.0.0.0/0"},
            ['cidrBlock.equals("0.0.0.0/0")', 'ruleAction.equals("allow")'],
            id="what is dangerous in any account comes first",
        ),
        pytest.param(
            "ec2:AuthorizeSecurityGroupIngress",
            {"ipPermissions": {"items": [{"fromPort": 22}, {"fromPort": 3389}]}},
            ["ipPermissions.items[*].fromPort.equals(22)"],
            id="one clause on members of the same name",
        ),
    ],
)
def test_it_is_a_clause(event: str, request_: Any, expected: list[str]) -> None:
    assert _clauses(event, request_) == expected


@pytest.mark.parametrize(
    ("path", "new", "expected"),
    [
        pytest.param(("a",), None, {"b": [{"c": 1, "d": 2}]}, id="without a member"),
        pytest.param(("a",), 9, {"a": 9, "b": [{"c": 1, "d": 2}]}, id="another value"),
        pytest.param(("b", 0, "c"), 9, {"a": 1, "b": [{"c": 9, "d": 2}]}, id="below a list"),
        pytest.param(("b", 0), None, {"a": 1, "b": []}, id="without an element"),
    ],
)
def test_a_near_miss_has_another_value(path: tuple[Any, ...], new: Any, expected: Any) -> None:
    assert with_value({"a": 1, "b": [{"c": 1, "d": 2}]}, path, new) == expected


def test_a_reduced_request_has_what_the_clauses_are_about() -> None:
    request = {"a": 1, "b": [{"c": 1}, {"c": 2, "d": 3}, {"c": 4}], "e": {"f": 5, "g": 6}}
    assert reduced(request, [("b", 1, "c"), ("e", "f")]) == {
        "b": [{"c": 1}, {"c": 2}],
        "e": {"f": 5},
    }
