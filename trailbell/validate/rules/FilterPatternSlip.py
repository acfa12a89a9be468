"""A filter pattern that CloudWatch Logs takes, and that does not say what was meant."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.filter_patterns import REFUSED, findings


class FilterPatternSlip(CloudFormationLintRule):
    id = "W9816"
    shortdesc = "filter-pattern-slip"
    description = "A filter pattern is neither always nor never true, and loses no events"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-json-log-events.html"
    tags = ["logs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(
                at,
                f"{finding.id}, at character {finding.start + 1}: {finding.reason}; {finding.fix}",
            )
            for finding, at in findings(cfn.template)
            if finding.id not in REFUSED
        ]
