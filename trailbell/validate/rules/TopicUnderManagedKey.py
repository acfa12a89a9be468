"""A topic under the key that AWS manages for SNS, to which no service can publish."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import branches, resources, texts


class TopicUnderManagedKey(CloudFormationLintRule):
    id = "E9806"
    shortdesc = "topic-under-managed-key"
    description = "A topic is encrypted with a key whose policy can let CloudWatch use it"
    source_url = "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"
    tags = ["sns", "kms"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(
                at,
                "alarms cannot publish under alias/aws/sns; use a key of your own that lets "
                "cloudwatch.amazonaws.com decrypt and generate data keys",
            )
            for logical_id, properties in resources(cfn.template, "AWS::SNS::Topic")
            for key, at in branches(
                properties.get("KmsMasterKeyId"),
                ["Resources", logical_id, "Properties", "KmsMasterKeyId"],
            )
            if any("alias/aws/sns" in text for text, _ in texts(key, []))
        ]
