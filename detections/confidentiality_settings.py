"""Settings that keep data confidential: Block Public Access, EBS encryption by default."""

from detections._conditions import SUCCEEDED, calls
from trailbell import (
    Controls,
    Detection,
    Event,
    Example,
    Identity,
    Severity,
    all_of,
    any_of,
    api_call,
    assumed_role_identity,
    field,
    iam_user,
    identity_center_user,
)

_CONFIGURATION = "requestParameters.PublicAccessBlockConfiguration"


def _set_block_public_access(name: str, by: Identity, *, complete: bool, **more: str) -> Event:
    """A call that sets Block Public Access: for ACLs and, if ``complete``, for bucket policies."""
    return api_call(
        "s3",
        name,
        by,
        request={
            "publicAccessBlock": "",
            "PublicAccessBlockConfiguration": {
                "xmlns": "http://s3.amazonaws.com/doc/2006-03-01/",
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": complete,
                "RestrictPublicBuckets": complete,
            },
        }
        | more,
    )


PUBLIC_ACCESS_BLOCK_LOOSENED = Detection(
    id="public-access-block-loosened",
    title="Block Public Access was weakened (S3, EBS snapshots or AMIs)",
    packs=("exposure",),
    severity=Severity.HIGH,
    # A member that a call leaves out is off. Deletions have none of them.
    pattern=all_of(
        any_of(
            all_of(
                field("eventSource").equals("s3.amazonaws.com"),
                any_of(
                    # The rest is "licAccessBlock". Without it, the pattern fits into one filter.
                    field("eventName").starts_with("PutBucketPub"),
                    field("eventName").starts_with("PutAccountPub"),
                    field("eventName").starts_with("DeleteBucketPub"),
                    field("eventName").starts_with("DeleteAccountPub"),
                ),
                any_of(
                    *(
                        any_of(
                            field(f"{_CONFIGURATION}.{member}").is_false(),
                            field(f"{_CONFIGURATION}.{member}").missing(),
                        )
                        for member in (
                            "BlockPublicAcls",
                            "IgnorePublicAcls",
                            "BlockPublicPolicy",
                            "RestrictPublicBuckets",
                        )
                    )
                ),
            ),
            all_of(
                field("eventSource").equals("ec2.amazonaws.com"),
                any_of(
                    # DisableImageBlockPublicAccess and so on, not DisableImage.
                    field("eventName").starts_with("DisableSnapshotB"),
                    field("eventName").starts_with("DisableImageB"),
                ),
            ),
        ),
        # S3 and EC2 record no error that is null.
        field("errorCode").missing(),
    ),
    why=(
        "Block Public Access prevents a policy mistake from exposing data. Where it is on, it must "
        "be removed before anything can become public, so this alarm comes before the exposure."
    ),
    runbook=(
        "Restore Block Public Access unless public access is required.",
        "Review the policies, ACLs and permissions of the buckets, snapshots and AMIs it covered.",
        "If it was not planned: disable the caller's credentials.",
    ),
    false_positives=(
        "Public websites in buckets, and deployments that remove the setting together with the "
        "bucket: exclude the deployment role. If Block Public Access was never enabled, nothing "
        "needs to be removed, and public access is not detected here."
    ),
    controls=Controls(mitre_attack=("T1530", "T1685")),
    fires=(
        Example(
            "Block Public Access of a bucket allows public policies",
            _set_block_public_access(
                "PutBucketPublicAccessBlock",
                iam_user("mallory"),
                complete=False,
                bucketName="shop",
            ),
        ),
        Example(
            "Block Public Access of a bucket leaves out public policies",
            api_call(
                "s3",
                "PutBucketPublicAccessBlock",
                iam_user("mallory"),
                request={
                    "bucketName": "shop",
                    "publicAccessBlock": "",
                    "PublicAccessBlockConfiguration": {
                        "xmlns": "http://s3.amazonaws.com/doc/2006-03-01/",
                        "BlockPublicAcls": True,
                        "IgnorePublicAcls": True,
                    },
                },
            ),
        ),
        Example(
            "Block Public Access of the account is set without a setting",
            api_call(
                "s3",
                "PutAccountPublicAccessBlock",
                identity_center_user("mallory"),
                request={"publicAccessBlock": "", "PublicAccessBlockConfiguration": ""},
            ),
        ),
        Example(
            "Block Public Access of a bucket is deleted",
            api_call(
                "s3",
                "DeleteBucketPublicAccessBlock",
                iam_user("mallory"),
                request={"bucketName": "shop", "publicAccessBlock": ""},
            ),
        ),
        Example(
            "Block Public Access of the account is deleted",
            api_call("s3", "DeleteAccountPublicAccessBlock", identity_center_user("mallory")),
        ),
        Example(
            "Block Public Access for EBS snapshots is disabled",
            api_call("ec2", "DisableSnapshotBlockPublicAccess", iam_user("mallory")),
        ),
    ),
    silent=(
        Example(
            "Block Public Access of a new bucket is enabled",
            _set_block_public_access(
                "PutBucketPublicAccessBlock",
                assumed_role_identity("Deployer"),
                complete=True,
                bucketName="shop",
            ),
        ),
        Example(
            "Block Public Access of the account is enabled",
            _set_block_public_access(
                "PutAccountPublicAccessBlock", assumed_role_identity("Deployer"), complete=True
            ),
        ),
        Example(
            "a call to delete Block Public Access is denied",
            api_call(
                "s3",
                "DeleteBucketPublicAccessBlock",
                iam_user("mallory"),
                request={"bucketName": "shop", "publicAccessBlock": ""},
                error="AccessDenied",
            ),
        ),
        Example(
            "an AMI is disabled, which makes nothing public",
            api_call(
                "ec2",
                "DisableImage",
                identity_center_user("alice"),
                request={"DisableImageRequest": {"ImageId": "ami-0123456789abcdef0"}},
            ),
        ),
        Example(
            "Block Public Access of a bucket is read",
            api_call("s3", "GetBucketPublicAccessBlock", iam_user("alice"), read_only=True),
        ),
    ),
)

DISK_ENCRYPTION_DEFAULT_DISABLED = Detection(
    id="disk-encryption-default-disabled",
    title="EBS encryption by default was disabled or its key changed",
    packs=("exposure",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        calls(
            "ec2",
            "DisableEbsEncryptionByDefault",
            "ModifyEbsDefaultKmsKeyId",
            "ResetEbsDefaultKmsKeyId",
        ),
        SUCCEEDED,
    ),
    why=(
        "New EBS volumes and snapshots are unencrypted, or use a key that may not be yours. "
        "Unencrypted snapshots can be made public; encrypted ones cannot."
    ),
    runbook=(
        "Restore the default and its key in this Region (awsRegion of the event).",
        "If it was not planned: disable the caller's credentials, and review their other calls.",
        "Identify volumes and snapshots created since then, and encrypt them by copying.",
    ),
    false_positives=(
        "The stack or account factory that sets the default key, once for each Region. Denied "
        "calls are not detected."
    ),
    controls=Controls(mitre_attack=("T1685",)),
    fires=(
        Example(
            "EBS encryption by default is disabled",
            api_call(
                "ec2",
                "DisableEbsEncryptionByDefault",
                iam_user("mallory"),
                request={"DisableEbsEncryptionByDefaultRequest": {}},
            ),
        ),
        Example(
            "the default key is changed to a key of another account",
            api_call(
                "ec2",
                "ModifyEbsDefaultKmsKeyId",
                iam_user("mallory"),
                request={
                    "ModifyEbsDefaultKmsKeyIdRequest": {
                        "KmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/1234abcd"
                    }
                },
            ),
        ),
        Example(
            "the default key is reset to the AWS managed key",
            api_call("ec2", "ResetEbsDefaultKmsKeyId", identity_center_user("mallory")),
        ),
    ),
    silent=(
        Example(
            "a call to disable EBS encryption by default is denied",
            api_call(
                "ec2",
                "DisableEbsEncryptionByDefault",
                iam_user("mallory"),
                error="Client.UnauthorizedOperation",
            ),
        ),
        Example(
            "EBS encryption by default is enabled",
            api_call("ec2", "EnableEbsEncryptionByDefault", assumed_role_identity("Deployer")),
        ),
        Example(
            "an EBS volume is encrypted with the default key",
            api_call(
                "ec2",
                "CreateVolume",
                assumed_role_identity("Deployer"),
                request={"size": "10", "encrypted": True},
            ),
        ),
        Example(
            "the default key of EBS is read",
            api_call("ec2", "GetEbsDefaultKmsKeyId", iam_user("alice"), read_only=True),
        ),
        Example(
            "the setting of EBS encryption by default is read",
            api_call("ec2", "GetEbsEncryptionByDefault", iam_user("alice"), read_only=True),
        ),
    ),
)
