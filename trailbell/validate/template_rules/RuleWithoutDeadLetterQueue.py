"""Without a dead-letter queue, nothing is left of an event that EventBridge cannot deliver."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.rule_targets import rule_targets, rules_for_cloudtrail


class RuleWithoutDeadLetterQueue(CloudFormationLintRule):
    id = "W9821"
    shortdesc = "rule-without-dead-letter-queue"
    description = "Each target of a rule for events of CloudTrail has a dead-letter queue"
    source_url = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html"
    tags = ["events", "sqs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Rules for other events are skipped: a lost event is often no loss."""
        for_cloudtrail = rules_for_cloudtrail(cfn.template)
        return [
            RuleMatch(
                target.path,
                "An event that EventBridge cannot deliver is lost. Add a DeadLetterConfig with the "
                "ARN of a standard queue.",
            )
            for target in rule_targets(cfn.template)
            if target.rule in for_cloudtrail and not target.has("DeadLetterConfig")
        ]
