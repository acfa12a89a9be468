"""
Who may publish to the topic that alarms ring.

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


def alert_topic(*, topic_arn: Any, account: Any, alarms_arn: Any) -> PolicyDocument:
    """CloudWatch may publish for this account's alarms (``alarms_arn``, with a ``*``)."""
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="AlarmsPublish",
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
