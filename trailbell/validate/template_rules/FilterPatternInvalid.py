"""CloudWatch Logs rejects a filter with an invalid filter pattern."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.filter_patterns import INVALID, findings


class FilterPatternInvalid(CloudFormationLintRule):
    id = "E9815"
    shortdesc = "filter-pattern-invalid"
    description = "A filter pattern is valid"
    source_url = (
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html"
    )
    tags = ["logs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(
                path,
                f"The filter pattern is invalid, at character {finding.start + 1}: "
                f"{finding.reason}; {finding.fix}",
            )
            for finding, path in findings(cfn.template)
            if finding.id in INVALID
        ]
