"""
The topic policy of the SNS topics to which alarms send notifications.

https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
"""

from typing import Any

from awacs import sns
from awacs.aws import (
    Allow,
    ArnLike,
    Condition,
    PolicyDocument,
    Principal,
    Statement,
    StringEquals,
)


def alert_topic_policy(*, topic_arn: Any, account: Any, alarms_arn: Any) -> PolicyDocument:
    """Allow CloudWatch to publish, for the alarms of one account only.

    ``alarms_arn`` is the ARN pattern of these alarms.
    """
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="AllowCloudWatchAlarmsPublish",
                Effect=Allow,
                Principal=Principal("Service", "cloudwatch.amazonaws.com"),
                Action=[sns.Publish],
                Resource=[topic_arn],
                Condition=Condition(
                    [
                        StringEquals("aws:SourceAccount", account),
                        ArnLike("aws:SourceArn", alarms_arn),
                    ]
                ),
            )
        ],
    )
