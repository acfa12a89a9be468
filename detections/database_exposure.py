"""Databases that have a public IP address."""

from detections._conditions import SUCCEEDED
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

DATABASE_MADE_PUBLIC = Detection(
    id="database-made-public",
    title="A database was made publicly accessible",
    packs=("exposure",),
    severity=Severity.HIGH,
    pattern=all_of(
        field("eventSource").one_of(
            "rds.amazonaws.com",
            "redshift.amazonaws.com",
            "redshift-serverless.amazonaws.com",
            "dms.amazonaws.com",
            "lightsail.amazonaws.com",
            "timestream-influxdb.amazonaws.com",
        ),
        any_of(
            field("requestParameters.publiclyAccessible").is_true(),
            # If a request leaves it out, a new database gets the default of its subnets. Other
            # calls return it for a database that was public before.
            all_of(
                any_of(
                    field("eventName").starts_with("Create"),
                    field("eventName").starts_with("Restore"),
                ),
                field("responseElements.publiclyAccessible").is_true(),
            ),
        ),
        SUCCEEDED,
    ),
    why=(
        "With a public IP address, only the security group and a password protect the data. "
        "Restoring a snapshot as a public database is a way to exfiltrate it."
    ),
    runbook=(
        "Check the security groups of the database (dBInstanceIdentifier); restrict them first.",
        "If it was not planned: change the database to private, or delete the restored copy.",
        "Rotate the master password if the same caller set it.",
    ),
    false_positives=(
        "Test databases: exclude the role that creates them. A database of Lightsail, DMS or "
        "Timestream that is public by default is not detected, because its response does not say "
        "so. Denied calls are not detected."
    ),
    controls=Controls(mitre_attack=("T1213.006", "T1578.002")),
    fires=(
        Example(
            "a database is made publicly accessible",
            api_call(
                "rds",
                "ModifyDBInstance",
                iam_user("mallory"),
                request={"dBInstanceIdentifier": "shop", "publiclyAccessible": True},
            ),
        ),
        Example(
            "a Redshift Serverless workgroup is made publicly accessible",
            api_call(
                "redshift-serverless",
                "UpdateWorkgroup",
                iam_user("mallory"),
                request={"workgroupName": "shop", "publiclyAccessible": True},
            ),
        ),
        Example(
            "a publicly accessible read replica is created",
            api_call(
                "rds",
                "CreateDBInstanceReadReplica",
                iam_user("mallory"),
                request={
                    "dBInstanceIdentifier": "copy",
                    "sourceDBInstanceIdentifier": "shop",
                    "publiclyAccessible": True,
                },
            ),
        ),
        Example(
            "a snapshot is restored as a publicly accessible database",
            api_call(
                "rds",
                "RestoreDBInstanceFromDBSnapshot",
                identity_center_user("mallory"),
                request={
                    "dBInstanceIdentifier": "copy",
                    "dBSnapshotIdentifier": "shop",
                    "publiclyAccessible": True,
                },
            ),
        ),
        Example(
            "a snapshot is restored as a database that is public by default",
            api_call(
                "rds",
                "RestoreDBInstanceFromDBSnapshot",
                iam_user("mallory"),
                request={"dBInstanceIdentifier": "copy", "dBSnapshotIdentifier": "shop"},
                response={"dBInstanceIdentifier": "copy", "publiclyAccessible": True},
            ),
        ),
        Example(
            "a publicly accessible replication instance is created, which reads databases",
            api_call(
                "dms",
                "CreateReplicationInstance",
                iam_user("mallory"),
                request={"replicationInstanceIdentifier": "copy", "publiclyAccessible": True},
            ),
        ),
    ),
    silent=(
        Example(
            "a database is made private",
            api_call(
                "rds",
                "ModifyDBInstance",
                iam_user("alice"),
                request={"dBInstanceIdentifier": "shop", "publiclyAccessible": False},
            ),
        ),
        Example(
            "a database that was public before gets more storage",
            api_call(
                "rds",
                "ModifyDBInstance",
                iam_user("alice"),
                request={"dBInstanceIdentifier": "shop", "allocatedStorage": 100},
                response={"dBInstanceIdentifier": "shop", "publiclyAccessible": True},
            ),
        ),
        Example(
            "a snapshot is restored as a private database",
            api_call(
                "rds",
                "RestoreDBInstanceFromDBSnapshot",
                assumed_role_identity("Backup"),
                request={"dBInstanceIdentifier": "copy", "dBSnapshotIdentifier": "shop"},
                response={"dBInstanceIdentifier": "copy", "publiclyAccessible": False},
            ),
        ),
        Example(
            "the master password of a database is changed",
            api_call(
                "rds",
                "ModifyDBInstance",
                iam_user("alice"),
                request={
                    "dBInstanceIdentifier": "shop",
                    "masterUserPassword": "HIDDEN_DUE_TO_SECURITY_REASONS",
                },
            ),
        ),
        Example(
            "a call to make a database publicly accessible is denied",
            api_call(
                "rds",
                "ModifyDBInstance",
                iam_user("mallory"),
                request={"dBInstanceIdentifier": "shop", "publiclyAccessible": True},
                error="AccessDenied",
            ),
        ),
    ),
)
