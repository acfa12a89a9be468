"""The rule E9806: a topic does not use the AWS managed key alias/aws/sns."""

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
    return {"T": resource("SNS::Topic", **properties)}


_FINDING = (
    "CloudWatch cannot publish to a topic that uses the AWS managed key alias/aws/sns. Use a "
    "customer managed key whose policy allows cloudwatch.amazonaws.com to use it."
)
_PATH = "T.Properties.KmsMasterKeyId"
_CASES = [
    silent("no key", _topic()),
    silent("a key from a parameter", _topic(KmsMasterKeyId=ref("Key"))),
    silent("a key or none", _topic(KmsMasterKeyId=either(ref("Key"), NO_VALUE))),
    silent("an alias of the customer", _topic(KmsMasterKeyId="alias/alerts")),
    silent("another resource type", {"Q": resource("SQS::Queue", KmsMasterKeyId="alias/aws/sns")}),
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
