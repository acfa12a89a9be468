"""
The roles of log alarms: one that runs their queries, and one that reads log lines for e-mails.

Neither trust policy has a condition on ``aws:SourceArn``: the page of log alarms does not say that
CloudWatch or CloudWatch Logs send it. If they could not assume the roles, no query would run and no
alarm would trigger.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Alarm-On-Logs.html
"""

from typing import Any

from awacs import logs, sts
from awacs.aws import Allow, PolicyDocument, Principal, Statement


def query_trust_policy() -> PolicyDocument:
    """Allow CloudWatch Logs, which runs scheduled queries, to assume the role."""
    return _trust_policy("AllowLogsAssumeRole", "logs.amazonaws.com")


def log_line_trust_policy() -> PolicyDocument:
    """Allow CloudWatch, which sends notifications, to assume the role."""
    return _trust_policy("AllowCloudWatchAssumeRole", "cloudwatch.amazonaws.com")


def _trust_policy(sid: str, service: str) -> PolicyDocument:
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid=sid,
                Effect=Allow,
                Principal=Principal("Service", service),
                Action=[sts.AssumeRole],
            )
        ],
    )


def query_policy(*, log_groups: list[Any]) -> PolicyDocument:
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


def log_line_policy(*, log_groups: list[Any]) -> PolicyDocument:
    """Allow reading the results of queries of these log groups only."""
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="ReadQueryResults",
                Effect=Allow,
                Action=[logs.GetQueryResults],
                Resource=log_groups,
            )
        ],
    )
