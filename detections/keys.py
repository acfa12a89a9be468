"""Keys of KMS: taken away, or used by people to read what they protect."""

from trailbell.catalog.detection import Controls, Detection, Example, Pack, Severity
from trailbell.samples import api_call, iam_user, role, service_event, sso_person

_KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

KMS_KEY_DESTROYED = Detection(
    id="kms-key-destroyed",
    title="A KMS key was disabled, scheduled for deletion, or put under other rules",
    packs=(Pack.ESSENTIALS, Pack.TAMPER),
    severity=Severity.HIGH,
    pattern=(
        "{ ($.eventSource = kms.amazonaws.com)"
        " && (($.eventName = DisableKey) || ($.eventName = ScheduleKeyDeletion)"
        " || ($.eventName = DeleteImportedKeyMaterial) || ($.eventName = DeleteAlias)"
        " || ($.eventName = UpdateAlias) || ($.eventName = PutKeyPolicy)"
        " || ($.eventName = DisableKeyRotation)) }"
    ),
    why=(
        "Whatever a key encrypts is lost with it, for ever once its waiting period is over. A key "
        "policy or an alias that is changed locks the owner out and holds data to ransom."
    ),
    respond=(
        "Cancel a deletion at once (kms:CancelKeyDeletion), and enable the key again.",
        "Find out who called, and whether the key policy or an alias was changed as well.",
        "List what the key encrypts before you let anything of it go.",
    ),
    false_alarms=(
        "Deployments that write a key policy each time, and aliases moved on purpose. Exclude the "
        "roles that deploy; deletions by hand still ring."
    ),
    controls=Controls(cis=7, attack=("T1485", "T1486")),
    original="illegal use of a KMS key",
    changed=(
        "The original watched DisableKey and DeleteAlias, and missed the deletion itself "
        "(ScheduleKeyDeletion), the deletion of imported key material, a new key policy, an alias "
        "that is moved to another key, and rotation that is switched off."
    ),
    fires=(
        Example(
            "a key's deletion is scheduled",
            api_call(
                "kms",
                "ScheduleKeyDeletion",
                role("Deployer"),
                request={"keyId": _KEY, "pendingWindowInDays": 7},
                response={"keyId": _KEY, "keyState": "PendingDeletion"},
            ),
        ),
        Example(
            "a key is disabled",
            api_call("kms", "DisableKey", iam_user("alice"), request={"keyId": _KEY}),
        ),
        Example(
            "a key policy is replaced, which was refused",
            api_call(
                "kms",
                "PutKeyPolicy",
                iam_user("mallory"),
                request={"keyId": _KEY, "policyName": "default"},
                error="AccessDenied",
            ),
        ),
    ),
    silent=(
        Example(
            "a deletion is cancelled",
            api_call("kms", "CancelKeyDeletion", role("Deployer"), request={"keyId": _KEY}),
        ),
        Example(
            "an alias of another service is deleted",
            api_call("lambda", "DeleteAlias20150331", role("Deployer")),
        ),
        Example(
            "KMS reports that it rotated a key", service_event("kms", "RotateKey", role("KMS"))
        ),
    ),
)

KMS_DECRYPT_BY_PEOPLE = Detection(
    id="kms-decrypt-by-people",
    title="A person decrypted something with a KMS key",
    packs=(Pack.ESSENTIALS,),
    severity=Severity.LOW,
    pattern=(
        '{ ($.eventSource = "kms.amazonaws.com") && ($.eventName = "Decrypt")'
        " && ($.userIdentity.invokedBy NOT EXISTS)"
        ' && (($.userIdentity.type = "IAMUser")'
        ' || ($.userIdentity.sessionContext.sessionIssuer.userName = "AWSReservedSSO_*")) }'
    ),
    why=(
        "Services decrypt all day for the people who use them. A person who calls Decrypt "
        "directly holds ciphertext taken from somewhere and wants what is in it."
    ),
    respond=(
        "Ask the person: the event names them, the key and the address they called from.",
        "Find out where the ciphertext came from; the encryption context often says.",
        "If it was not them: disable their credentials, and see what else they read.",
    ),
    false_alarms=(
        "People who work with SOPS or client-side encryption decrypt on purpose, and programs "
        "with an IAM user's key. Exclude them by role name or ARN; applications with roles of "
        "their own never ring, nor do people who come with other roles. Attempts that are refused "
        "ring."
    ),
    controls=Controls(attack=("T1530",)),
    original="KMS decrypt by users",
    changed=(
        "The original asked for an identity type 'AssumeRole', which does not exist, and all that "
        "it rang for were services decrypting on behalf of users. Here: direct calls, by IAM users "
        "and by people who come through IAM Identity Center."
    ),
    fires=(
        Example(
            "an IAM user decrypts by the command line",
            api_call(
                "kms",
                "Decrypt",
                iam_user("alice"),
                request={"encryptionAlgorithm": "SYMMETRIC_DEFAULT", "keyId": _KEY},
                read_only=True,
            ),
        ),
        Example(
            "somebody from IAM Identity Center decrypts by the command line",
            api_call(
                "kms",
                "Decrypt",
                sso_person("alice"),
                request={"encryptionAlgorithm": "SYMMETRIC_DEFAULT"},
                read_only=True,
            ),
        ),
    ),
    silent=(
        Example(
            "Secrets Manager decrypts for an IAM user",
            api_call(
                "kms",
                "Decrypt",
                iam_user("alice", mfa=False, invoked_by="secretsmanager.amazonaws.com"),
                read_only=True,
            ),
        ),
        Example(
            "an application decrypts with its role",
            api_call("kms", "Decrypt", role("PaymentService", "i-0123456789abcdef0")),
        ),
        Example(
            "an IAM user encrypts",
            api_call("kms", "Encrypt", iam_user("alice"), read_only=True),
        ),
    ),
)
