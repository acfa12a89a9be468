"""
What the execution role of StackSets and the boundary of roles need for log alarms.

Both are only added if a detection has a log alarm: CloudWatch names the scheduled queries.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
"""

from typing import Any

from awacs import logs
from awacs.aws import Allow, PolicyDocument, Statement, StringEquals

from policies.stackset_roles import NAMES, BuildArn, allow


def log_alarms_permissions_policy(*, build_arn: BuildArn) -> PolicyDocument:
    """Allow deploying log alarms with their scheduled queries, and passing them roles."""
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            allow(
                "ManageLogAlarms",
                ["cloudwatch:PutLogAlarm"],
                [build_arn(f"cloudwatch:${{Region}}:${{Account}}:alarm:{name}") for name in NAMES],
            ),
            allow(
                "ManageScheduledQueries",
                _QUERIES,
                [build_arn("logs:${Region}:${Account}:scheduled-query:*")],
            ),
            allow(
                "PassRolesToLogAlarms",
                ["iam:PassRole"],
                [build_arn("iam::${Account}:role/StackSet-*")],
                StringEquals(
                    "iam:PassedToService", ["cloudwatch.amazonaws.com", "logs.amazonaws.com"]
                ),
            ),
        ],
    )


def log_alarms_boundary_statements(*, build_arn: BuildArn) -> list[Statement]:
    """What roles of log alarms can do: query the log groups of the stacks."""
    return [
        query_statement(
            "QueryLogGroups",
            [build_arn(f"logs:${{Region}}:${{Account}}:log-group:{name}") for name in NAMES],
        ),
        allow("StopQueries", ["logs:StopQuery", "logs:DescribeLogGroups"], ["*"]),
    ]


def query_statement(sid: str, log_groups: Any) -> Statement:
    """Allow queries of log groups."""
    return Statement(
        Sid=sid,
        Effect=Allow,
        Action=[logs.StartQuery, logs.GetQueryResults],
        Resource=log_groups,
    )


_QUERIES = [
    *("logs:CreateScheduledQuery", "logs:UpdateScheduledQuery", "logs:DeleteScheduledQuery"),
    *("logs:GetScheduledQuery", "logs:TagResource", "logs:UntagResource"),
    "logs:ListTagsForResource",
]
