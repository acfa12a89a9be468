"""The policies of CloudTrail's role for CloudWatch Logs, as whole documents."""

import json

from policies.trail_role import permissions_policy, trust_policy


def test_only_cloudtrail_assumes_the_role() -> None:
    assert json.loads(trust_policy().to_json()) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AllowCloudTrailAssumeRole",
                "Effect": "Allow",
                "Principal": {"Service": "cloudtrail.amazonaws.com"},
                "Action": ["sts:AssumeRole"],
            }
        ],
    }


def test_the_role_only_writes_to_its_log_streams() -> None:
    assert json.loads(permissions_policy(log_streams=["STREAM-1", "STREAM-2"]).to_json()) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "WriteLogEvents",
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": ["STREAM-1", "STREAM-2"],
            }
        ],
    }
