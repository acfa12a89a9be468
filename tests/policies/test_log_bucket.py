"""The policies of the log bucket and of its access logs, as whole documents and statements."""

from troposphere import Ref, encode_to_dict

from policies.log_bucket import (
    access_log_bucket_policy,
    allow_readers,
    deny_deletions,
    deny_outside_organization,
    log_bucket_policy,
)

_BOTH = ["BUCKET", "BUCKET/*"]


def test_one_trail_delivers_and_requests_without_tls_are_denied() -> None:
    policy = log_bucket_policy(
        bucket_arn="BUCKET",
        objects_arn="BUCKET/*",
        log_file_arns=["BUCKET/AWSLogs/111122223333/*", "BUCKET/AWSLogs/o-a1b2c3d4e5/*"],
        trail_arn="TRAIL",
        optional_statements=[Ref("AWS::NoValue")],
    )
    deny = {"Effect": "Deny", "Principal": "*", "Action": ["s3:*"]}
    assert encode_to_dict(policy) == {
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
                "Condition": {"Bool": {"aws:SecureTransport": False}},
            },
            deny
            | {
                "Sid": "DenyOutdatedTlsVersions",
                "Resource": ["BUCKET", "BUCKET/*"],
                "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}},
            },
            {"Ref": "AWS::NoValue"},
        ],
    }


def test_readers_list_and_read_log_files() -> None:
    statement = allow_readers(accounts=["111122223333"], bucket_and_objects=_BOTH)
    assert encode_to_dict(statement) == {
        "Sid": "AllowReaderAccounts",
        "Effect": "Allow",
        "Principal": {"AWS": ["111122223333"]},
        "Action": ["s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket"],
        "Resource": _BOTH,
    }


def test_principals_outside_the_organization_and_the_accounts_are_denied() -> None:
    statement = deny_outside_organization(
        organization_id="o-a1b2c3d4e5", accounts=["111122223333"], bucket_and_objects=_BOTH
    )
    assert encode_to_dict(statement) == {
        "Sid": "DenyOutsideOrganization",
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["s3:*"],
        "Resource": _BOTH,
        "Condition": {
            "StringNotEqualsIfExists": {
                "aws:PrincipalOrgID": "o-a1b2c3d4e5",
                "aws:PrincipalAccount": ["111122223333"],
            },
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    }


def test_deletions_are_denied_but_for_one_role() -> None:
    assert encode_to_dict(deny_deletions(role_arn="ROLE", bucket_and_objects=_BOTH)) == {
        "Sid": "DenyDeletions",
        "Effect": "Deny",
        "Principal": "*",
        "Action": [
            "s3:BypassGovernanceRetention",
            "s3:DeleteObject",
            "s3:DeleteObjectVersion",
            "s3:PutLifecycleConfiguration",
            "s3:PutObject",
        ],
        "Resource": _BOTH,
        "Condition": {
            "ArnNotLike": {"aws:PrincipalArn": "ROLE"},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    }


def test_access_logs_of_one_bucket_are_delivered() -> None:
    policy = access_log_bucket_policy(
        bucket_arn="BUCKET", objects_arn="BUCKET/*", source_arn="SOURCE", account="111122223333"
    )
    assert encode_to_dict(policy) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AllowAccessLogs",
                "Effect": "Allow",
                "Principal": {"Service": "logging.s3.amazonaws.com"},
                "Action": ["s3:PutObject"],
                "Resource": ["BUCKET/*"],
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": "111122223333"},
                    "ArnLike": {"aws:SourceArn": "SOURCE"},
                },
            },
            {
                "Sid": "DenyRequestsWithoutTls",
                "Effect": "Deny",
                "Principal": "*",
                "Action": ["s3:*"],
                "Resource": _BOTH,
                "Condition": {"Bool": {"aws:SecureTransport": False}},
            },
        ],
    }
