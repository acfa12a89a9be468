"""
The role that CloudTrail assumes to write to CloudWatch Logs.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
"""

from typing import Any

from awacs import logs, sts
from awacs.aws import Allow, PolicyDocument, Principal, Statement


def trust_policy() -> PolicyDocument:
    """Allow CloudTrail to assume the role.

    There is no condition on ``aws:SourceArn``: the CloudTrail documentation does not say that
    CloudTrail sends it for this role. If CloudTrail could not assume the role, no events would
    arrive and no alarm would trigger.
    """
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="AllowCloudTrailAssumeRole",
                Effect=Allow,
                Principal=Principal("Service", "cloudtrail.amazonaws.com"),
                Action=[sts.AssumeRole],
            )
        ],
    )


def permissions_policy(*, log_streams: list[Any]) -> PolicyDocument:
    """Allow creating log streams and writing events, for log streams with these ARNs only."""
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="WriteLogEvents",
                Effect=Allow,
                Action=[logs.CreateLogStream, logs.PutLogEvents],
                Resource=log_streams,
            )
        ],
    )
