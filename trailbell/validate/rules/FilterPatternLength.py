"""A filter pattern that CloudWatch Logs refuses for its length."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import branches, resources, text_length

LONGEST = 1024


class FilterPatternLength(CloudFormationLintRule):
    id = "E9801"
    shortdesc = "filter-pattern-too-long"
    description = "A filter pattern holds at most 1,024 characters"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html"
    tags = ["logs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        types = ("AWS::Logs::MetricFilter", "AWS::Logs::SubscriptionFilter")
        return [
            RuleMatch(at, f"{length} characters; a filter pattern holds at most {LONGEST}")
            for logical_id, properties in resources(cfn.template, *types)
            for text, at in branches(
                properties.get("FilterPattern"),
                ["Resources", logical_id, "Properties", "FilterPattern"],
            )
            for length in [text_length(text)]
            if length > LONGEST
        ]
