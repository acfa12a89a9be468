"""EventBridge accepts only standard queues as the dead-letter queue of a rule."""

from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import strings
from trailbell.template.resources import resources_of_type
from trailbell.validate.rule_targets import rule_targets, target_resource


class DeadLetterQueueIsFifo(CloudFormationLintRule):
    id = "E9824"
    shortdesc = "dead-letter-queue-is-fifo"
    description = "The dead-letter queue of a rule is a standard queue"
    source_url = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html"
    tags = ["events", "sqs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        fifo = {
            logical_id
            for logical_id, properties in resources_of_type(cfn.template, "AWS::SQS::Queue")
            if properties.get("FifoQueue") in (True, "true")
        }
        return [
            RuleMatch(
                path,
                "The dead-letter queue is a FIFO queue, which EventBridge does not accept. Use a "
                "standard queue.",
            )
            for target in rule_targets(cfn.template)
            for queue, path in target.queues()
            if _is_fifo(queue) or target_resource(cfn.template, queue, "AWS::SQS::Queue") in fifo
        ]


def _is_fifo(arn: Any) -> bool:
    """Whether the name in an ARN ends as the names of FIFO queues do."""
    match arn:
        case {"Fn::Sub": [text, *_]}:
            return str(text).endswith(".fifo")
        case str() | {"Fn::Sub": str()}:
            return any(text.endswith(".fifo") for text, _ in strings(arn))
        case _:
            return False
