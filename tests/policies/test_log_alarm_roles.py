"""The policies of the roles of log alarms, as whole documents."""

import json

from policies.log_alarm_roles import (
    log_line_policy,
    log_line_trust_policy,
    query_policy,
    query_trust_policy,
)


def test_only_cloudwatch_logs_assumes_the_role_that_runs_queries() -> None:
    assert json.loads(query_trust_policy().to_json()) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AllowLogsAssumeRole",
                "Effect": "Allow",
                "Principal": {"Service": "logs.amazonaws.com"},
                "Action": ["sts:AssumeRole"],
            }
        ],
    }


def test_only_cloudwatch_assumes_the_role_that_reads_log_lines() -> None:
    assert json.loads(log_line_trust_policy().to_json()) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AllowCloudWatchAssumeRole",
                "Effect": "Allow",
                "Principal": {"Service": "cloudwatch.amazonaws.com"},
                "Action": ["sts:AssumeRole"],
            }
        ],
    }


def test_queries_read_the_log_group_only() -> None:
    assert json.loads(query_policy(log_groups=["GROUP"]).to_json()) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "QueryLogGroup",
                "Effect": "Allow",
                "Action": ["logs:StartQuery", "logs:GetQueryResults"],
                "Resource": ["GROUP"],
            },
            {
                "Sid": "StopQueries",
                "Effect": "Allow",
                "Action": ["logs:StopQuery", "logs:DescribeLogGroups"],
                "Resource": ["*"],
            },
        ],
    }


def test_log_lines_are_of_the_log_group_only() -> None:
    assert json.loads(log_line_policy(log_groups=["GROUP"]).to_json()) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ReadQueryResults",
                "Effect": "Allow",
                "Action": ["logs:GetQueryResults"],
                "Resource": ["GROUP"],
            }
        ],
    }
