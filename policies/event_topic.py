"""
The topic policy of the SNS topics to which EventBridge rules send messages.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
"""

from typing import Any

from awacs import sns
from awacs.aws import Allow, PolicyDocument, Principal, Statement

from policies.alert_topic import alert_topic_policy


def event_topic_policy(*, topic_arn: Any, account: Any, alarms_arn: Any) -> PolicyDocument:
    """Allow EventBridge to publish, and the alarms of one account on the delivery.

    The statement for EventBridge has no condition: "Condition blocks in Amazon SNS topic policies
    are not supported for EventBridge."
    """
    policy = alert_topic_policy(topic_arn=topic_arn, account=account, alarms_arn=alarms_arn)
    rules = Statement(
        Sid="AllowEventBridgeRulesPublish",
        Effect=Allow,
        Principal=Principal("Service", "events.amazonaws.com"),
        Action=[sns.Publish],
        Resource=[topic_arn],
    )
    return PolicyDocument(Version="2012-10-17", Statement=[rules, *policy.Statement])
