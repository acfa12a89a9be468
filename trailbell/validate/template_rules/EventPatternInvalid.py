"""EventBridge rejects a rule with an invalid event pattern."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.event_pattern import REFUSED
from trailbell.validate.event_patterns import findings


class EventPatternInvalid(CloudFormationLintRule):
    id = "E9817"
    shortdesc = "event-pattern-invalid"
    description = "An event pattern is valid"
    source_url = (
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html"
    )
    tags = ["events"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(
                path,
                f"The event pattern is invalid, at {finding.location}: "
                f"{finding.reason}; {finding.fix}",
            )
            for finding, path in findings(cfn.template)
            if finding.id in REFUSED
        ]
