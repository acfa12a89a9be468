"""Who CloudTrail is at CloudWatch Logs: the whole documents."""

import json

from policies.trail_role import permissions, trust


def test_cloudtrail_takes_the_role_and_nobody_else_does() -> None:
    assert json.loads(trust().to_json()) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "CloudTrailTakesTheRole",
                "Effect": "Allow",
                "Principal": {"Service": "cloudtrail.amazonaws.com"},
                "Action": ["sts:AssumeRole"],
            }
        ],
    }


def test_the_role_writes_to_its_streams_and_does_nothing_else() -> None:
    assert json.loads(permissions(log_streams=["ONE", "OTHER"]).to_json()) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "WriteLogEvents",
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": ["ONE", "OTHER"],
            }
        ],
    }
