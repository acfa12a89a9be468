"""KMS keys: disabled, deleted, changed, or used directly to decrypt."""

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

KMS_KEY_DESTROYED = Detection(
    id="kms-key-destroyed",
    title=(
        "A KMS key was disabled or scheduled for deletion, or its key policy or alias was changed"
    ),
    packs=("essentials", "tamper"),
    severity=Severity.HIGH,
    pattern=(
        "{ ($.eventSource = kms.amazonaws.com)"
        " && (($.eventName = DisableKey) || ($.eventName = ScheduleKeyDeletion)"
        " || ($.eventName = DeleteImportedKeyMaterial) || ($.eventName = DeleteAlias)"
        " || ($.eventName = UpdateAlias) || ($.eventName = PutKeyPolicy)"
        " || ($.eventName = DisableKeyRotation)) }"
    ),
    why=(
        "Data encrypted with a key is lost permanently once the key is deleted. A changed key "
        "policy or alias can lock out the owner (ransom)."
    ),
    runbook=(
        "Cancel a scheduled deletion at once (kms:CancelKeyDeletion), and enable the key again.",
        "Identify the caller, and check whether the key policy or an alias was also changed.",
        "Identify the data that the key encrypts before you let any key be deleted.",
    ),
    false_positives=(
        "Deployments that write a key policy each time, and planned alias changes. Exclude the "
        "deployment role; deletions by other callers are still detected. Denied calls are also "
        "detected."
    ),
    controls=Controls(cis_control=7, mitre_attack=("T1485", "T1486")),
    original="illegal use of a KMS key",
    changes_from_original=(
        "The original covered DisableKey and DeleteAlias only. It missed scheduled deletion "
        "(ScheduleKeyDeletion), deletion of imported key material, a new key policy, an alias that "
        "is moved to another key, and disabled rotation."
    ),
    fires=(
        Example(
            "the deletion of a key is scheduled",
            api_call(
                "kms",
                "ScheduleKeyDeletion",
                assumed_role_identity("Deployer"),
                request={"keyId": _KEY_ARN, "pendingWindowInDays": 7},
                response={"keyId": _KEY_ARN, "keyState": "PendingDeletion"},
            ),
        ),
        Example(
            "a key is disabled",
            api_call("kms", "DisableKey", iam_user("alice"), request={"keyId": _KEY_ARN}),
        ),
        Example(
            "a call to replace a key policy is denied",
            api_call(
                "kms",
                "PutKeyPolicy",
                iam_user("mallory"),
                request={"keyId": _KEY_ARN, "policyName": "default"},
                error="AccessDenied",
            ),
        ),
    ),
    silent=(
        Example(
            "the deletion of a key is canceled",
            api_call(
                "kms",
                "CancelKeyDeletion",
                assumed_role_identity("Deployer"),
                request={"keyId": _KEY_ARN},
            ),
        ),
        Example(
            "an alias of a Lambda function is deleted",
            api_call("lambda", "DeleteAlias20150331", assumed_role_identity("Deployer")),
        ),
        Example(
            "KMS reports that it rotated a key",
            service_event("kms", "RotateKey", assumed_role_identity("KMS")),
        ),
        Example(
            "a key is enabled",
            api_call(
                "kms", "EnableKey", assumed_role_identity("Deployer"), request={"keyId": _KEY_ARN}
            ),
        ),
        Example(
            "the description of a key is updated",
            api_call(
                "kms",
                "UpdateKeyDescription",
                assumed_role_identity("Deployer"),
                request={"keyId": _KEY_ARN},
            ),
        ),
    ),
)

KMS_DECRYPT_BY_PEOPLE = Detection(
    id="kms-decrypt-by-people",
    title="A user called kms:Decrypt directly",
    packs=("essentials",),
    severity=Severity.LOW,
    pattern=(
        '{ ($.eventSource = "kms.amazonaws.com") && ($.eventName = "Decrypt")'
        " && ($.userIdentity.invokedBy NOT EXISTS)"
        ' && (($.userIdentity.type = "IAMUser")'
        ' || ($.userIdentity.sessionContext.sessionIssuer.userName = "AWSReservedSSO_*")) }'
    ),
    why=(
        "AWS services decrypt on behalf of users. A user who calls Decrypt directly is decrypting "
        "ciphertext obtained elsewhere."
    ),
    runbook=(
        "Ask the user about the call: the event has the user, the key and the source IP address.",
        "Identify the source of the ciphertext; the encryption context often names it.",
        "If it was not the user: disable their credentials, and review what else they read.",
    ),
    false_positives=(
        "Users who work with SOPS or client-side encryption, and programs with an IAM user's key. "
        "Exclude them by role name or ARN. Calls by other roles, such as those of applications, "
        "are not detected. Denied calls are also detected."
    ),
    controls=Controls(mitre_attack=("T1530",)),
    original="KMS decrypt by users",
    changes_from_original=(
        "The original required an identity type 'AssumeRole', which does not exist, so it "
        "triggered only for services that decrypt on behalf of users. Here: direct calls by IAM "
        "users and by users of IAM Identity Center."
    ),
    fires=(
        Example(
            "an IAM user decrypts with the AWS CLI",
            api_call(
                "kms",
                "Decrypt",
                iam_user("alice"),
                request={"encryptionAlgorithm": "SYMMETRIC_DEFAULT", "keyId": _KEY_ARN},
                read_only=True,
            ),
        ),
        Example(
            "an IAM Identity Center user decrypts with the AWS CLI",
            api_call(
                "kms",
                "Decrypt",
                identity_center_user("alice"),
                request={"encryptionAlgorithm": "SYMMETRIC_DEFAULT"},
                read_only=True,
            ),
        ),
        Example(
            "a call of an IAM user to decrypt is denied",
            api_call(
                "kms", "Decrypt", iam_user("mallory"), read_only=True, error="AccessDeniedException"
            ),
        ),
    ),
    silent=(
        Example(
            "Secrets Manager decrypts on behalf of an IAM user",
            api_call(
                "kms",
                "Decrypt",
                iam_user("alice", mfa=False, invoked_by="secretsmanager.amazonaws.com"),
                read_only=True,
            ),
        ),
        Example(
            "an application decrypts with its role",
            api_call(
                "kms", "Decrypt", assumed_role_identity("PaymentService", "i-0123456789abcdef0")
            ),
        ),
        Example(
            "an IAM user encrypts",
            api_call("kms", "Encrypt", iam_user("alice"), read_only=True),
        ),
        Example(
            "an IAM user creates a data key",
            api_call("kms", "GenerateDataKey", iam_user("alice"), read_only=True),
        ),
        Example(
            "EC2 decrypts the key of an encrypted volume with its own role",
            api_call(
                "kms",
                "Decrypt",
                assumed_role_identity("aws:ec2-infrastructure", "i-0123456789abcdef0"),
                read_only=True,
            ),
        ),
    ),
)
