"""An event pattern that EventBridge does not take."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.event_pattern import REFUSED
from trailbell.validate.event_patterns import findings


class EventPatternRefused(CloudFormationLintRule):
    id = "E9817"
    shortdesc = "event-pattern-refused"
    description = "An event pattern is one that EventBridge takes"
    source_url = (
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html"
    )
    tags = ["events"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(at, f"at {finding.where}: {finding.reason}; {finding.fix}")
            for finding, at in findings(cfn.template)
            if finding.id in REFUSED
        ]
