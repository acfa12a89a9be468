"""CloudFormation cannot create a metric filter on a log group of another account or Region."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import branches, strings
from trailbell.template.resources import resources_of_type


class CrossAccountLogGroup(CloudFormationLintRule):
    id = "E9812"
    shortdesc = "cross-account-log-group"
    description = "A metric filter refers to its log group by name, in the same account and Region"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html"
    tags = ["logs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(
                path,
                "A metric filter cannot use a log group of another account or Region. Deploy it in "
                "the account and Region of the log group, and use the name instead of the ARN.",
            )
            for logical_id, properties in resources_of_type(cfn.template, "AWS::Logs::MetricFilter")
            for name, path in branches(
                properties.get("LogGroupName"),
                ("Resources", logical_id, "Properties", "LogGroupName"),
            )
            if any(text.startswith("arn:") for text, _ in strings(name))
        ]
