"""The rule W9845: partitions, services and Regions that AWS does not have."""

import pytest

from tests.validate.policy_cases import PATH, allow, identity
from tests.validate.rule_matches import Matches, Resources, fires, ref, rule_matches, silent, sub
from trailbell.validate.template_rules.PolicyResourceArnInvalid import PolicyResourceArnInvalid


def _on(value: object) -> Resources:
    return identity(allow("sns:Publish", value))


_AT = f"{PATH}.Resource"
_CASES = [
    silent("everything", _on("*")),
    silent("an ARN", _on("arn:aws:sns:us-east-1:111122223333:t")),
    silent("another partition", _on("arn:aws-us-gov:sns:us-gov-west-1:111122223333:t")),
    silent("pseudo parameters", _on(sub("arn:${AWS::Partition}:sns:${AWS::Region}:x:t"))),
    silent("patterns", _on(["arn:*:sns:*:*:t", "arn:aws*:sns:us-*:*:t"])),
    silent("no Region", _on("arn:aws:iam::111122223333:role/US-EAST")),
    silent("a Region that may be new", _on("arn:aws:sns:xx-central-3:111122223333:t")),
    silent("a parameter", _on(ref("Topic"))),
    silent("a part from a parameter", _on(sub("arn:aws:sns:${Home}:111122223333:t"))),
    silent("no ARN", _on("topic")),
    silent("an image, which has no account", _on("arn:aws:ec2:us-east-1::image/ami-1")),
    silent("a public parameter", _on("arn:aws:ssm:us-east-1::parameter/aws/service/x")),
    silent("a document of AWS", _on("arn:aws:ssm:us-east-1::document/AWS-RunShellScript")),
    silent("a document of a service", _on("arn:aws:ssm:*::document/AmazonEKS-ControlPlane")),
    silent("all documents of AWS", _on("arn:aws:ssm:us-east-1::document/*")),
    silent("a view of AWS", _on("arn:aws:resource-explorer-2:*::view/AWSServiceViewForX/a")),
    fires(
        "a document of one's own without an account",
        _on("arn:aws:ssm:us-east-1::document/Deploy"),
        (_AT, "Each such ARN of ssm has an account. Add ${AWS::AccountId}, or a wildcard."),
    ),
    silent("a bucket", _on("arn:aws:s3:::b/*")),
    silent("a distribution", _on("arn:aws:cloudfront::111122223333:distribution/d")),
    silent("resources of which some have no account", _on("arn:aws:ec2:us-east-1::*")),
    silent("a service that AWS does not publish", _on("arn:aws:nosuch:::t")),
    silent("an account that may be empty", _on(sub("arn:aws:sns:us-east-1:${Account}:t"))),
    fires(
        "a topic without an account",
        _on("arn:aws:sns:us-east-1::t"),
        (_AT, "Each such ARN of sns has an account. Add ${AWS::AccountId}, or a wildcard."),
    ),
    fires(
        "all of a service without both",
        _on("arn:aws:sns:::*"),
        (
            _AT,
            (
                "Each such ARN of sns has a Region and an account. Add ${AWS::Region} and "
                "${AWS::AccountId}, or a wildcard."
            ),
        ),
    ),
    fires(
        "a partition",
        _on("arn:awss:sns:us-east-1:111122223333:t"),
        (_AT, "There is no partition awss. Use ${AWS::Partition}."),
    ),
    fires(
        "a service",
        _on("arn:aws:SNS:us-east-1:111122223333:t"),
        (_AT, "The service in an ARN has small letters. Write sns."),
    ),
    fires(
        "a Region, in two ARNs",
        _on(["arn:aws:sns:us-est:111122223333:t", "arn:aws:sns:us-est:111122223333:u"]),
        (_AT, "There is no Region us-est. Use ${AWS::Region}, or correct it."),
    ),
    fires(
        "a zone",
        _on("arn:aws:sns:us-east-1a:111122223333:t"),
        (_AT, "There is no Region us-east-1a. Use ${AWS::Region}, or correct it."),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyResourceArnInvalid(), resources) == findings
