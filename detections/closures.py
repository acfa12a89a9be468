"""What kept things closed, taken away: blocks of public access, encryption by default."""

from detections._conditions import SUCCEEDED, calls
from trailbell.catalog.detection import Controls, Detection, Example, Pack, Severity
from trailbell.pattern import all_of, any_of, field
from trailbell.samples import Event, Identity, api_call, iam_user, role, sso_person

_BLOCK = "requestParameters.PublicAccessBlockConfiguration"


def _block(name: str, by: Identity, *, closed: bool, **more: str) -> Event:
    """A public access block that is set, all of it or but for bucket policies."""
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
                "BlockPublicPolicy": closed,
                "RestrictPublicBuckets": closed,
            },
        }
        | more,
    )


PUBLIC_ACCESS_BLOCK_LOOSENED = Detection(
    id="public-access-block-loosened",
    title="The block of public access to buckets, snapshots or images was loosened",
    packs=(Pack.EXPOSURE,),
    severity=Severity.HIGH,
    pattern=all_of(
        any_of(
            calls("s3", "DeleteBucketPublicAccessBlock", "DeleteAccountPublicAccessBlock"),
            all_of(
                calls("s3", "PutBucketPublicAccessBlock", "PutAccountPublicAccessBlock"),
                any_of(
                    field(f"{_BLOCK}.BlockPublicAcls").is_false(),
                    field(f"{_BLOCK}.IgnorePublicAcls").is_false(),
                    field(f"{_BLOCK}.BlockPublicPolicy").is_false(),
                    field(f"{_BLOCK}.RestrictPublicBuckets").is_false(),
                ),
            ),
            calls("ec2", "DisableSnapshotBlockPublicAccess", "DisableImageBlockPublicAccess"),
        ),
        SUCCEEDED,
    ),
    why=(
        "The block is what keeps a slip in a policy from becoming a leak. Where it is set, it has "
        "to go before anything can be public, so this rings before the leak does."
    ),
    respond=(
        "Set the block again unless somebody can say what has to be public.",
        "See policies and lists of the buckets, snapshots and images that it covered.",
        "If nobody planned it: disable who lifted it.",
    ),
    false_alarms=(
        "Web sites in buckets, and deployments that remove the block along with the bucket. "
        "Exclude the role that deploys those. Where no block was set, none has to go, and this is "
        "silent."
    ),
    controls=Controls(attack=("T1530", "T1685")),
    fires=(
        Example(
            "a bucket's policy may be public from now on",
            _block(
                "PutBucketPublicAccessBlock",
                iam_user("mallory"),
                closed=False,
                bucketName="shop",
            ),
        ),
        Example(
            "the block of the whole account is deleted",
            api_call("s3", "DeleteAccountPublicAccessBlock", sso_person("mallory")),
        ),
        Example(
            "snapshots may be public from now on",
            api_call("ec2", "DisableSnapshotBlockPublicAccess", iam_user("mallory")),
        ),
    ),
    silent=(
        Example(
            "a new bucket is closed",
            _block("PutBucketPublicAccessBlock", role("Deployer"), closed=True, bucketName="shop"),
        ),
        Example(
            "the whole account is closed",
            _block("PutAccountPublicAccessBlock", role("Deployer"), closed=True),
        ),
        Example(
            "a block is lifted, which was refused",
            api_call(
                "s3",
                "DeleteBucketPublicAccessBlock",
                iam_user("mallory"),
                request={"bucketName": "shop", "publicAccessBlock": ""},
                error="AccessDenied",
            ),
        ),
        Example(
            "a block is looked at",
            api_call("s3", "GetBucketPublicAccessBlock", iam_user("alice"), read_only=True),
        ),
    ),
)

EBS_ENCRYPTION_DISABLED = Detection(
    id="disk-encryption-default-disabled",
    title="New disks are no longer encrypted by default, or with another key",
    packs=(Pack.EXPOSURE,),
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
        "Disks and snapshots made from now on lie in the clear, or under a key that is not yours. "
        "Snapshots in the clear can be made public; encrypted ones cannot."
    ),
    respond=(
        "Put the default and its key back, in this Region (awsRegion of the event).",
        "If nobody planned it: disable who changed it, and see what else they did.",
        "List disks and snapshots made since, and encrypt them by copying.",
    ),
    false_alarms=(
        "The stack or the account factory that sets the default key, once for each Region."
    ),
    controls=Controls(attack=("T1685",)),
    fires=(
        Example(
            "the default is switched off",
            api_call(
                "ec2",
                "DisableEbsEncryptionByDefault",
                iam_user("mallory"),
                request={"DisableEbsEncryptionByDefaultRequest": {}},
            ),
        ),
        Example(
            "the default key is from now on one of another account",
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
            "the default key is taken back to that of AWS",
            api_call("ec2", "ResetEbsDefaultKmsKeyId", sso_person("mallory")),
        ),
    ),
    silent=(
        Example(
            "the default is switched off, which was refused",
            api_call(
                "ec2",
                "DisableEbsEncryptionByDefault",
                iam_user("mallory"),
                error="Client.UnauthorizedOperation",
            ),
        ),
        Example(
            "the default is switched on",
            api_call("ec2", "EnableEbsEncryptionByDefault", role("Deployer")),
        ),
        Example(
            "the default is looked at",
            api_call("ec2", "GetEbsEncryptionByDefault", iam_user("alice"), read_only=True),
        ),
    ),
)
