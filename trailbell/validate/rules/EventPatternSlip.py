"""An event pattern that EventBridge takes, and that does not say what was meant."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.event_pattern import REFUSED
from trailbell.validate.event_patterns import findings


class EventPatternSlip(CloudFormationLintRule):
    id = "W9818"
    shortdesc = "event-pattern-slip"
    description = "An event pattern can match, and its rule is given the events that it asks for"
    source_url = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html"
    tags = ["events"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(at, f"{finding.id}, at {finding.where}: {finding.reason}; {finding.fix}")
            for finding, at in findings(cfn.template)
            if finding.id not in REFUSED
        ]
