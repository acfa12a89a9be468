"""CloudWatch Logs accepts these filter patterns, but they probably do not match as intended."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.filter_patterns import INVALID, findings


class FilterPatternSuspicious(CloudFormationLintRule):
    id = "W9816"
    shortdesc = "filter-pattern-suspicious"
    description = "A filter pattern can match the intended events"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-json-log-events.html"
    tags = ["logs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(
                path,
                f"{finding.id}, at character {finding.start + 1}: {finding.reason}; {finding.fix}",
            )
            for finding, path in findings(cfn.template)
            if finding.id not in INVALID
        ]
