"""CIS monitoring controls for CloudTrail, KMS and S3, verbatim.

https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
"""

from trailbell import (
    Controls,
    Detection,
    Example,
    Severity,
    api_call,
    assumed_role_identity,
    iam_user,
    identity_center_user,
    service_event,
)

_KEY_ARN = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

CLOUDTRAIL_CHANGES = Detection(
    id="cloudtrail-changes",
    title="A CloudTrail trail was created, changed, started, stopped or deleted",
    packs=("cis",),
    severity=Severity.MEDIUM,
    verbatim=True,
    pattern=(
        "{($.eventName=CreateTrail) || ($.eventName=UpdateTrail) || ($.eventName=DeleteTrail)"
        " || ($.eventName=StartLogging) || ($.eventName=StopLogging)}"
    ),
    why=(
        "Without a trail, events are kept for 90 days only; without the trail that feeds these "
        "alarms, none can trigger. Attackers often start here."
    ),
    runbook=(
        "Check that your trail still logs all Regions, to the right bucket and log group.",
        "If it was not planned: restore the trail, and disable the caller's credentials.",
        "Review what the same caller did in Event history, which keeps 90 days in any case.",
    ),
    false_positives=(
        "Updates of the stack with the trail, and new trails for tests. The pattern must stay "
        "verbatim; trail-tampering detects the dangerous changes with high severity."
    ),
    controls=Controls(cis_control=5, mitre_attack=("T1685.002",)),
    fires=(
        Example(
            "the trail is stopped",
            api_call("cloudtrail", "StopLogging", iam_user("mallory"), request={"name": "main"}),
        ),
        Example(
            "a call to delete the trail is denied",
            api_call("cloudtrail", "DeleteTrail", iam_user("mallory"), error="AccessDenied"),
        ),
        Example(
            "a trail is updated to log one Region only",
            api_call(
                "cloudtrail",
                "UpdateTrail",
                assumed_role_identity("Deployer"),
                request={"name": "main", "isMultiRegionTrail": False},
            ),
        ),
    ),
    silent=(
        Example(
            "the event selectors are narrowed, which is not in the list",
            api_call(
                "cloudtrail",
                "PutEventSelectors",
                iam_user("mallory"),
                request={"trailName": "main", "eventSelectors": []},
            ),
        ),
        Example(
            "the trail is tagged",
            api_call(
                "cloudtrail",
                "AddTags",
                assumed_role_identity("Deployer"),
                request={"resourceId": "main"},
            ),
        ),
        Example(
            "the status of the trail is read",
            api_call("cloudtrail", "GetTrailStatus", iam_user("alice"), read_only=True),
        ),
        Example(
            "an event data store is deleted, which is not in the list",
            api_call("cloudtrail", "DeleteEventDataStore", iam_user("mallory")),
        ),
        Example(
            "events are searched",
            api_call("cloudtrail", "LookupEvents", iam_user("alice"), read_only=True),
        ),
    ),
)

KMS_KEY_DISABLED_OR_DELETED = Detection(
    id="kms-key-disabled-or-deleted",
    title="A KMS key was disabled or scheduled for deletion (verbatim CIS control)",
    packs=("cis",),
    severity=Severity.LOW,
    verbatim=True,
    pattern=(
        "{($.eventSource=kms.amazonaws.com)"
        " && (($.eventName=DisableKey) || ($.eventName=ScheduleKeyDeletion))}"
    ),
    why=(
        "Data encrypted with a key is lost once the key is deleted. Security Hub requires these "
        "two calls verbatim. For alerting, use kms-key-destroyed, which covers more."
    ),
    runbook=(
        "Check kms-key-destroyed, which triggers at the same time.",
        "Cancel the deletion (kms:CancelKeyDeletion), and enable the key again.",
        "Identify the caller, and what the key encrypts.",
    ),
    false_positives=(
        "Stacks that delete their keys. The pattern must stay verbatim, so it notifies the "
        "low-severity topic."
    ),
    alarm_only="kms-key-destroyed sends a message for the same calls",
    controls=Controls(cis_control=7, mitre_attack=("T1485",)),
    fires=(
        Example(
            "the deletion of a key is scheduled",
            api_call(
                "kms",
                "ScheduleKeyDeletion",
                iam_user("mallory"),
                request={"keyId": _KEY_ARN, "pendingWindowInDays": 7},
            ),
        ),
        Example(
            "a key is disabled",
            api_call(
                "kms", "DisableKey", assumed_role_identity("Deployer"), request={"keyId": _KEY_ARN}
            ),
        ),
        Example(
            "a call to disable a key is denied",
            api_call(
                "kms",
                "DisableKey",
                iam_user("mallory"),
                request={"keyId": _KEY_ARN},
                error="AccessDenied",
            ),
        ),
    ),
    silent=(
        Example(
            "imported key material is deleted, which is not in the list",
            api_call(
                "kms", "DeleteImportedKeyMaterial", iam_user("mallory"), request={"keyId": _KEY_ARN}
            ),
        ),
        Example(
            "the deletion of a key is canceled",
            api_call(
                "kms",
                "CancelKeyDeletion",
                identity_center_user("alice"),
                request={"keyId": _KEY_ARN},
            ),
        ),
        Example(
            "KMS deletes a key after its waiting period",
            service_event("kms", "DeleteKey", {"accountId": "111122223333", "invokedBy": "AWS"}),
        ),
        Example(
            "the rotation of a key is disabled, which is not in the list",
            api_call("kms", "DisableKeyRotation", iam_user("mallory"), request={"keyId": _KEY_ARN}),
        ),
        Example(
            "the description of a key is updated",
            api_call("kms", "UpdateKeyDescription", iam_user("alice"), request={"keyId": _KEY_ARN}),
        ),
    ),
)

S3_BUCKET_POLICY_CHANGES = Detection(
    id="s3-bucket-policy-changes",
    title="A bucket policy, ACL, CORS, lifecycle or replication configuration was changed",
    packs=("cis",),
    severity=Severity.LOW,
    verbatim=True,
    pattern=(
        "{($.eventSource=s3.amazonaws.com) && (($.eventName=PutBucketAcl)"
        " || ($.eventName=PutBucketPolicy) || ($.eventName=PutBucketCors)"
        " || ($.eventName=PutBucketLifecycle) || ($.eventName=PutBucketReplication)"
        " || ($.eventName=DeleteBucketPolicy) || ($.eventName=DeleteBucketCors)"
        " || ($.eventName=DeleteBucketLifecycle) || ($.eventName=DeleteBucketReplication))}"
    ),
    why=(
        "A bucket policy can make a bucket public, a one-day lifecycle rule empties it, and "
        "replication copies it to another account."
    ),
    runbook=(
        "Review the new policy, rule or destination in requestParameters.",
        "If it was not planned: restore the old one, and disable the caller's credentials.",
        "Check the bucket's access logs or data events for who has read it since then.",
    ),
    false_positives=(
        "Every deployment that creates a bucket. The pattern must stay verbatim, so it notifies "
        "the low-severity topic; the packs tamper and exposure cover some of the dangerous cases."
    ),
    controls=Controls(cis_control=8, mitre_attack=("T1530", "T1485.001", "T1537")),
    shows=("requestParameters.bucketName",),
    fires=(
        Example(
            "a lifecycle rule expires all objects after one day",
            api_call(
                "s3",
                "PutBucketLifecycle",
                iam_user("mallory"),
                request={
                    "bucketName": "shop",
                    "lifecycle": "",
                    "LifecycleConfiguration": {
                        "Rule": {"Status": "Enabled", "Expiration": {"Days": 1}, "ID": "all"}
                    },
                },
            ),
        ),
        Example(
            "a bucket policy is set",
            api_call(
                "s3",
                "PutBucketPolicy",
                assumed_role_identity("Deployer"),
                request={"bucketName": "shop", "policy": "", "bucketPolicy": {"Statement": []}},
            ),
        ),
        Example(
            "a bucket policy is deleted",
            api_call(
                "s3",
                "DeleteBucketPolicy",
                iam_user("mallory"),
                request={"bucketName": "shop", "policy": ""},
            ),
        ),
    ),
    silent=(
        Example(
            "Block Public Access of a bucket is removed, which is not in the list",
            api_call(
                "s3",
                "DeleteBucketPublicAccessBlock",
                iam_user("mallory"),
                request={"bucketName": "shop", "publicAccessBlock": ""},
            ),
        ),
        Example(
            "the ACL of an object is set, which is not a bucket ACL",
            api_call(
                "s3",
                "PutObjectAcl",
                assumed_role_identity("Deployer"),
                request={"bucketName": "shop", "key": "a"},
            ),
        ),
        Example(
            "a bucket policy is read",
            api_call("s3", "GetBucketPolicy", iam_user("alice"), read_only=True),
        ),
        Example(
            "the policy of an access point is set, which is not in the list",
            api_call(
                "s3",
                "PutAccessPointPolicy",
                assumed_role_identity("Deployer"),
                request={"name": "shop"},
            ),
        ),
        Example(
            "versioning of a bucket is suspended, which is not in the list",
            api_call(
                "s3",
                "PutBucketVersioning",
                iam_user("mallory"),
                request={"bucketName": "shop", "VersioningConfiguration": {"Status": "Suspended"}},
            ),
        ),
    ),
)
