"""
The role of log alarms: it runs their queries, and reads log lines for e-mails.

The pages differ on which service assumes the role for queries: the user guide says CloudWatch Logs,
the API reference CloudWatch. For log lines it is CloudWatch. So both can, and one role is enough.

The trust policy has no condition on ``aws:SourceArn``: no page says that these services send it for
log alarms. If they could not assume the role, no query would run and no alarm would trigger.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Alarm-On-Logs.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ScheduledQueryConfiguration.html
"""

from typing import Any

from awacs import logs, sts
from awacs.aws import Allow, PolicyDocument, Principal, Statement

_SERVICES = ["cloudwatch.amazonaws.com", "logs.amazonaws.com"]


def trust_policy() -> PolicyDocument:
    """Allow CloudWatch and CloudWatch Logs to assume the role."""
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="AllowAssumeRole",
                Effect=Allow,
                Principal=Principal("Service", _SERVICES),
                Action=[sts.AssumeRole],
            )
        ],
    )


def permissions_policy(*, log_groups: list[Any]) -> PolicyDocument:
    """Allow queries of these log groups only.

    ``logs:StopQuery`` and ``logs:DescribeLogGroups`` cannot be limited to a log group:
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
    """
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="QueryLogGroup",
                Effect=Allow,
                Action=[logs.StartQuery, logs.GetQueryResults],
                Resource=log_groups,
            ),
            Statement(
                Sid="StopQueries",
                Effect=Allow,
                Action=[logs.StopQuery, logs.DescribeLogGroups],
                Resource=["*"],
            ),
        ],
    )
