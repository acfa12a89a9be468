"""Tampering with the log bucket and its log files, whose deletion trails record on request."""

from typing import Any

from detections._conditions import calls
from trailbell import (
    PLACEHOLDERS,
    Controls,
    Detection,
    Example,
    Severity,
    all_of,
    api_call,
    assumed_role_identity,
    aws_service,
    field,
    iam_user,
    identity_center_user,
)

_DATA_EVENT: dict[str, Any] = {"managementEvent": False, "eventCategory": "Data"}
_LOG_BUCKET = PLACEHOLDERS["LogBucketName"]
_LOG_FILE = (
    "AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/26/"
    "111122223333_CloudTrail_us-east-1_20261126T1200Z_EXAMPLE.json.gz"
)

TRAIL_BUCKET_TAMPERING = Detection(
    id="trail-bucket-tampering",
    title="The CloudTrail log bucket was changed or deleted",
    packs=("tamper",),
    severity=Severity.HIGH,
    pattern=all_of(
        calls(
            "s3",
            "DeleteBucket",
            "PutBucketPolicy",
            "DeleteBucketPolicy",
            "PutBucketAcl",
            "PutBucketLifecycle",
            "PutBucketLifecycleConfiguration",
            "DeleteBucketLifecycle",
            "PutBucketVersioning",
            "PutBucketEncryption",
            "DeleteBucketEncryption",
            "PutBucketLogging",
            "PutBucketObjectLockConfiguration",
            "PutBucketReplication",
            "PutBucketOwnershipControls",
            "DeleteBucketOwnershipControls",
            "PutBucketPublicAccessBlock",
            "DeleteBucketPublicAccessBlock",
        ),
        field("requestParameters.bucketName").equals("${LogBucketName}"),
    ),
    why=(
        "The log files are the evidence. A bucket policy without CloudTrail stops their delivery, "
        "a one-day lifecycle rule deletes them, and public access exposes them."
    ),
    runbook=(
        "Compare policy, lifecycle, versioning and encryption with the trail stack.",
        "If it was not planned: deploy that stack again, and disable the caller's credentials.",
        "Check the log files of that time (aws cloudtrail validate-logs).",
    ),
    false_positives=(
        "Each update of the stack with the bucket triggers once. The deletion of log files is "
        "detected by log-file-deletion. Nothing is detected if the bucket name is not set in the "
        "stack of this pack."
    ),
    controls=Controls(mitre_attack=("T1685.002", "T1485", "T1070")),
    fires=(
        Example(
            "a lifecycle rule expires log files after one day",
            api_call(
                "s3",
                "PutBucketLifecycle",
                iam_user("mallory"),
                request={
                    "bucketName": _LOG_BUCKET,
                    "lifecycle": "",
                    "LifecycleConfiguration": {
                        "Rule": {
                            "Status": "Enabled",
                            "Filter": {"Prefix": "*"},
                            "Expiration": {"Days": 1},
                            "ID": "tidy",
                        }
                    },
                },
            ),
        ),
        Example(
            "a call to delete the bucket fails, because it is not empty",
            api_call(
                "s3",
                "DeleteBucket",
                iam_user("mallory"),
                request={"bucketName": _LOG_BUCKET},
                error="BucketNotEmpty",
            ),
        ),
        Example(
            "the bucket policy is replaced",
            api_call(
                "s3",
                "PutBucketPolicy",
                identity_center_user("mallory"),
                request={
                    "bucketName": _LOG_BUCKET,
                    "policy": "",
                    "bucketPolicy": {"Statement": []},
                },
            ),
        ),
    ),
    silent=(
        Example(
            "the versioning of another bucket is suspended",
            api_call(
                "s3",
                "PutBucketVersioning",
                assumed_role_identity("Deployer"),
                request={
                    "bucketName": "shop",
                    "versioning": "",
                    "VersioningConfiguration": {"Status": "Suspended"},
                },
            ),
        ),
        Example(
            "the objects of the bucket are listed",
            api_call(
                "s3",
                "ListObjects",
                iam_user("alice"),
                request={"bucketName": _LOG_BUCKET},
                **_DATA_EVENT,
                read_only=True,
            ),
        ),
        Example(
            "the lifecycle of a bucket with a longer name is changed",
            api_call(
                "s3",
                "PutBucketLifecycle",
                assumed_role_identity("Deployer"),
                request={"bucketName": f"{_LOG_BUCKET}-copy", "lifecycle": ""},
            ),
        ),
        Example(
            "the bucket is tagged",
            api_call(
                "s3",
                "PutBucketTagging",
                assumed_role_identity("Deployer"),
                request={"bucketName": _LOG_BUCKET},
            ),
        ),
        Example(
            "the bucket policy is read",
            api_call(
                "s3",
                "GetBucketPolicy",
                iam_user("alice"),
                request={"bucketName": _LOG_BUCKET},
                read_only=True,
            ),
        ),
    ),
)

LOG_FILE_DELETION = Detection(
    id="log-file-deletion",
    title="Log files of CloudTrail were deleted, or their Object Lock was changed",
    packs=("tamper",),
    severity=Severity.HIGH,
    pattern=all_of(
        calls("s3", "DeleteObject", "DeleteObjects", "PutObjectRetention"),
        field("requestParameters.bucketName").equals("${LogBucketName}"),
    ),
    why=(
        "Attackers delete log files to remove the evidence of what they did before. A deleted "
        "version cannot be restored."
    ),
    runbook=(
        "Find out what was deleted: each call names the key, and the version if it was a version.",
        "Remove delete markers to restore log files, and disable the caller's credentials.",
        "Check the log files of that time (aws cloudtrail validate-logs), restrict DeletionRole.",
    ),
    false_positives=(
        "Requires LogFileDeletionEvents=true in the stack with the trail: deletions are data "
        "events, which no trail records by default. Denied calls are detected as well, by design. "
        "Lifecycle rules that expire log files do not trigger, because CloudTrail does not record "
        "them. Nothing is detected if the bucket name is not set in the stack of this pack."
    ),
    controls=Controls(mitre_attack=("T1685.002", "T1485", "T1070")),
    shows=(
        "requestParameters.key",
        "requestParameters.versionId",
    ),
    fires=(
        Example(
            "a version of a log file is deleted",
            api_call(
                "s3",
                "DeleteObject",
                iam_user("mallory"),
                request={"bucketName": _LOG_BUCKET, "key": _LOG_FILE, "versionId": "3HL4kqtJlcpXr"},
                **_DATA_EVENT,
            ),
        ),
        Example(
            "many log files are deleted with one call, which does not name them",
            api_call(
                "s3",
                "DeleteObjects",
                identity_center_user("mallory"),
                request={"bucketName": _LOG_BUCKET, "delete": "", "x-id": "DeleteObjects"},
                **_DATA_EVENT,
            ),
        ),
        Example(
            "the bucket policy denies the deletion of a log file",
            api_call(
                "s3",
                "DeleteObject",
                assumed_role_identity("Administrator"),
                request={"bucketName": _LOG_BUCKET, "key": _LOG_FILE},
                **_DATA_EVENT,
                error="AccessDenied",
            ),
        ),
        Example(
            "the Object Lock of a log file is shortened",
            api_call(
                "s3",
                "PutObjectRetention",
                iam_user("mallory"),
                request={"bucketName": _LOG_BUCKET, "key": _LOG_FILE, "retention": ""},
                **_DATA_EVENT,
            ),
        ),
    ),
    silent=(
        Example(
            "an object of a bucket with a longer name is deleted",
            api_call(
                "s3",
                "DeleteObject",
                assumed_role_identity("Deployer"),
                request={"bucketName": f"{_LOG_BUCKET}-copy", "key": _LOG_FILE},
                **_DATA_EVENT,
            ),
        ),
        Example(
            "CloudTrail delivers a log file",
            api_call(
                "s3",
                "PutObject",
                aws_service("cloudtrail.amazonaws.com"),
                request={"bucketName": _LOG_BUCKET, "key": _LOG_FILE},
                **_DATA_EVENT,
            ),
        ),
        Example(
            "a version of an object of another bucket is deleted",
            api_call(
                "s3",
                "DeleteObject",
                assumed_role_identity("Deployer"),
                request={"bucketName": "shop", "key": "a", "versionId": "3HL4kqtJlcpXr"},
                **_DATA_EVENT,
            ),
        ),
        Example(
            "the tags of a log file are deleted",
            api_call(
                "s3",
                "DeleteObjectTagging",
                iam_user("alice"),
                request={"bucketName": _LOG_BUCKET, "key": _LOG_FILE},
                **_DATA_EVENT,
            ),
        ),
        Example(
            "a log file is read",
            api_call(
                "s3",
                "GetObject",
                iam_user("alice"),
                request={"bucketName": _LOG_BUCKET, "key": _LOG_FILE},
                **_DATA_EVENT,
                read_only=True,
            ),
        ),
    ),
)
