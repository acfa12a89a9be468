"""The rule E9806: a topic to which a service publishes has no AWS managed key."""

import pytest

from tests.validate.rule_matches import (
    NO_VALUE,
    Matches,
    Resources,
    either,
    fires,
    ref,
    resource,
    rule_matches,
    silent,
    sub,
)
from trailbell.validate.template_rules.TopicWithAwsManagedKey import TopicWithAwsManagedKey


def _topic(**properties: object) -> Resources:
    """A topic, and an alarm that publishes to it."""
    alarm = resource("CloudWatch::Alarm", AlarmActions=[ref("T")])
    return {"T": resource("SNS::Topic", **properties), "A": alarm}


def _published_by(kind: str, **properties: object) -> Resources:
    return {
        "T": resource("SNS::Topic", KmsMasterKeyId="alias/aws/sns"),
        "S": resource(kind, **properties),
    }


def _policy(statement: object) -> Resources:
    return _published_by(
        "SNS::TopicPolicy", Topics=[ref("T")], PolicyDocument={"Statement": [statement]}
    )


def _finding(service: str) -> str:
    return (
        f"{service} cannot publish to a topic that uses the AWS managed key alias/aws/sns. Use a "
        "customer managed key whose policy allows the service to use it."
    )


_FINDING = _finding("CloudWatch")
_PATH = "T.Properties.KmsMasterKeyId"
_CASES = [
    silent("no key", _topic()),
    silent("a key from a parameter", _topic(KmsMasterKeyId=ref("Key"))),
    silent("a key or none", _topic(KmsMasterKeyId=either(ref("Key"), NO_VALUE))),
    silent("an alias of the customer", _topic(KmsMasterKeyId="alias/alerts")),
    silent("another resource type", {"Q": resource("SQS::Queue", KmsMasterKeyId="alias/aws/sns")}),
    silent(
        "a subscription alone",
        _published_by("SNS::Subscription", TopicArn=ref("T"), Protocol="email"),
    ),
    silent(
        "a function of the account",
        _published_by("Lambda::Function", Environment={"Variables": {"TOPIC": ref("T")}}),
    ),
    silent(
        "a policy for an account",
        _policy({"Effect": "Allow", "Principal": {"AWS": ref("A")}, "Action": "sns:Publish"}),
    ),
    silent(
        "a policy that refuses a service",
        _policy({"Effect": "Deny", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "*"}),
    ),
    fires(
        "a rule",
        _published_by("Events::Rule", Targets=[{"Id": "t", "Arn": ref("T")}]),
        (_PATH, _finding("EventBridge")),
    ),
    fires(
        "notifications of a bucket",
        _published_by(
            "S3::Bucket",
            NotificationConfiguration={"TopicConfigurations": [{"Topic": ref("T"), "Event": "x"}]},
        ),
        (_PATH, _finding("Amazon S3")),
    ),
    fires(
        "a policy for a service",
        _policy(
            {
                "Effect": "Allow",
                "Principal": {"Service": "budgets.amazonaws.com"},
                "Action": "sns:Publish",
            }
        ),
        (_PATH, _finding("budgets.amazonaws.com")),
    ),
    fires("the alias", _topic(KmsMasterKeyId="alias/aws/sns"), (_PATH, _FINDING)),
    fires(
        "the alias as an ARN",
        _topic(KmsMasterKeyId=sub("arn:${AWS::Partition}:kms:${AWS::Region}:x:alias/aws/sns")),
        (_PATH, _FINDING),
    ),
    fires(
        "one branch of two",
        _topic(KmsMasterKeyId=either(ref("Key"), "alias/aws/sns")),
        (f"{_PATH}.Fn::If.2", _FINDING),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(TopicWithAwsManagedKey(), resources) == findings
