"""Guards of databases that are lowered: passwords, authentication, protection from deletion."""

from detections._conditions import CALLED_DIRECTLY, SUCCEEDED, calls
from trailbell import (
    ACCOUNT,
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


def _modify(by: Identity, *, error: str | None = None, **changes: object) -> Event:
    request = {"dBInstanceIdentifier": "shop", "applyImmediately": True, **changes}
    return api_call("rds", "ModifyDBInstance", by, request=request, error=error)


DATABASE_GUARD_LOWERED = Detection(
    id="database-guard-lowered",
    title="A guard of a database was lowered, or a new way into it opened",
    packs=("data",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            all_of(
                calls("rds", "ModifyDBInstance", "ModifyDBCluster"),
                any_of(
                    field("requestParameters.masterUserPassword").present(),
                    field("requestParameters.enableIAMDatabaseAuthentication").is_false(),
                    field("requestParameters.deletionProtection").is_false(),
                    field("requestParameters.enableHttpEndpoint").is_true(),
                ),
            ),
            all_of(
                calls("redshift", "ModifyCluster"),
                field("requestParameters.masterUserPassword").present(),
            ),
            all_of(
                calls("dynamodb", "UpdateTable"),
                field("requestParameters.deletionProtectionEnabled").is_false(),
            ),
            # Names that only Amazon RDS and ElastiCache have.
            field("eventName").one_of(
                "StopActivityStream",
                "EnableHttpEndpoint",
                "AuthorizeDBSecurityGroupIngress",
                "AuthorizeCacheSecurityGroupIngress",
            ),
            field("eventName").starts_with("AddRoleToDB"),
        ),
        CALLED_DIRECTLY,
        SUCCEEDED,
    ),
    why=(
        "With a new master password, an attacker reads everything in the database. A database "
        "without deletion protection or an activity stream can be deleted, or read unseen."
    ),
    runbook=(
        "Identify the database (dBInstanceIdentifier, resourceArn) and what changed.",
        "If it was not planned: change it back, and disable the caller's credentials.",
        "Change the master password, and check the database for new users.",
    ),
    false_positives=(
        "Password rotation and planned deletions by people: exclude their role. Changes that "
        "CloudFormation or another service makes are not detected, because they repeat settings "
        "that do not change, nor are passwords that are changed with SQL, global clusters, and "
        "denied calls. Covers Amazon RDS, Aurora, DocumentDB and Neptune, deletion protection of "
        "DynamoDB, and passwords of Redshift."
    ),
    shows=(
        "requestParameters.dBInstanceIdentifier",
        "requestParameters.dBClusterIdentifier",
        "requestParameters.resourceArn",
    ),
    controls=Controls(mitre_attack=("T1098", "T1213.006", "T1685")),
    fires=(
        Example(
            "the master password of a database is changed",
            _modify(iam_user("mallory"), masterUserPassword="****"),
        ),
        Example(
            "IAM authentication of a database is disabled",
            _modify(identity_center_user("mallory"), enableIAMDatabaseAuthentication=False),
        ),
        Example(
            "deletion protection of a database is disabled",
            _modify(assumed_role_identity("Developer", "mallory"), deletionProtection=False),
        ),
        Example(
            "deletion protection of a cluster is disabled",
            api_call(
                "rds",
                "ModifyDBCluster",
                iam_user("mallory"),
                request={"dBClusterIdentifier": "shop", "deletionProtection": False},
            ),
        ),
        Example(
            "the master password of a data warehouse is changed",
            api_call(
                "redshift",
                "ModifyCluster",
                iam_user("mallory"),
                request={"clusterIdentifier": "shop", "masterUserPassword": "****"},
            ),
        ),
        Example(
            "deletion protection of a table is disabled",
            api_call(
                "dynamodb",
                "UpdateTable",
                iam_user("mallory"),
                request={"tableName": "shop", "deletionProtectionEnabled": False},
            ),
        ),
        Example(
            "the activity stream of a database is stopped",
            api_call(
                "rds",
                "StopActivityStream",
                iam_user("mallory"),
                request={
                    "resourceArn": f"arn:aws:rds:us-east-1:{ACCOUNT}:cluster:shop",
                    "applyImmediately": True,
                },
            ),
        ),
        Example(
            "a cluster can be read through the Data API",
            api_call(
                "rds",
                "EnableHttpEndpoint",
                iam_user("mallory"),
                request={"resourceArn": f"arn:aws:rds:us-east-1:{ACCOUNT}:cluster:shop"},
            ),
        ),
        Example(
            "a database gets a role with which it can write to a bucket",
            api_call(
                "rds",
                "AddRoleToDBInstance",
                iam_user("mallory"),
                request={
                    "dBInstanceIdentifier": "shop",
                    "roleArn": f"arn:aws:iam::{ACCOUNT}:role/Export",
                    "featureName": "s3Export",
                },
            ),
        ),
    ),
    silent=(
        Example(
            "deletion protection of a database is enabled",
            _modify(iam_user("alice"), deletionProtection=True),
        ),
        Example(
            "IAM authentication of a database is enabled",
            _modify(iam_user("alice"), enableIAMDatabaseAuthentication=True),
        ),
        Example(
            "the capacity of a table is changed",
            api_call(
                "dynamodb",
                "UpdateTable",
                assumed_role_identity("Deployer"),
                request={"tableName": "shop", "billingMode": "PAY_PER_REQUEST"},
            ),
        ),
        Example("storage is added to a database", _modify(iam_user("alice"), allocatedStorage=100)),
        Example(
            "CloudFormation changes a database without deletion protection",
            _modify(
                assumed_role_identity("Deployer", invoked_by="cloudformation.amazonaws.com"),
                deletionProtection=False,
                allocatedStorage=100,
            ),
        ),
        Example(
            "a call to change the master password is denied",
            _modify(iam_user("mallory"), masterUserPassword="****", error="AccessDenied"),
        ),
        Example(
            "a database without deletion protection is created",
            api_call(
                "rds",
                "CreateDBInstance",
                assumed_role_identity("Deployer"),
                request={"dBInstanceIdentifier": "shop", "deletionProtection": False},
            ),
        ),
    ),
)
