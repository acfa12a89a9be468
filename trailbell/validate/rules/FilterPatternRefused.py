"""A filter pattern that CloudWatch Logs does not take."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.filter_patterns import REFUSED, findings


class FilterPatternRefused(CloudFormationLintRule):
    id = "E9815"
    shortdesc = "filter-pattern-refused"
    description = "A filter pattern is one that CloudWatch Logs reads"
    source_url = (
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html"
    )
    tags = ["logs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(at, f"at character {finding.start + 1}: {finding.reason}; {finding.fix}")
            for finding, at in findings(cfn.template)
            if finding.id in REFUSED
        ]
