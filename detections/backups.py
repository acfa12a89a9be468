"""Backups, snapshots and stores of data: deleted, or no longer made."""

from detections._conditions import CALLED_DIRECTLY, SUCCEEDED, calls
from trailbell import (
    Controls,
    Detection,
    Example,
    Identity,
    Severity,
    Timing,
    all_of,
    any_of,
    api_call,
    assumed_role_identity,
    field,
    iam_user,
    identity_center_user,
    root,
)

_RECOVERY_POINT = {
    "backupVaultName": "daily",
    "recoveryPointArn": "arn:aws:backup:us-east-1:111122223333:recovery-point:1EB3B5E7",
}
_DATABASE = {"dBInstanceIdentifier": "orders"}
_SNAPSHOT = {"snapshotId": "snap-0123456789abcdef0"}
_BACKUP_SERVICE = assumed_role_identity(
    "AWSBackupDefaultServiceRole", invoked_by="backup.amazonaws.com"
)
_CLOUDFORMATION = assumed_role_identity("Deployer", invoked_by="cloudformation.amazonaws.com")


# Unsure: no public record of a call of AWS Backup or Recycle Bin. Names and members are those of
# the models of the SDK: backup and rbin use REST-JSON, whose members CloudTrail records as they are
# in the model. https://docs.aws.amazon.com/aws-backup/latest/devguide/logging-using-cloudtrail.html
BACKUP_DESTROYED = Detection(
    id="backup-destroyed",
    title="Backups were deleted or unlocked, or automatic backups were turned off",
    packs=("impact",),
    severity=Severity.HIGH,
    pattern=all_of(
        any_of(
            all_of(
                field("eventSource").equals("backup.amazonaws.com"),
                any_of(
                    # Vaults, their locks, policies and notifications; plans and selections.
                    field("eventName").starts_with("DeleteBackup"),
                    # A recovery point, also from its parent; the team that approves deletions.
                    field("eventName").starts_with("Disassociate"),
                    field("eventName").one_of(
                        "DeleteRecoveryPoint", "PutBackupVaultAccessPolicy", "CancelLegalHold"
                    ),
                ),
            ),
            calls("rds", "DeleteDBInstanceAutomatedBackup", "DeleteDBClusterAutomatedBackup"),
            all_of(
                field("eventSource").equals("rds.amazonaws.com"),
                field("eventName").starts_with("ModifyDB"),
                field("requestParameters.backupRetentionPeriod").equals(0),
            ),
            all_of(
                calls("dynamodb", "UpdateContinuousBackups"),
                field(
                    "requestParameters.pointInTimeRecoverySpecification.pointInTimeRecoveryEnabled"
                ).is_false(),
            ),
            calls("rbin", "DeleteRule", "UnlockRule"),
        ),
        CALLED_DIRECTLY,
        SUCCEEDED,
    ),
    why=(
        "Attackers who encrypt or destroy data delete the backups first. A deleted recovery point "
        "cannot be restored."
    ),
    runbook=(
        "Identify the vault, recovery point, database or table in the event, and the caller.",
        "If it was not planned: disable the caller's credentials, and deny further deletions.",
        "Check which other copies exist, and protect them first.",
    ),
    false_positives=(
        "Backups that an administrator or Terraform removes together with a workload: exclude that "
        "role. Deletions by AWS Backup at the end of a lifecycle, and by CloudFormation, are not "
        "detected, nor are denied calls, shorter lifecycles of recovery points, and services opted "
        "out for a Region."
    ),
    controls=Controls(mitre_attack=("T1490", "T1485")),
    fires=(
        Example(
            "a recovery point is deleted",
            api_call(
                "backup",
                "DeleteRecoveryPoint",
                assumed_role_identity("Developer"),
                request=_RECOVERY_POINT,
            ),
        ),
        Example(
            "a backup vault is deleted",
            api_call(
                "backup",
                "DeleteBackupVault",
                iam_user("mallory"),
                request={"backupVaultName": "daily"},
            ),
        ),
        Example(
            "the lock of a backup vault is removed",
            api_call(
                "backup",
                "DeleteBackupVaultLockConfiguration",
                identity_center_user("mallory"),
                request={"backupVaultName": "daily"},
            ),
        ),
        Example(
            "the team that approves deletions is removed from a vault",
            api_call(
                "backup",
                "DisassociateBackupVaultMpaApprovalTeam",
                iam_user("mallory"),
                request={"backupVaultName": "air-gapped"},
            ),
        ),
        Example(
            "the automated backups of a deleted database are deleted",
            api_call(
                "rds",
                "DeleteDBInstanceAutomatedBackup",
                iam_user("mallory"),
                request={"dbiResourceId": "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
            ),
        ),
        Example(
            "the automated backups of a cluster are deleted",
            api_call(
                "rds",
                "DeleteDBClusterAutomatedBackup",
                assumed_role_identity("Developer"),
                request={"dbClusterResourceId": "cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
            ),
        ),
        Example(
            "automated backups of a database are turned off",
            api_call(
                "rds",
                "ModifyDBInstance",
                iam_user("mallory"),
                request=_DATABASE | {"backupRetentionPeriod": 0, "applyImmediately": True},
            ),
        ),
        Example(
            "point-in-time recovery of a table is turned off",
            api_call(
                "dynamodb",
                "UpdateContinuousBackups",
                iam_user("mallory"),
                request={
                    "tableName": "orders",
                    "pointInTimeRecoverySpecification": {"pointInTimeRecoveryEnabled": False},
                },
            ),
        ),
        Example(
            "a retention rule of Recycle Bin is deleted",
            api_call("rbin", "DeleteRule", iam_user("mallory"), request={"identifier": "abc"}),
        ),
    ),
    silent=(
        Example(
            "AWS Backup deletes a recovery point at the end of its lifecycle",
            api_call("backup", "DeleteRecoveryPoint", _BACKUP_SERVICE, request=_RECOVERY_POINT),
        ),
        Example(
            "CloudFormation deletes a backup vault",
            api_call(
                "backup",
                "DeleteBackupVault",
                _CLOUDFORMATION,
                request={"backupVaultName": "daily"},
            ),
        ),
        Example(
            "a call to delete a recovery point is denied",
            api_call(
                "backup",
                "DeleteRecoveryPoint",
                iam_user("mallory"),
                request=_RECOVERY_POINT,
                error="AccessDeniedException",
            ),
        ),
        Example(
            "a recovery point is looked at",
            api_call(
                "backup",
                "DescribeRecoveryPoint",
                iam_user("alice"),
                request=_RECOVERY_POINT,
                read_only=True,
            ),
        ),
        Example(
            "automated backups of a database are kept for a month",
            api_call(
                "rds",
                "ModifyDBInstance",
                iam_user("alice"),
                request=_DATABASE | {"backupRetentionPeriod": 30},
            ),
        ),
        Example(
            "a database is created without automated backups",
            api_call(
                "rds",
                "CreateDBInstance",
                iam_user("alice"),
                request=_DATABASE | {"backupRetentionPeriod": 0},
            ),
        ),
        Example(
            "point-in-time recovery of a table is turned on",
            api_call(
                "dynamodb",
                "UpdateContinuousBackups",
                iam_user("alice"),
                request={
                    "tableName": "orders",
                    "pointInTimeRecoverySpecification": {"pointInTimeRecoveryEnabled": True},
                },
            ),
        ),
        Example(
            "a backup is started",
            api_call(
                "backup",
                "StartBackupJob",
                assumed_role_identity("Developer"),
                request={"backupVaultName": "daily"},
            ),
        ),
        Example(
            "a rule of EventBridge is deleted",
            api_call("events", "DeleteRule", iam_user("alice"), request={"name": "nightly"}),
        ),
    ),
)

_RULE = "requestParameters.LifecycleConfiguration.Rule"


def _lifecycle(rule: object) -> dict[str, object]:
    """The request parameters of PutBucketLifecycle, as in public records."""
    return {
        "bucketName": "orders",
        "Host": "orders.s3.us-east-1.amazonaws.com",
        "lifecycle": "",
        "LifecycleConfiguration": {
            "xmlns": "http://s3.amazonaws.com/doc/2006-03-01/",
            "Rule": rule,
        },
    }


def _expiration(days: int) -> dict[str, object]:
    return {
        "ID": "clean",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "Expiration": {"Days": days},
    }


# CloudTrail records one rule of a bucket as an object, several as a list.
SNAPSHOT_OR_STORE_DELETED = Detection(
    id="snapshot-or-store-deleted",
    title="A snapshot, AMI, database or file system was deleted, or objects expire within a week",
    packs=("impact",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            calls("ec2", "DeregisterImage"),
            calls("rds", "DeleteDBSnapshot", "DeleteDBClusterSnapshot"),
            all_of(
                # Also clusters of Neptune and DocumentDB.
                calls("rds", "DeleteDBInstance", "DeleteDBCluster"),
                field("requestParameters.skipFinalSnapshot").is_true(),
            ),
            calls("dynamodb", "DeleteBackup"),
            calls("elasticfilesystem", "DeleteFileSystem", "DeleteMountTarget"),
            all_of(
                calls("s3", "PutBucketLifecycle"),
                # An event pattern cannot require that the same rule is enabled.
                any_of(
                    field(f"{_RULE}.Expiration.Days").at_most(7),
                    field(f"{_RULE}[0].Expiration.Days").at_most(7),
                    field(f"{_RULE}[1].Expiration.Days").at_most(7),
                ),
            ),
        ),
        CALLED_DIRECTLY,
        SUCCEEDED,
    ),
    why=(
        "These calls destroy data or what it could be restored from. A lifecycle rule deletes all "
        "objects of a bucket, and S3 applies it once a day."
    ),
    runbook=(
        "Identify what was deleted, or the bucket and its Rule, and ask the caller.",
        "If it was not planned: disable the caller's credentials, and remove the lifecycle rule.",
        "Restore from other copies, and from Recycle Bin as long as it keeps them.",
    ),
    false_positives=(
        "Pipelines and scripts that clean up old snapshots and AMIs, and scratch buckets: exclude "
        "their roles. Deletions by CloudFormation, AWS Backup and other services are not detected, "
        "nor are databases deleted with a final snapshot, expiration by date or of old versions, "
        "and denied calls. Of lifecycle rules, the first two count, also if disabled."
    ),
    controls=Controls(mitre_attack=("T1485", "T1485.001", "T1490")),
    fires=(
        Example(
            "an AMI is deregistered",
            api_call(
                "ec2",
                "DeregisterImage",
                assumed_role_identity("Developer"),
                request={"imageId": "ami-0123456789abcdef0", "deleteAssociatedSnapshots": False},
            ),
        ),
        Example(
            "a snapshot of a database is deleted",
            api_call(
                "rds",
                "DeleteDBSnapshot",
                iam_user("mallory"),
                request={"dBSnapshotIdentifier": "orders-2026-01"},
            ),
        ),
        Example(
            "a database is deleted without a final snapshot",
            api_call(
                "rds",
                "DeleteDBInstance",
                identity_center_user("mallory"),
                request=_DATABASE | {"skipFinalSnapshot": True, "deleteAutomatedBackups": True},
            ),
        ),
        Example(
            "a cluster is deleted without a final snapshot",
            api_call(
                "rds",
                "DeleteDBCluster",
                iam_user("mallory"),
                request={"dBClusterIdentifier": "orders", "skipFinalSnapshot": True},
            ),
        ),
        Example(
            "a backup of a table is deleted",
            api_call(
                "dynamodb",
                "DeleteBackup",
                iam_user("mallory"),
                request={
                    "backupArn": (
                        "arn:aws:dynamodb:us-east-1:111122223333:table/orders/backup/01489602797149"
                    )
                },
            ),
        ),
        Example(
            "a file system is deleted",
            api_call(
                "elasticfilesystem",
                "DeleteFileSystem",
                iam_user("mallory"),
                request={"fileSystemId": "fs-0123456789abcdef0"},
            ),
        ),
        Example(
            "objects expire after one day",
            api_call(
                "s3", "PutBucketLifecycle", iam_user("mallory"), request=_lifecycle(_expiration(1))
            ),
        ),
        Example(
            "objects expire after one day, by one of several rules",
            api_call(
                "s3",
                "PutBucketLifecycle",
                iam_user("mallory"),
                request=_lifecycle([_expiration(400), _expiration(1)]),
            ),
        ),
    ),
    silent=(
        Example(
            "objects expire after a year",
            api_call(
                "s3",
                "PutBucketLifecycle",
                assumed_role_identity("Deployer"),
                request=_lifecycle(_expiration(365)),
            ),
        ),
        Example(
            "objects expire after eight days",
            api_call(
                "s3",
                "PutBucketLifecycle",
                assumed_role_identity("Deployer"),
                request=_lifecycle([_expiration(8), _expiration(30)]),
            ),
        ),
        Example(
            "old versions expire after one day",
            api_call(
                "s3",
                "PutBucketLifecycle",
                assumed_role_identity("Deployer"),
                request=_lifecycle(
                    {
                        "ID": "versions",
                        "Status": "Enabled",
                        "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
                    }
                ),
            ),
        ),
        Example(
            "only parts of failed uploads are removed after one day",
            api_call(
                "s3",
                "PutBucketLifecycle",
                assumed_role_identity("Deployer"),
                request=_lifecycle(
                    {
                        "ID": "parts",
                        "Status": "Enabled",
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                    }
                ),
            ),
        ),
        Example(
            "a database is deleted with a final snapshot",
            api_call(
                "rds",
                "DeleteDBInstance",
                iam_user("alice"),
                request=_DATABASE
                | {"skipFinalSnapshot": False, "finalDBSnapshotIdentifier": "orders-final"},
            ),
        ),
        Example(
            "AWS Backup deletes a snapshot",
            api_call(
                "rds",
                "DeleteDBSnapshot",
                assumed_role_identity("AWSServiceRoleForBackup", invoked_by="backup.amazonaws.com"),
                request={"dBSnapshotIdentifier": "rds:orders-2026-01-01-03-00"},
            ),
        ),
        Example(
            "Data Lifecycle Manager deregisters an AMI",
            api_call(
                "ec2",
                "DeregisterImage",
                assumed_role_identity(
                    "AWSDataLifecycleManagerDefaultRole", invoked_by="dlm.amazonaws.com"
                ),
                request={"imageId": "ami-0123456789abcdef0"},
            ),
        ),
        Example(
            "a database that is not stopped yet cannot be deleted",
            api_call(
                "rds",
                "DeleteDBInstance",
                iam_user("alice"),
                request=_DATABASE | {"skipFinalSnapshot": True},
                error="InvalidDBInstanceStateFault",
            ),
        ),
        Example(
            "one EBS snapshot is deleted",
            api_call("ec2", "DeleteSnapshot", iam_user("alice"), request=_SNAPSHOT),
        ),
    ),
)


def _delete(by: Identity, **request: object) -> dict[str, object]:
    return api_call("ec2", "DeleteSnapshot", by, request=dict(request))


DATA_DELETED_IN_BULK = Detection(
    id="data-deleted-in-bulk",
    title="Users deleted many snapshots, volumes, buckets, tables or databases in a short time",
    packs=("impact",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            calls("ec2", "DeleteSnapshot", "DeleteVolume"),
            calls("s3", "DeleteBucket"),
            calls("dynamodb", "DeleteTable"),
            calls("rds", "DeleteDBInstance", "DeleteDBCluster"),
            calls("elasticache", "DeleteSnapshot", "DeleteReplicationGroup"),
            calls("secretsmanager", "DeleteSecret"),
        ),
        any_of(
            field("userIdentity.type").equals("IAMUser"),
            field("userIdentity.type").equals("Root"),
            field("userIdentity.type").equals("FederatedUser"),
            field("userIdentity.sessionContext.sessionIssuer.userName").starts_with(
                "AWSReservedSSO_"
            ),
        ),
        CALLED_DIRECTLY,
        SUCCEEDED,
    ),
    why=(
        "A single deletion is daily work. An intruder who destroys an account deletes everything "
        "within minutes."
    ),
    runbook=(
        "List what was deleted, with the query, and ask the user.",
        "If it was not the user: disable their credentials, and deny further deletions.",
        "Restore from AWS Backup, Recycle Bin and other accounts, and secrets within their window.",
    ),
    false_positives=(
        "Users who clean up, and infrastructure as code that a user runs to remove an environment. "
        "Raise the threshold, or exclude the permission set. Calls of all users are counted "
        "together. Deletions by other roles, such as those of pipelines and cleanup functions, are "
        "not counted; denied calls neither."
    ),
    controls=Controls(mitre_attack=("T1485", "T1490")),
    timing=Timing(
        threshold=5,
        reason=(
            "Users delete single snapshots, volumes and buckets every day. Five within five "
            "minutes suggest that a list is being deleted."
        ),
    ),
    fires=(
        Example("an IAM user deletes a snapshot", _delete(iam_user("mallory"), **_SNAPSHOT)),
        Example(
            "a user of IAM Identity Center deletes a bucket",
            api_call(
                "s3",
                "DeleteBucket",
                identity_center_user("mallory"),
                request={"bucketName": "orders", "Host": "orders.s3.us-east-1.amazonaws.com"},
            ),
        ),
        Example(
            "the root user deletes a table",
            api_call("dynamodb", "DeleteTable", root(), request={"tableName": "orders"}),
        ),
        Example(
            "an IAM user deletes a volume",
            api_call(
                "ec2",
                "DeleteVolume",
                iam_user("mallory"),
                request={"volumeId": "vol-0123456789abcdef0"},
            ),
        ),
    ),
    silent=(
        Example(
            "a cleanup function deletes a snapshot",
            _delete(assumed_role_identity("SnapshotCleanup"), **_SNAPSHOT),
        ),
        Example(
            "CloudFormation deletes a bucket on behalf of a user",
            api_call(
                "s3",
                "DeleteBucket",
                iam_user("alice", mfa=True, invoked_by="cloudformation.amazonaws.com"),
                request={"bucketName": "orders"},
            ),
        ),
        Example(
            "a call to delete a snapshot is denied",
            api_call(
                "ec2",
                "DeleteSnapshot",
                iam_user("mallory"),
                request=_SNAPSHOT,
                error="Client.UnauthorizedOperation",
            ),
        ),
        Example(
            "a user creates a snapshot",
            api_call(
                "ec2",
                "CreateSnapshot",
                iam_user("alice"),
                request={"volumeId": "vol-0123456789abcdef0"},
            ),
        ),
        Example(
            "a user deletes an object of a bucket",
            api_call(
                "s3",
                "DeleteObject",
                iam_user("alice"),
                request={"bucketName": "orders", "key": "1.json"},
            ),
        ),
    ),
)
