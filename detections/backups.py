"""Backups: deleted, unlocked, or no longer made."""

from detections._conditions import CALLED_DIRECTLY, SUCCEEDED, calls
from trailbell import (
    Controls,
    Detection,
    Example,
    Severity,
    all_of,
    any_of,
    api_call,
    assumed_role_identity,
    field,
    iam_user,
    identity_center_user,
)

_RECOVERY_POINT = {
    "backupVaultName": "daily",
    "recoveryPointArn": "arn:aws:backup:us-east-1:111122223333:recovery-point:1EB3B5E7",
}
_DATABASE = {"dBInstanceIdentifier": "orders"}
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
            calls("ec2", "UnlockSnapshot"),
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
    shows=(
        "requestParameters.recoveryPointArn",
        "requestParameters.backupVaultName",
        "requestParameters.dBInstanceIdentifier",
        "requestParameters.tableName",
    ),
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
        Example(
            "the policy of a vault is replaced",
            api_call(
                "backup",
                "PutBackupVaultAccessPolicy",
                iam_user("mallory"),
                request={"backupVaultName": "daily"},
            ),
        ),
        Example(
            "a legal hold is canceled",
            api_call(
                "backup", "CancelLegalHold", iam_user("mallory"), request={"legalHoldId": "a1b2"}
            ),
        ),
        Example(
            "a locked EBS snapshot is unlocked",
            api_call(
                "ec2",
                "UnlockSnapshot",
                iam_user("mallory"),
                request={"snapshotId": "snap-0123456789abcdef0"},
            ),
        ),
        Example(
            "a retention rule of Recycle Bin is unlocked",
            api_call("rbin", "UnlockRule", iam_user("mallory"), request={"identifier": "abc"}),
        ),
    ),
    silent=(
        Example(
            "a table is changed",
            api_call(
                "dynamodb",
                "UpdateTable",
                iam_user("alice"),
                request={"tableName": "orders", "deletionProtectionEnabled": False},
            ),
        ),
        Example(
            "a rule of Recycle Bin is created",
            api_call(
                "rbin", "CreateRule", iam_user("alice"), request={"resourceType": "EBS_SNAPSHOT"}
            ),
        ),
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
