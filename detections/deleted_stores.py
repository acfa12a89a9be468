"""Stores of data and their snapshots: deleted one by one, or many in a short time."""

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
    federated_user,
    field,
    iam_user,
    identity_center_user,
    root,
)

_DATABASE = {"dBInstanceIdentifier": "orders"}
_SNAPSHOT = {"snapshotId": "snap-0123456789abcdef0"}

SNAPSHOT_OR_STORE_DELETED = Detection(
    id="snapshot-or-store-deleted",
    title=("A snapshot, AMI, database, cluster or file system was deleted, or a secret for good"),
    packs=("impact",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            calls("ec2", "DeregisterImage"),
            calls(
                "rds",  # also for Neptune and DocumentDB
                "DeleteDBSnapshot",
                "DeleteDBClusterSnapshot",
                "DeleteDBInstance",
                "DeleteDBCluster",
            ),
            all_of(
                any_of(
                    field("eventSource").equals("redshift.amazonaws.com"),
                    field("eventSource").equals("eks.amazonaws.com"),
                ),
                field("eventName").one_of(
                    "DeleteClusterSnapshot", "BatchDeleteClusterSnapshots", "DeleteCluster"
                ),
            ),
            all_of(
                any_of(
                    field("eventSource").equals("dynamodb.amazonaws.com"),
                    field("eventSource").equals("fsx.amazonaws.com"),
                ),
                field("eventName").equals("DeleteBackup"),
            ),
            calls("elasticfilesystem", "DeleteFileSystem", "DeleteMountTarget"),
            all_of(
                calls("secretsmanager", "DeleteSecret"),
                field("requestParameters.forceDeleteWithoutRecovery").is_true(),
            ),
        ),
        CALLED_DIRECTLY,
        SUCCEEDED,
    ),
    why=(
        "These calls destroy data, or what it could be restored from. Most of them cannot be "
        "undone."
    ),
    runbook=(
        "Identify what was deleted, by its ID or ARN in requestParameters, and ask the caller.",
        "If it was not planned: disable the caller's credentials, and deny further deletions.",
        "Restore from other copies, and from Recycle Bin as long as it keeps them.",
    ),
    false_positives=(
        "Pipelines and scripts that clean up snapshots, AMIs, databases and clusters of tests: "
        "exclude their roles. Deletions by CloudFormation, AWS Backup and other services are not "
        "detected, nor are secrets with a recovery window, and denied calls. EBS snapshots, "
        "volumes, buckets and tables count in data-deleted-in-bulk."
    ),
    controls=Controls(mitre_attack=("T1485", "T1490")),
    shows=(
        "requestParameters.imageId",
        "requestParameters.dBSnapshotIdentifier",
        "requestParameters.dBInstanceIdentifier",
        "requestParameters.fileSystemId",
        "requestParameters.secretId",
    ),
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
            "a database is deleted with a final snapshot",
            api_call(
                "rds",
                "DeleteDBInstance",
                iam_user("mallory"),
                request=_DATABASE
                | {"skipFinalSnapshot": False, "finalDBSnapshotIdentifier": "orders-final"},
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
            "a backup of a Windows file server is deleted",
            api_call(
                "fsx",
                "DeleteBackup",
                iam_user("mallory"),
                request={"backupId": "backup-0123456789abcdef0"},
            ),
        ),
        Example(
            "a secret is deleted without recovery",
            api_call(
                "secretsmanager",
                "DeleteSecret",
                iam_user("mallory"),
                request={"secretId": "shop/database", "forceDeleteWithoutRecovery": True},
            ),
        ),
        Example(
            "a snapshot of a cluster is deleted",
            api_call(
                "rds",
                "DeleteDBClusterSnapshot",
                iam_user("mallory"),
                request={"dBClusterSnapshotIdentifier": "orders"},
            ),
        ),
        Example(
            "a cluster of Redshift is deleted",
            api_call(
                "redshift",
                "DeleteCluster",
                iam_user("mallory"),
                request={"clusterIdentifier": "sales", "skipFinalClusterSnapshot": True},
            ),
        ),
        Example(
            "a cluster of EKS is deleted",
            api_call("eks", "DeleteCluster", iam_user("mallory"), request={"name": "shop"}),
        ),
        Example(
            "snapshots of Redshift are deleted together",
            api_call("redshift", "BatchDeleteClusterSnapshots", iam_user("mallory")),
        ),
        Example(
            "a snapshot of Redshift is deleted",
            api_call(
                "redshift",
                "DeleteClusterSnapshot",
                iam_user("mallory"),
                request={"snapshotIdentifier": "sales"},
            ),
        ),
        Example(
            "a mount target of a file system is deleted",
            api_call(
                "elasticfilesystem",
                "DeleteMountTarget",
                iam_user("mallory"),
                request={"mountTargetId": "fsmt-0123456789abcdef0"},
            ),
        ),
    ),
    silent=(
        Example(
            "a cluster of Redshift is resumed",
            api_call(
                "redshift",
                "ResumeCluster",
                iam_user("alice"),
                request={"clusterIdentifier": "sales"},
            ),
        ),
        Example(
            "a file system is created",
            api_call(
                "elasticfilesystem",
                "CreateFileSystem",
                iam_user("alice"),
                request={"creationToken": "a"},
            ),
        ),
        Example(
            "a table is deleted, which counts elsewhere",
            api_call("dynamodb", "DeleteTable", iam_user("alice"), request={"tableName": "orders"}),
        ),
        Example(
            "a cluster of ECS is deleted, which has no data",
            api_call("ecs", "DeleteCluster", iam_user("alice"), request={"cluster": "shop"}),
        ),
        Example(
            "a database is stopped",
            api_call("rds", "StopDBInstance", iam_user("alice"), request=_DATABASE),
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
            "a secret is deleted with a recovery window",
            api_call(
                "secretsmanager",
                "DeleteSecret",
                iam_user("alice"),
                request={"secretId": "shop/database", "recoveryWindowInDays": 30},
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
    title="Users deleted many snapshots, volumes, buckets, tables or secrets in a short time",
    packs=("impact",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            calls("ec2", "DeleteSnapshot", "DeleteVolume"),
            calls("s3", "DeleteBucket"),
            calls("dynamodb", "DeleteTable"),
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
    shows=(
        "requestParameters.snapshotId",
        "requestParameters.volumeId",
        "requestParameters.bucketName",
        "requestParameters.tableName",
        "requestParameters.secretId",
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
        Example(
            "an IAM user deletes a snapshot of a cache",
            api_call(
                "elasticache",
                "DeleteSnapshot",
                iam_user("mallory"),
                request={"snapshotName": "sessions"},
            ),
        ),
        Example(
            "an IAM user deletes a cache",
            api_call(
                "elasticache",
                "DeleteReplicationGroup",
                iam_user("mallory"),
                request={"replicationGroupId": "sessions"},
            ),
        ),
        Example(
            "an IAM user deletes a secret",
            api_call(
                "secretsmanager",
                "DeleteSecret",
                iam_user("mallory"),
                request={"secretId": "shop/database"},
            ),
        ),
        Example(
            "a federated user deletes a snapshot",
            _delete(federated_user("mallory"), **_SNAPSHOT),
        ),
    ),
    silent=(
        Example(
            "an IAM user restores a secret",
            api_call(
                "secretsmanager",
                "RestoreSecret",
                iam_user("alice"),
                request={"secretId": "shop/database"},
            ),
        ),
        Example(
            "an IAM user reboots a database",
            api_call("rds", "RebootDBInstance", iam_user("alice"), request=_DATABASE),
        ),
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
