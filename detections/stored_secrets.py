"""Secrets, read by people."""

from detections._conditions import DIRECT, PERSON, SUCCEEDED, calls
from trailbell.catalog.detection import Controls, Detection, Example, Pack, Severity, Timing
from trailbell.pattern import all_of, any_of, field
from trailbell.samples import api_call, iam_user, role, sso_person

_STORED = "arn:aws:secretsmanager:us-east-1:111122223333:secret:shop/database-AbCdEf"

SECRETS_READ_IN_BULK = Detection(
    id="secrets-read-in-bulk",
    title="People read many secrets within minutes",
    packs=(Pack.EXPOSURE,),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            calls("secretsmanager", "GetSecretValue", "BatchGetSecretValue"),
            all_of(
                calls("ssm", "GetParameter", "GetParameters", "GetParametersByPath"),
                field("requestParameters.withDecryption").is_true(),
            ),
        ),
        PERSON,
        DIRECT,
        SUCCEEDED,
    ),
    why=(
        "Programs read their secrets all day, with roles of their own. A person who reads one "
        "after the other is emptying the safe."
    ),
    respond=(
        "Ask the person; a move of secrets or a script of theirs is the harmless reason.",
        "If it was not them: disable their credentials, and end the sessions.",
        "Renew every secret that was read, the widest first.",
    ),
    false_alarms=(
        "Infrastructure as code that people run from their own machine reads every secret it "
        "manages. Exclude their permission set, raise the threshold, or let a pipeline run it. "
        "Counts calls, of all people together; one that reads many secrets at once counts once."
    ),
    controls=Controls(attack=("T1555.006",)),
    timing=Timing(
        threshold=10,
        why=(
            "Reading one secret, or a few, is work; ten within five minutes are a list that is "
            "gone through."
        ),
    ),
    fires=(
        Example(
            "an IAM user reads a secret",
            api_call(
                "secretsmanager",
                "GetSecretValue",
                iam_user("mallory"),
                request={"secretId": _STORED},
                read_only=True,
            ),
        ),
        Example(
            "somebody from IAM Identity Center reads parameters in the clear",
            api_call(
                "ssm",
                "GetParameters",
                sso_person("mallory"),
                request={"names": ["/shop/a", "/shop/b"], "withDecryption": True},
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
                role("PaymentService", "i-0123456789abcdef0"),
                request={"secretId": _STORED},
                read_only=True,
            ),
        ),
        Example(
            "a person reads a parameter that is no secret",
            api_call(
                "ssm",
                "GetParameter",
                iam_user("alice"),
                request={"name": "/shop/colour"},
                read_only=True,
            ),
        ),
        Example(
            "a service reads a secret for a person",
            api_call(
                "secretsmanager",
                "GetSecretValue",
                iam_user("alice", invoked_by="rds.amazonaws.com"),
                request={"secretId": _STORED},
                read_only=True,
            ),
        ),
        Example(
            "secrets are listed",
            api_call("secretsmanager", "ListSecrets", iam_user("alice"), read_only=True),
        ),
    ),
)
