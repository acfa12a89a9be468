"""
The policy of the SQS queues to which EventBridge rules send messages.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
"""

from typing import Any

from awacs import sqs
from awacs.aws import Allow, ArnEquals, Condition, PolicyDocument, Principal, Statement

from policies.alert_queue import deny_requests_without_tls


def event_queue_policy(*, queue_arn: Any, rule_arn: Any) -> PolicyDocument:
    """Allow EventBridge rules to send messages, and deny requests without TLS.

    ``rule_arn`` is the ARN of a rule, or a pattern for several: ArnEquals accepts both.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
    """
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="AllowRuleSend",
                Effect=Allow,
                Principal=Principal("Service", "events.amazonaws.com"),
                Action=[sqs.SendMessage],
                Resource=[queue_arn],
                Condition=Condition([ArnEquals("aws:SourceArn", rule_arn)]),
            ),
            deny_requests_without_tls(queue_arn),
        ],
    )
