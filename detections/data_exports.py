"""Databases, instances and certificates that are exported or copied elsewhere."""

from detections._conditions import CALLED_DIRECTLY, SUCCEEDED, calls
from trailbell import (
    ACCOUNT,
    OTHER_ACCOUNT,
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

_RULE = "requestParameters.ReplicationConfiguration.Rule"

DATA_EXPORTED = Detection(
    id="data-exported",
    title="A database, image, mailbox or private key was exported, or copied elsewhere",
    packs=("data",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            # Only services that export what they store have these names. StartExportTask: RDS,
            # Neptune Analytics and Application Discovery Service.
            field("eventName").one_of(
                "StartExportTask",
                "CreateInstanceExportTask",
                "ExportImage",
                "CreateStoreImageTask",
                "ExportCertificate",
                "StartMailboxExportJob",
                "ExportTableToPointInTime",
                "ExportServerlessCacheSnapshot",
            ),
            all_of(
                # ...Snapshot and ...ClusterSnapshot; parameter groups have no Region
                field("eventSource").equals("rds.amazonaws.com"),
                field("eventName").starts_with("CopyDB"),
                # SDKs replace the Region by a URL: CopyDBSnapshot, "Copying an encrypted snapshot"
                # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CopyDBSnapshot.html
                any_of(
                    field("requestParameters.sourceRegion").present(),
                    field("requestParameters.preSignedUrl").present(),
                ),
            ),
            all_of(
                # Unsure: no public record. The bucket is only for an export:
                # https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CopySnapshot.html
                calls("elasticache", "CopySnapshot"),
                field("requestParameters.targetBucket").present(),
            ),
            all_of(
                calls("s3", "PutBucketReplication"),
                any_of(
                    # Only to name the owner of another account:
                    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_Destination.html
                    field(f"{_RULE}.Destination.Account").present(),
                    field(f"{_RULE}[0].Destination.Account").present(),
                ),
            ),
        ),
        CALLED_DIRECTLY,
        SUCCEEDED,
    ),
    why=(
        "One such call writes a whole table, database or disk to a bucket, or to another Region or "
        "account. It reads the data without touching the database, so its own logs show nothing."
    ),
    runbook=(
        "Identify what was exported (sourceArn, tableArn, ...) and where to (s3Bucket, Account).",
        "If it was not planned: cancel the export, and disable the caller's credentials.",
        "Check who can read the target and who did, and rotate exported keys.",
    ),
    false_positives=(
        "Scheduled exports for analyses, copies to another Region for disaster recovery, and "
        "certificates for servers elsewhere: exclude their role. Exports that AWS Backup or "
        "another service makes are not detected, nor are exports of log groups, transfers by "
        "DataSync and denied calls."
    ),
    shows=tuple(f"requestParameters.{name}" for name in ("sourceArn", "tableArn", "s3Bucket")),
    controls=Controls(mitre_attack=("T1537", "T1213.006")),
    fires=(
        Example(
            "a database snapshot is exported",
            api_call(
                "rds",
                "StartExportTask",
                iam_user("mallory"),
                request={
                    "exportTaskIdentifier": "shop",
                    "sourceArn": f"arn:aws:rds:us-east-1:{ACCOUNT}:snapshot:shop",
                    "s3BucketName": "elsewhere",
                    "iamRoleArn": f"arn:aws:iam::{ACCOUNT}:role/Export",
                    "kmsKeyId": "1234abcd-12ab-34cd-56ef-1234567890ab",
                },
            ),
        ),
        Example(
            "a table is exported to a bucket of another account",
            api_call(
                "dynamodb",
                "ExportTableToPointInTime",
                identity_center_user("mallory"),
                request={
                    "tableArn": f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/shop",
                    "s3Bucket": "elsewhere",
                    "s3BucketOwner": OTHER_ACCOUNT,
                },
            ),
        ),
        Example(
            "an instance is exported",
            api_call(
                "ec2",
                "CreateInstanceExportTask",
                iam_user("mallory"),
                request={
                    "instanceId": "i-0123456789abcdef0",
                    "targetEnvironment": "vmware",
                    "exportToS3": {"s3Bucket": "elsewhere"},
                },
            ),
        ),
        Example(
            "a database snapshot is copied from another Region",
            api_call(
                "rds",
                "CopyDBSnapshot",
                assumed_role_identity("Developer", "mallory"),
                request={
                    "sourceDBSnapshotIdentifier": f"arn:aws:rds:eu-west-1:{ACCOUNT}:snapshot:shop",
                    "targetDBSnapshotIdentifier": "shop",
                    "sourceRegion": "eu-west-1",
                },
            ),
        ),
        Example(
            "a bucket is replicated to a bucket of another account",
            api_call(
                "s3",
                "PutBucketReplication",
                iam_user("mallory"),
                request={
                    "bucketName": "shop",
                    "replication": "",
                    "ReplicationConfiguration": {
                        "Role": f"arn:aws:iam::{ACCOUNT}:role/Replication",
                        "Rule": {
                            "Status": "Enabled",
                            "Destination": {
                                "Bucket": "arn:aws:s3:::elsewhere",
                                "Account": OTHER_ACCOUNT,
                            },
                        },
                    },
                },
            ),
        ),
        Example(
            "the snapshot of a cache is exported",
            api_call(
                "elasticache",
                "CopySnapshot",
                iam_user("mallory"),
                request={
                    "sourceSnapshotName": "shop",
                    "targetSnapshotName": "shop-copy",
                    "targetBucket": "elsewhere",
                },
            ),
        ),
    ),
    silent=(
        Example(
            "a bucket is replicated to a bucket of the same account",
            api_call(
                "s3",
                "PutBucketReplication",
                assumed_role_identity("Deployer"),
                request={
                    "bucketName": "shop",
                    "replication": "",
                    "ReplicationConfiguration": {
                        "Rule": {
                            "Status": "Enabled",
                            "Destination": {"Bucket": "arn:aws:s3:::shop-copy"},
                        }
                    },
                },
            ),
        ),
        Example(
            "a database snapshot is copied in its Region",
            api_call(
                "rds",
                "CopyDBSnapshot",
                iam_user("alice"),
                request={
                    "sourceDBSnapshotIdentifier": "shop",
                    "targetDBSnapshotIdentifier": "shop-copy",
                },
            ),
        ),
        Example(
            "AWS Backup copies a database snapshot from another Region",
            api_call(
                "rds",
                "CopyDBSnapshot",
                assumed_role_identity(
                    "AWSBackupDefaultServiceRole", invoked_by="backup.amazonaws.com"
                ),
                request={
                    "targetDBSnapshotIdentifier": "awsbackup:copyjob-1",
                    "sourceRegion": "eu-west-1",
                },
            ),
        ),
        Example(
            "the snapshot of a cache is copied",
            api_call(
                "elasticache",
                "CopySnapshot",
                iam_user("alice"),
                request={"sourceSnapshotName": "shop", "targetSnapshotName": "shop-copy"},
            ),
        ),
        Example(
            "a database snapshot is created",
            api_call(
                "rds",
                "CreateDBSnapshot",
                assumed_role_identity("Backup"),
                request={"dBInstanceIdentifier": "shop", "dBSnapshotIdentifier": "shop"},
            ),
        ),
        Example(
            "a call to export a table is denied",
            api_call(
                "dynamodb",
                "ExportTableToPointInTime",
                iam_user("mallory"),
                request={
                    "tableArn": f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/shop",
                    "s3Bucket": "elsewhere",
                },
                error="AccessDenied",
            ),
        ),
    ),
)
