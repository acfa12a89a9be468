"""EventBridge accepts these event patterns, but they probably do not match as intended."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.event_pattern import REFUSED
from trailbell.validate.event_patterns import findings


class EventPatternSuspicious(CloudFormationLintRule):
    id = "W9818"
    shortdesc = "event-pattern-suspicious"
    description = "An event pattern can match the intended events"
    source_url = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html"
    tags = ["events"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(path, f"{finding.id}, at {finding.location}: {finding.reason}; {finding.fix}")
            for finding, path in findings(cfn.template)
            if finding.id not in REFUSED
        ]
