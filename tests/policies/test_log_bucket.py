"""The policy of the log bucket, as a whole document."""

import json

from policies.log_bucket import log_bucket_policy


def test_one_trail_delivers_and_requests_without_tls_are_denied() -> None:
    policy = log_bucket_policy(
        bucket_arn="BUCKET",
        objects_arn="BUCKET/*",
        log_file_arns=["BUCKET/AWSLogs/111122223333/*", "BUCKET/AWSLogs/o-a1b2c3d4e5/*"],
        trail_arn="TRAIL",
    )
    deny = {"Effect": "Deny", "Principal": "*", "Action": ["s3:*"]}
    assert json.loads(policy.to_json()) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AllowCloudTrailGetBucketAcl",
                "Effect": "Allow",
                "Principal": {"Service": "cloudtrail.amazonaws.com"},
                "Action": ["s3:GetBucketAcl"],
                "Resource": ["BUCKET"],
                "Condition": {"StringEquals": {"aws:SourceArn": "TRAIL"}},
            },
            {
                "Sid": "AllowCloudTrailPutObject",
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
            deny
            | {
                "Sid": "DenyRequestsWithoutTls",
                "Resource": ["BUCKET", "BUCKET/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
            deny
            | {
                "Sid": "DenyOutdatedTlsVersions",
                "Resource": ["BUCKET", "BUCKET/*"],
                "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}},
            },
        ],
    }
