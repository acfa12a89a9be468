"""What is reported of a bucket, its policy and the key."""

from typing import Any

import pytest

from tests.deploy.verify.breakages import DELETED, DENY_ALL, Breakage, Problems, change, gone
from tests.deploy.verify.conftest import Watched
from tests.deploy.verify.watched_stack import KEY_ID, KEY_STATEMENTS, WRITE_LOG_FILES, policy


def key_policy(*statements: Any) -> Breakage:
    return change("GetKeyPolicy", KEY_ID, "Policy", policy(*statements))


def bucket_policy(*statements: Any) -> Breakage:
    return change("GetBucketPolicy", "watch-bucket", "Policy", policy(*statements))


@pytest.mark.parametrize(
    ("breakage", "expected"),
    [
        pytest.param(
            gone("GetBucketVersioning", "watch-bucket"), [("Bucket", DELETED)], id="bucket: deleted"
        ),
        pytest.param(
            gone("GetBucketPolicy", "watch-bucket"),
            [("BucketPolicy", DELETED)],
            id="bucket policy: deleted",
        ),
        pytest.param(
            bucket_policy(),
            [
                (
                    "BucketPolicy",
                    (
                        "The bucket policy does not allow cloudtrail.amazonaws.com to call "
                        "s3:PutObject: no statement allows it."
                    ),
                ),
                (
                    "BucketPolicy",
                    (
                        'The bucket policy no longer has the statement "DenyRequestsWithoutTls", '
                        "which "
                        "denies requests."
                    ),
                ),
            ],
            id="bucket policy: empty",
        ),
        pytest.param(
            bucket_policy(WRITE_LOG_FILES),
            [
                (
                    "BucketPolicy",
                    (
                        'The bucket policy no longer has the statement "DenyRequestsWithoutTls", '
                        "which "
                        "denies requests."
                    ),
                )
            ],
            id="bucket policy: requests without TLS",
        ),
        pytest.param(
            gone("GetPublicAccessBlock", "watch-bucket"),
            [
                ("Bucket", "BlockPublicAcls is false, not true."),
                ("Bucket", "BlockPublicPolicy is false, not true."),
                ("Bucket", "IgnorePublicAcls is false, not true."),
                ("Bucket", "RestrictPublicBuckets is false, not true."),
            ],
            id="bucket: no public access block",
        ),
        pytest.param(
            change("GetBucketLifecycleConfiguration", "watch-bucket", "Rules.0.Expiration.Days", 1),
            [("Bucket", "Log files expire after 1 day; in the template, it is 365 days.")],
            id="bucket: log files expire earlier",
        ),
        pytest.param(
            change("GetBucketVersioning", "watch-bucket", "Status", "Suspended"),
            [("Bucket", 'VersioningConfiguration is "Suspended", not "Enabled".')],
            id="bucket: versioning suspended",
        ),
        pytest.param(
            change(
                "GetBucketEncryption",
                "watch-bucket",
                "ServerSideEncryptionConfiguration.Rules.0.ApplyServerSideEncryptionByDefault",
                {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "other"},
            ),
            [
                ("Bucket", 'SSEAlgorithm is "aws:kms", not "AES256".'),
                ("Bucket", 'KMSMasterKeyID is "other"; the template does not set it.'),
            ],
            id="bucket: another encryption key",
        ),
        pytest.param(
            gone("GetObjectLockConfiguration", "watch-bucket"),
            [
                ("Bucket", 'Object Lock Mode is not set, not "GOVERNANCE".'),
                ("Bucket", 'Object Lock Days is not set, not "365".'),
            ],
            id="bucket: no Object Lock",
        ),
        pytest.param(
            change(
                "GetObjectLockConfiguration",
                "watch-bucket",
                "ObjectLockConfiguration.Rule.DefaultRetention.Days",
                1,
            ),
            [("Bucket", 'Object Lock Days is 1, not "365".')],
            id="bucket: Object Lock for fewer days",
        ),
        pytest.param(
            gone("GetBucketOwnershipControls", "watch-bucket"),
            [("Bucket", 'OwnershipControls is [], not ["BucketOwnerEnforced"].')],
            id="bucket: access control lists apply again",
        ),
        pytest.param(
            change("DescribeKey", KEY_ID, "KeyMetadata.KeyState", "Disabled"),
            [("Key", "The key state is Disabled.")],
            id="key: disabled",
        ),
        pytest.param(
            change("DescribeKey", KEY_ID, "KeyMetadata.KeyState", "PendingDeletion"),
            [("Key", "The key state is PendingDeletion.")],
            id="key: pending deletion",
        ),
        pytest.param(
            key_policy(*KEY_STATEMENTS[:2]),
            [
                (
                    "Key",
                    (
                        "The key policy does not allow cloudwatch.amazonaws.com to call "
                        "kms:GenerateDataKey: no statement allows it."
                    ),
                )
            ],
            id="key: the statement of CloudWatch is missing",
        ),
        pytest.param(
            key_policy(
                *KEY_STATEMENTS,
                {**DENY_ALL, "Principal": {"Service": "*"}}
                | {"Principal": {"Service": "cloudtrail.amazonaws.com"}},
            ),
            [
                (
                    "Key",
                    (
                        "The key policy does not allow cloudtrail.amazonaws.com to call "
                        'kms:GenerateDataKey: statement "Stop" denies it.'
                    ),
                )
            ],
            id="key: a Deny",
        ),
        pytest.param(
            change("GetKeyRotationStatus", KEY_ID, "KeyRotationEnabled", False),
            [("Key", "The key is no longer rotated.")],
            id="key: not rotated",
        ),
    ],
)
def test_a_breakage_of_a_bucket_or_its_key_is_reported(
    watched: Watched, breakage: Breakage, expected: Problems
) -> None:
    breakage(watched.account)
    assert watched.problems() == expected
