"""
Who CloudTrail is when it writes to CloudWatch Logs, and what it may do there.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
"""

from typing import Any

from awacs import logs, sts
from awacs.aws import Allow, PolicyDocument, Principal, Statement


def trust() -> PolicyDocument:
    """CloudTrail may take the role.

    No ``aws:SourceArn`` here: no page of CloudTrail says that it sends one when it takes this
    role, and a role that CloudTrail cannot take is an alarm that never rings.
    """
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="CloudTrailTakesTheRole",
                Effect=Allow,
                Principal=Principal("Service", "cloudtrail.amazonaws.com"),
                Action=[sts.AssumeRole],
            )
        ],
    )


def permissions(*, log_streams: list[Any]) -> PolicyDocument:
    """Make log streams and put events, in these streams (ARNs) and nowhere else."""
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
