"""The trail itself: stopped, narrowed, cut off from the log group, or its bucket opened."""

from detections._conditions import calls
from trailbell.catalog.detection import Controls, Detection, Example, Pack, Severity
from trailbell.catalog.placeholders import OWN_NAMES
from trailbell.pattern import all_of, field
from trailbell.samples import api_call, iam_user, role, sso_person

_BUCKET = OWN_NAMES["LogBucketName"]
_ROLE = "security-alerts-TrailRole-EXAMPLE"

TRAIL_TAMPERING = Detection(
    id="trail-tampering",
    title="A trail or an event data store was stopped, changed or deleted",
    packs=(Pack.TAMPER,),
    severity=Severity.HIGH,
    pattern=calls(
        "cloudtrail",
        "StopLogging",
        "DeleteTrail",
        "UpdateTrail",
        "PutEventSelectors",
        "PutInsightSelectors",
        "DeleteEventDataStore",
        "UpdateEventDataStore",
        "StopEventDataStoreIngestion",
        "DeregisterOrganizationDelegatedAdmin",
        "DeleteResourcePolicy",
    ),
    why=(
        "Whoever wants to stay unseen stops the trail first, or tells it to record only what does "
        "not matter. If it is the one that feeds these alarms, they are deaf afterwards."
    ),
    respond=(
        "See whether your trail still logs all management events in all Regions.",
        "If nobody planned it: undo the change, then disable who made it.",
        "Look at event history for what the same caller did since; it keeps 90 days anyway.",
    ),
    false_alarms=(
        "Updates of the stack that has the trail ring once. Trails for data events that are "
        "changed often: exclude the role that changes them. Attempts that are refused ring as "
        "well, on purpose."
    ),
    controls=Controls(relates_to=5, attack=("T1685.002",)),
    fires=(
        Example(
            "the trail is told to leave out management events",
            api_call(
                "cloudtrail",
                "PutEventSelectors",
                iam_user("mallory"),
                request={
                    "trailName": "trailbell-us-east-1",
                    "eventSelectors": [
                        {
                            "readWriteType": "ReadOnly",
                            "includeManagementEvents": False,
                            "dataResources": [],
                            "excludeManagementEventSources": [],
                        }
                    ],
                },
            ),
        ),
        Example(
            "the trail is stopped",
            api_call(
                "cloudtrail",
                "StopLogging",
                sso_person("mallory"),
                request={"name": "trailbell-us-east-1"},
            ),
        ),
        Example(
            "somebody may not delete the trail and tries",
            api_call("cloudtrail", "DeleteTrail", iam_user("mallory"), error="AccessDenied"),
        ),
    ),
    silent=(
        Example(
            "the trail is started",
            api_call(
                "cloudtrail",
                "StartLogging",
                role("Deployer"),
                request={"name": "trailbell-us-east-1"},
            ),
        ),
        Example(
            "another trail is made",
            api_call("cloudtrail", "CreateTrail", role("Deployer"), request={"name": "data"}),
        ),
        Example(
            "the selectors are looked at",
            api_call("cloudtrail", "GetEventSelectors", iam_user("alice"), read_only=True),
        ),
    ),
)

TRAIL_ROLE_TAMPERING = Detection(
    id="trail-role-tampering",
    title="The role that brings events to the log group was changed or deleted",
    packs=(Pack.TAMPER,),
    severity=Severity.HIGH,
    pattern=all_of(
        calls(
            "iam",
            "DeleteRole",
            "DeleteRolePolicy",
            "PutRolePolicy",
            "UpdateAssumeRolePolicy",
            "AttachRolePolicy",
            "DetachRolePolicy",
            "PutRolePermissionsBoundary",
        ),
        field("requestParameters.roleName").starts_with("${AlarmPrefix}-TrailRole-"),
    ),
    why=(
        "CloudTrail writes to the log group with this role. Without it the trail still runs and "
        "looks healthy, but no alarm sees an event any more."
    ),
    respond=(
        "See on the trail's page when events last reached CloudWatch Logs.",
        "If nobody planned it: deploy the stack of the trail again, then disable who did it.",
        "Read the log files in the bucket for what happened while the alarms were deaf.",
    ),
    false_alarms=(
        "Updates of the stack that has the trail ring once. The role is known by its name, which "
        "starts like the base stack's: silent where that stack is alerts, which makes none, and "
        "where its name has more than about 40 characters, as CloudFormation shortens names to "
        "the 64 of IAM."
    ),
    controls=Controls(attack=("T1685.002",)),
    fires=(
        Example(
            "the role loses the right to write log events",
            api_call(
                "iam",
                "DeleteRolePolicy",
                iam_user("mallory"),
                request={"roleName": _ROLE, "policyName": "write-log-events"},
            ),
        ),
        Example(
            "CloudTrail may no longer take the role",
            api_call(
                "iam",
                "UpdateAssumeRolePolicy",
                sso_person("mallory"),
                request={"roleName": _ROLE, "policyDocument": "{}"},
            ),
        ),
    ),
    silent=(
        Example(
            "another role of the same stack loses a policy",
            api_call(
                "iam",
                "DeleteRolePolicy",
                role("Deployer"),
                request={"roleName": "security-alerts-Notifier-EXAMPLE", "policyName": "x"},
            ),
        ),
        Example(
            "tags are put on the role",
            api_call("iam", "TagRole", role("Deployer"), request={"roleName": _ROLE}),
        ),
        Example(
            "the role is looked at",
            api_call(
                "iam", "GetRole", iam_user("alice"), request={"roleName": _ROLE}, read_only=True
            ),
        ),
    ),
)

TRAIL_BUCKET_TAMPERING = Detection(
    id="trail-bucket-tampering",
    title="The bucket of the log files was changed or deleted",
    packs=(Pack.TAMPER,),
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
            "PutBucketReplication",
            "PutBucketOwnershipControls",
            "DeleteBucketOwnershipControls",
            "PutBucketPublicAccessBlock",
            "DeleteBucketPublicAccessBlock",
        ),
        field("requestParameters.bucketName").equals("${LogBucketName}"),
    ),
    why=(
        "The log files are the evidence. A policy without CloudTrail in it ends their delivery, a "
        "lifecycle rule of one day deletes them, and an open bucket shows them to everybody."
    ),
    respond=(
        "Compare policy, lifecycle, versioning and encryption with the stack of the trail.",
        "If nobody planned it: deploy that stack again, then disable who did it.",
        "Validate the log files (aws cloudtrail validate-logs) for the time in question.",
    ),
    false_alarms=(
        "Updates of the stack that has the bucket ring once. Log files that are deleted one by "
        "one do not ring: that is a data event, which the trail does not record. Nothing rings "
        "where the stack of the pack was not told the bucket's name."
    ),
    controls=Controls(attack=("T1685.002", "T1485", "T1070")),
    fires=(
        Example(
            "a lifecycle rule deletes log files after a day",
            api_call(
                "s3",
                "PutBucketLifecycle",
                iam_user("mallory"),
                request={
                    "bucketName": _BUCKET,
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
            "the bucket's policy is replaced",
            api_call(
                "s3",
                "PutBucketPolicy",
                sso_person("mallory"),
                request={"bucketName": _BUCKET, "policy": "", "bucketPolicy": {"Statement": []}},
            ),
        ),
    ),
    silent=(
        Example(
            "the lifecycle of a bucket with a longer name is changed",
            api_call(
                "s3",
                "PutBucketLifecycle",
                role("Deployer"),
                request={"bucketName": f"{_BUCKET}-copy", "lifecycle": ""},
            ),
        ),
        Example(
            "tags are put on the bucket",
            api_call("s3", "PutBucketTagging", role("Deployer"), request={"bucketName": _BUCKET}),
        ),
        Example(
            "the bucket's policy is read",
            api_call(
                "s3",
                "GetBucketPolicy",
                iam_user("alice"),
                request={"bucketName": _BUCKET},
                read_only=True,
            ),
        ),
    ),
)
