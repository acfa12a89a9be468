"""Who may use the log bucket: the whole document."""

import json

from policies.log_bucket import log_bucket


def test_one_trail_delivers_and_nobody_comes_without_tls() -> None:
    policy = log_bucket(
        bucket_arn="BUCKET",
        objects_arn="BUCKET/*",
        deliveries=["BUCKET/AWSLogs/111122223333/*", "BUCKET/AWSLogs/o-a1b2c3d4e5/*"],
        trail_arn="TRAIL",
    )
    refused = {"Effect": "Deny", "Principal": "*", "Action": ["s3:*"]}
    assert json.loads(policy.to_json()) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "CloudTrailReadsAcl",
                "Effect": "Allow",
                "Principal": {"Service": "cloudtrail.amazonaws.com"},
                "Action": ["s3:GetBucketAcl"],
                "Resource": ["BUCKET"],
                "Condition": {"StringEquals": {"aws:SourceArn": "TRAIL"}},
            },
            {
                "Sid": "CloudTrailDelivers",
                "Effect": "Allow",
                "Principal": {"Service": "cloudtrail.amazonaws.com"},
                "Action": ["s3:PutObject"],
                "Resource": ["BUCKET/AWSLogs/111122223333/*", "BUCKET/AWSLogs/o-a1b2c3d4e5/*"],
                "Condition": {
                    "StringEquals": {
                        "aws:SourceArn": "TRAIL",
                        "s3:x-amz-acl": "bucket-owner-full-control",
                    }
                },
            },
            refused
            | {
                "Sid": "RefuseWithoutTls",
                "Resource": ["BUCKET", "BUCKET/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
            refused
            | {
                "Sid": "RefuseOldTls",
                "Resource": ["BUCKET", "BUCKET/*"],
                "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}},
            },
        ],
    }
