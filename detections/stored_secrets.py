"""Secrets in Secrets Manager and Parameter Store that users read."""

from detections._conditions import CALLED_DIRECTLY, IAM_OR_IDENTITY_CENTER_USER, SUCCEEDED, calls
from trailbell import (
    Controls,
    Detection,
    Example,
    Severity,
    Timing,
    all_of,
    any_of,
    api_call,
    assumed_role_identity,
    field,
    iam_user,
    identity_center_user,
)

_DATABASE_LOGIN_ARN = "arn:aws:secretsmanager:us-east-1:111122223333:secret:shop/database-AbCdEf"

SECRETS_READ_IN_BULK = Detection(
    id="secrets-read-in-bulk",
    title="Users read many secrets in a short time",
    packs=("exposure",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            calls("secretsmanager", "GetSecretValue", "BatchGetSecretValue"),
            all_of(
                calls("ssm", "GetParameter", "GetParameters", "GetParametersByPath"),
                field("requestParameters.withDecryption").is_true(),
            ),
        ),
        IAM_OR_IDENTITY_CENTER_USER,
        CALLED_DIRECTLY,
        SUCCEEDED,
    ),
    why=(
        "Workloads read their secrets with their own roles. A user who reads many secrets in a row "
        "may be exfiltrating them."
    ),
    runbook=(
        "Ask the user; a migration of secrets or a script is the harmless reason.",
        "If it was not the user: disable their credentials, and revoke active sessions.",
        "Rotate every secret that was read, those with the most access first.",
    ),
    false_positives=(
        "Infrastructure as code on a user's own machine, which reads every secret it manages. "
        "Exclude the permission set, raise the threshold, or use a pipeline. Calls of all users "
        "are counted together; a call that reads many secrets counts once here, and triggers "
        "secrets-read-in-batch. Denied calls are not detected."
    ),
    controls=Controls(mitre_attack=("T1555.006",)),
    timing=Timing(
        threshold=10,
        reason=(
            "Reading a few secrets is daily work. Ten calls within five minutes suggest that a "
            "list is being read."
        ),
    ),
    fires=(
        Example(
            "an IAM user reads a secret",
            api_call(
                "secretsmanager",
                "GetSecretValue",
                iam_user("mallory"),
                request={"secretId": _DATABASE_LOGIN_ARN},
                read_only=True,
            ),
        ),
        Example(
            "an IAM Identity Center user reads decrypted parameters",
            api_call(
                "ssm",
                "GetParameters",
                identity_center_user("mallory"),
                request={"names": ["/shop/a", "/shop/b"], "withDecryption": True},
                read_only=True,
            ),
        ),
        Example(
            "an IAM user reads all decrypted parameters below a path",
            api_call(
                "ssm",
                "GetParametersByPath",
                iam_user("mallory"),
                request={"path": "/shop", "recursive": True, "withDecryption": True},
                read_only=True,
            ),
        ),
    ),
    silent=(
        Example(
            "an application reads its secret",
            api_call(
                "secretsmanager",
                "GetSecretValue",
                assumed_role_identity("PaymentService", "i-0123456789abcdef0"),
                request={"secretId": _DATABASE_LOGIN_ARN},
                read_only=True,
            ),
        ),
        Example(
            "a user reads a parameter without decryption",
            api_call(
                "ssm",
                "GetParameter",
                iam_user("alice"),
                request={"name": "/shop/color"},
                read_only=True,
            ),
        ),
        Example(
            "an AWS service reads a secret on behalf of a user",
            api_call(
                "secretsmanager",
                "GetSecretValue",
                iam_user("alice", invoked_by="rds.amazonaws.com"),
                request={"secretId": _DATABASE_LOGIN_ARN},
                read_only=True,
            ),
        ),
        Example(
            "a call to read a secret is denied",
            api_call(
                "secretsmanager",
                "GetSecretValue",
                iam_user("mallory"),
                request={"secretId": _DATABASE_LOGIN_ARN},
                error="AccessDenied",
                read_only=True,
            ),
        ),
        Example(
            "secrets are listed",
            api_call("secretsmanager", "ListSecrets", iam_user("alice"), read_only=True),
        ),
    ),
)

# The maximum of one call. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
_TENTH_NAME = "requestParameters.names[9]"

SECRETS_READ_IN_BATCH = Detection(
    id="secrets-read-in-batch",
    title="Many secrets were read with one call",
    packs=("data",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            calls("secretsmanager", "BatchGetSecretValue"),
            all_of(
                field("eventSource").equals("ssm.amazonaws.com"),
                # Only GetParameters has names. Below the root are all parameters.
                any_of(
                    field(_TENTH_NAME).present(),
                    all_of(
                        field("eventName").equals("GetParametersByPath"),
                        field("requestParameters.path").equals("/"),
                    ),
                ),
                field("requestParameters.withDecryption").is_true(),
                IAM_OR_IDENTITY_CENTER_USER,
            ),
        ),
        CALLED_DIRECTLY,
        SUCCEEDED,
    ),
    why=(
        "Workloads know which secret they need. A caller who takes all that match a filter, or as "
        "many parameters as one call allows, may be exfiltrating them."
    ),
    runbook=(
        "Identify the caller and what it read (filters, secretIdList, names).",
        "If it was not planned: disable the caller's credentials, and revoke its sessions.",
        "Rotate every secret that was read, those with the most access first.",
    ),
    false_positives=(
        "Workloads and tools that synchronize secrets with BatchGetSecretValue, and users' own "
        "tools that read ten parameters at once. Exclude their roles. Parameters that workloads "
        "read, or users below a path other than the root, are not detected here, nor are denied "
        "calls."
    ),
    controls=Controls(mitre_attack=("T1555.006",)),
    alarm_only=(
        "an event pattern cannot count the parameters of a call, so that it would match every call "
        "that reads some"
    ),
    fires=(
        Example(
            "a role reads all secrets that match a filter",
            api_call(
                "secretsmanager",
                "BatchGetSecretValue",
                assumed_role_identity("WebServer", "i-0123456789abcdef0"),
                request={"filters": [{"key": "name", "values": ["shop"]}]},
                read_only=True,
            ),
        ),
        Example(
            "an IAM user reads a list of secrets",
            api_call(
                "secretsmanager",
                "BatchGetSecretValue",
                iam_user("mallory"),
                request={"secretIdList": ["shop/database", "shop/payment"]},
                read_only=True,
            ),
        ),
        Example(
            "a user reads ten decrypted parameters with one call",
            api_call(
                "ssm",
                "GetParameters",
                identity_center_user("mallory"),
                request={
                    "names": [f"/shop/{number}" for number in range(10)],
                    "withDecryption": True,
                },
                read_only=True,
            ),
        ),
        Example(
            "a user reads all decrypted parameters of the account",
            api_call(
                "ssm",
                "GetParametersByPath",
                iam_user("mallory"),
                request={"path": "/", "recursive": True, "withDecryption": True},
                read_only=True,
            ),
        ),
    ),
    silent=(
        Example(
            "a user reads all decrypted parameters below a path",
            api_call(
                "ssm",
                "GetParametersByPath",
                iam_user("alice"),
                request={"path": "/shop", "recursive": True, "withDecryption": True},
                read_only=True,
            ),
        ),
        Example(
            "a user reads nine decrypted parameters with one call",
            api_call(
                "ssm",
                "GetParameters",
                iam_user("alice"),
                request={
                    "names": [f"/shop/{number}" for number in range(9)],
                    "withDecryption": True,
                },
                read_only=True,
            ),
        ),
        Example(
            "an application reads ten decrypted parameters when it starts",
            api_call(
                "ssm",
                "GetParameters",
                assumed_role_identity("PaymentService", "i-0123456789abcdef0"),
                request={
                    "names": [f"/shop/{number}" for number in range(10)],
                    "withDecryption": True,
                },
                read_only=True,
            ),
        ),
        Example(
            "a user reads ten parameters without decryption",
            api_call(
                "ssm",
                "GetParameters",
                iam_user("alice"),
                request={"names": [f"/shop/{number}" for number in range(10)]},
                read_only=True,
            ),
        ),
        Example(
            "an application reads its secret",
            api_call(
                "secretsmanager",
                "GetSecretValue",
                assumed_role_identity("PaymentService", "i-0123456789abcdef0"),
                request={"secretId": _DATABASE_LOGIN_ARN},
                read_only=True,
            ),
        ),
        Example(
            "an AWS service reads several secrets on behalf of a user",
            api_call(
                "secretsmanager",
                "BatchGetSecretValue",
                iam_user("alice", invoked_by="cloudformation.amazonaws.com"),
                request={"secretIdList": ["shop/database", "shop/payment"]},
                read_only=True,
            ),
        ),
        Example(
            "a call to read several secrets is denied",
            api_call(
                "secretsmanager",
                "BatchGetSecretValue",
                iam_user("mallory"),
                request={"filters": [{"key": "name", "values": ["shop"]}]},
                error="AccessDenied",
                read_only=True,
            ),
        ),
    ),
)
