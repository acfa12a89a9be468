"""CloudWatch Logs rejects filter patterns that are too long."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.pattern import MAX_LENGTH
from trailbell.template.intrinsics import branches, text_length
from trailbell.template.resources import resources_of_type


class FilterPatternLength(CloudFormationLintRule):
    id = "E9801"
    shortdesc = "filter-pattern-too-long"
    description = "A filter pattern has at most 1,024 characters"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html"
    tags = ["logs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        types = ("AWS::Logs::MetricFilter", "AWS::Logs::SubscriptionFilter")
        return [
            RuleMatch(
                path,
                f"The filter pattern has {length:,} characters, but the maximum is {MAX_LENGTH:,}. "
                "Shorten it, or split it into several metric filters.",
            )
            for logical_id, properties in resources_of_type(cfn.template, *types)
            for text, path in branches(
                properties.get("FilterPattern"),
                ("Resources", logical_id, "Properties", "FilterPattern"),
            )
            for length in [text_length(text)]
            if length > MAX_LENGTH
        ]
