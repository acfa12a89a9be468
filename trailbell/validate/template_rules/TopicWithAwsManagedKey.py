"""AWS services cannot publish to a topic that is encrypted with the AWS managed key for SNS."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import branches, strings
from trailbell.template.resources import resources_of_type
from trailbell.validate.publishers import publisher


class TopicWithAwsManagedKey(CloudFormationLintRule):
    id = "E9806"
    shortdesc = "topic-with-aws-managed-key"
    description = "A topic to which an AWS service publishes has a customer managed key, or none"
    source_url = "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"
    tags = ["sns", "kms"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Silent for topics to which only people and functions of the account publish."""
        return [
            RuleMatch(
                path,
                f"{service} cannot publish to a topic that uses the AWS managed key alias/aws/sns. "
                "Use a customer managed key whose policy allows the service to use it.",
            )
            for logical_id, properties in resources_of_type(cfn.template, "AWS::SNS::Topic")
            for key, path in branches(
                properties.get("KmsMasterKeyId"),
                ("Resources", logical_id, "Properties", "KmsMasterKeyId"),
            )
            if any("alias/aws/sns" in text for text, _ in strings(key))
            for service in [publisher(cfn.template, logical_id)]
            if service
        ]
