"""The policies of the role of log alarms, as whole documents."""

import json

from policies.log_alarm_role import permissions_policy, trust_policy


def test_only_cloudwatch_and_cloudwatch_logs_assume_the_role() -> None:
    assert json.loads(trust_policy().to_json()) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AllowAssumeRole",
                "Effect": "Allow",
                "Principal": {"Service": ["cloudwatch.amazonaws.com", "logs.amazonaws.com"]},
                "Action": ["sts:AssumeRole"],
            }
        ],
    }


def test_queries_read_the_log_group_only() -> None:
    assert json.loads(permissions_policy(log_groups=["GROUP"]).to_json()) == {
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
