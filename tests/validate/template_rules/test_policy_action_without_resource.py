"""The rule W9833: resources that an action cannot have."""

import pytest

from tests.validate.policy_cases import OBJECTS, PATH, allow, attached, boundary, identity
from tests.validate.rule_matches import (
    Matches,
    Resources,
    fires,
    ref,
    resource,
    rule_matches,
    silent,
    sub,
)
from trailbell.validate.template_rules.PolicyActionWithoutResource import (
    PolicyActionWithoutResource,
)

_BUCKET = {"B": resource("S3::Bucket")}
_TOPIC = "topic (arn:${Partition}:sns:${Region}:${Account}:${TopicName})"
_NEED = "It needs a resource of the type"
_OF_TOPICS = ("CreateTopic", "DeleteTopic", "Publish", "Subscribe")
_CASES = [
    silent("objects", identity(allow())),
    silent("everything", identity(allow(on="*"))),
    silent(
        "a bucket and its objects, each for one action",
        identity(allow(["s3:GetObject", "s3:ListBucket"], ["arn:aws:s3:::b", OBJECTS])),
    ),
    silent("a resource for no action", identity(allow(on=["arn:aws:s3:::b", OBJECTS]))),
    silent("a bucket that a parameter names", identity(allow(on=sub("arn:aws:s3:::${Name}")))),
    silent(
        "a name that only the deployment knows",
        identity(allow(on=sub("arn:aws:s3:::${Point.Name}")), Point=resource("S3::AccessPoint")),
    ),
    silent("an ARN from a parameter", identity(allow(on=ref("Arn")))),
    silent(
        "the objects of a bucket of the template", identity(allow(on=sub("${B.Arn}/*")), **_BUCKET)
    ),
    silent("a pattern of actions, some of which fit", identity(allow("s3:*", "arn:aws:s3:::b"))),
    silent("an unknown action", identity(allow("s3:NoSuchAction", "arn:aws:s3:::b"))),
    silent("NotAction", identity(allow(None, "arn:aws:s3:::b", NotAction="s3:GetObject"))),
    silent("NotResource", identity(allow("sns:Publish", None, NotResource="arn:aws:sns:*:*:*"))),
    silent(
        "an action on another service", identity(allow("sts:AssumeRole", "arn:aws:iam::*:role/x"))
    ),
    silent(
        "a list action that is authorized for the account",
        identity(allow("iam:ListRoles", "arn:aws:iam::*:role/*")),
    ),
    silent(
        "the answer to a task of a state machine",
        identity(
            allow(
                ["states:SendTaskSuccess", "states:SendTaskHeartbeat"],
                "arn:aws:states:us-east-1:111122223333:stateMachine:orders",
            )
        ),
    ),
    silent(
        "the macro of SAM",
        identity(
            allow(
                "cloudformation:CreateChangeSet",
                "arn:aws:cloudformation:us-east-1:aws:transform/Serverless-2016-10-31",
            )
        ),
    ),
    silent(
        "a load balancer of the second version",
        identity(
            allow(
                "elasticloadbalancing:CreateListener",
                "arn:aws:elasticloadbalancing:*:*:loadbalancer/app/a/1",
            )
        ),
    ),
    silent(
        "the method of an API",
        {
            "P": resource(
                "ApiGateway::RestApi",
                Policy={"Statement": allow("execute-api:Invoke", "execute-api:/*", Principal="*")},
            )
        },
    ),
    fires(
        "an action of objects on a bucket",
        identity(allow(on=sub("arn:${AWS::Partition}:s3:::b"))),
        (
            f"{PATH}.Resource",
            (
                "The action s3:GetObject cannot have a resource of this statement. "
                f"{_NEED} accesspointobject or object."
            ),
        ),
    ),
    fires(
        "an action of buckets on objects",
        identity(allow("s3:ListBucket")),
        (
            f"{PATH}.Resource",
            (
                f"The action s3:ListBucket cannot have the resource '{OBJECTS}'. "
                f"{_NEED} accesspoint or bucket."
            ),
        ),
    ),
    fires(
        "a bucket of the template",
        identity(allow(on={"Fn::GetAtt": ["B", "Arn"]}), **_BUCKET),
        (
            f"{PATH}.Resource",
            (
                "The action s3:GetObject cannot have a resource of this statement. "
                f"{_NEED} accesspointobject or object."
            ),
        ),
    ),
    fires(
        "the resource of another service",
        identity(allow("sns:Publish", ["arn:aws:sqs:*:*:queue"])),
        (
            f"{PATH}.Resource",
            f"The action sns:Publish cannot have a resource of this statement. {_NEED} {_TOPIC}.",
        ),
    ),
    fires(
        "a pattern of actions, none of which fits",
        identity(allow("s3:*Object", "arn:aws:s3:::b")),
        (f"{PATH}.Resource", "The action s3:*Object cannot have the resource 'arn:aws:s3:::b'."),
    ),
    fires(
        "two actions",
        identity(allow(["sns:Publish", "sqs:SendMessage"], "arn:aws:s3:::b")),
        (
            f"{PATH}.Resource",
            (
                "The action sns:Publish cannot have the resource 'arn:aws:s3:::b'. "
                f"{_NEED} {_TOPIC}. The same is true of sqs:SendMessage."
            ),
        ),
    ),
    fires(
        "many actions, of which one has the resource",
        identity(
            allow(["s3:ListBucket", *(f"sns:{name}" for name in _OF_TOPICS)], "arn:aws:s3:::b")
        ),
        (
            f"{PATH}.Resource",
            (
                "The action sns:CreateTopic cannot have the resource 'arn:aws:s3:::b'. "
                f"{_NEED} {_TOPIC}. The same is true of sns:DeleteTopic, sns:Publish and 1 more."
            ),
        ),
    ),
    fires(
        "an action without resource types",
        identity(allow("ec2:DescribeInstances", "arn:aws:ec2:*:*:instance/*")),
        (
            f"{PATH}.Resource",
            (
                "The action ec2:DescribeInstances has no resource types: only the resource '*' "
                "applies to it."
            ),
        ),
    ),
    fires(
        "a bucket policy",
        attached("S3::BucketPolicy", allow(on="arn:aws:s3:::b", Principal={"AWS": "x"})),
        (
            f"{PATH}.Resource",
            (
                "The action s3:GetObject cannot have the resource 'arn:aws:s3:::b'. "
                f"{_NEED} accesspointobject or object."
            ),
        ),
    ),
    fires(
        "a permissions boundary",
        boundary(allow("sns:Publish", "arn:aws:s3:::b")),
        (
            f"{PATH}.Resource",
            f"The action sns:Publish cannot have the resource 'arn:aws:s3:::b'. {_NEED} {_TOPIC}.",
        ),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyActionWithoutResource(), resources) == findings
