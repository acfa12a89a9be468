"""A metric filter on a log group that is not in this account and Region."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import branches, resources, texts


class LogGroupOfAnotherAccount(CloudFormationLintRule):
    id = "E9812"
    shortdesc = "log-group-of-another-account"
    description = "A metric filter names a log group of its own account and Region, not an ARN"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html"
    tags = ["logs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(
                at,
                "a metric filter cannot stand on a log group of another account; deploy it where "
                "the log group is, and give the name instead of the ARN",
            )
            for logical_id, properties in resources(cfn.template, "AWS::Logs::MetricFilter")
            for name, at in branches(
                properties.get("LogGroupName"),
                ["Resources", logical_id, "Properties", "LogGroupName"],
            )
            if any(text.startswith("arn:") for text, _ in texts(name, []))
        ]
