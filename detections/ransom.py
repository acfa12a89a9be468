"""Ransom: what an attacker changes before, or does when, data is encrypted or deleted."""

from typing import Any

from detections._conditions import CALLED_DIRECTLY, SUCCEEDED, calls
from trailbell import (
    ACCOUNT,
    OTHER_ACCOUNT,
    Controls,
    Detection,
    Event,
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

_CLOUDFORMATION = assumed_role_identity("Deployer", invoked_by="cloudformation.amazonaws.com")
_KEY = "arn:aws:kms:us-east-1:{}:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def _versioning(**configuration: str) -> dict[str, Any]:
    """The request parameters of PutBucketVersioning, as in public records."""
    return {
        "bucketName": "orders",
        "Host": "orders.s3.us-east-1.amazonaws.com",
        "versioning": "",
        "VersioningConfiguration": {
            "xmlns": "http://s3.amazonaws.com/doc/2006-03-01/",
            **configuration,
        },
    }


def _encryption(rule: dict[str, Any]) -> dict[str, Any]:
    return {
        "bucketName": "orders",
        "Host": "orders.s3.us-east-1.amazonaws.com",
        "encryption": "",
        "ServerSideEncryptionConfiguration": {
            "xmlns": "http://s3.amazonaws.com/doc/2006-03-01/",
            "Rule": rule,
        },
    }


def _default_key(key: str) -> dict[str, Any]:
    return {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    }


def _lifecycle(rule: Any) -> dict[str, Any]:
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


def _expiration(days: int) -> dict[str, Any]:
    return {
        "ID": "clean",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "Expiration": {"Days": days},
    }


_VERSIONING = "requestParameters.VersioningConfiguration"
_RULE = "requestParameters.LifecycleConfiguration.Rule"
_ENCRYPTION_RULE = "requestParameters.ServerSideEncryptionConfiguration.Rule"

# Unsure: PutBucketEncryption is spelled as in the API's XML, as CloudTrail does for all settings of
# buckets in public records. https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html
DATA_RANSOM_PREPARED = Detection(
    id="data-ransom-prepared",
    title="S3 versioning or MFA delete is off, objects expire soon, or a key comes from outside",
    packs=("impact",),
    severity=Severity.HIGH,
    pattern=all_of(
        any_of(
            all_of(
                field("eventSource").equals("s3.amazonaws.com"),
                any_of(
                    all_of(
                        field("eventName").equals("PutBucketVersioning"),
                        any_of(
                            field(f"{_VERSIONING}.Status").equals("Suspended"),
                            field(f"{_VERSIONING}.MfaDelete").equals("Disabled"),
                        ),
                    ),
                    all_of(
                        field("eventName").equals("PutBucketLifecycle"),
                        # CloudTrail records one rule of a bucket as an object, several as a list.
                        # An event pattern cannot require that the same rule is enabled.
                        any_of(
                            field(f"{_RULE}.Expiration.Days").at_most(7),
                            field(f"{_RULE}[0].Expiration.Days").at_most(7),
                            field(f"{_RULE}[1].Expiration.Days").at_most(7),
                        ),
                    ),
                    all_of(
                        field("eventName").equals("PutBucketEncryption"),
                        field(f"{_ENCRYPTION_RULE}.BlockedEncryptionTypes.EncryptionType").equals(
                            "NONE"
                        ),
                    ),
                ),
            ),
            calls(
                "kms",
                "ImportKeyMaterial",
                "CreateCustomKeyStore",
                "DisconnectCustomKeyStore",
                "DeleteCustomKeyStore",
            ),
        ),
        CALLED_DIRECTLY,
        SUCCEEDED,
    ),
    why=(
        "Without versions, an overwritten object is lost. A lifecycle rule deletes a whole bucket. "
        "The owner of a key from outside can make data unreadable."
    ),
    runbook=(
        "Identify bucketName and the new setting, or the key or key store, and ask the caller.",
        "If it was not planned: undo it today, since S3 applies lifecycle rules once a day.",
        "Disable the caller's credentials, and check whether objects were rewritten since.",
    ),
    false_positives=(
        "Deployments of buckets without versioning or with objects that live for a few days: "
        "exclude the role. Planned imports of key material, and external key stores. Calls by "
        "CloudFormation and denied calls are not detected, nor are expiration by date or of old "
        "versions, weaker Object Lock, and removed default encryption, which S3 replaces by its "
        "own. Of lifecycle rules, the first two count, also if disabled or for a few objects."
    ),
    controls=Controls(mitre_attack=("T1486", "T1485.001", "T1490")),
    shows=(
        "requestParameters.bucketName",
        "requestParameters.keyId",
        "requestParameters.customKeyStoreId",
    ),
    fires=(
        Example(
            "versioning of a bucket is suspended",
            api_call(
                "s3",
                "PutBucketVersioning",
                assumed_role_identity("Developer"),
                request=_versioning(Status="Suspended"),
            ),
        ),
        Example(
            "MFA delete of a bucket is disabled",
            api_call(
                "s3",
                "PutBucketVersioning",
                iam_user("mallory"),
                request=_versioning(Status="Enabled", MfaDelete="Disabled"),
            ),
        ),
        Example(
            "objects expire after one day",
            api_call(
                "s3", "PutBucketLifecycle", iam_user("mallory"), request=_lifecycle(_expiration(1))
            ),
        ),
        Example(
            "objects expire after a week, by one of several rules",
            api_call(
                "s3",
                "PutBucketLifecycle",
                iam_user("mallory"),
                request=_lifecycle([_expiration(400), _expiration(7)]),
            ),
        ),
        Example(
            "a bucket accepts keys of the caller (SSE-C) again",
            api_call(
                "s3",
                "PutBucketEncryption",
                identity_center_user("mallory"),
                request=_encryption(
                    {
                        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
                        "BlockedEncryptionTypes": {"EncryptionType": "NONE"},
                    }
                ),
            ),
        ),
        Example(
            "key material is imported",
            api_call(
                "kms",
                "ImportKeyMaterial",
                iam_user("mallory"),
                request={
                    "keyId": _KEY.format(ACCOUNT),
                    "expirationModel": "KEY_MATERIAL_EXPIRES",
                },
            ),
        ),
        Example(
            "an external key store is disconnected",
            api_call(
                "kms",
                "DisconnectCustomKeyStore",
                iam_user("mallory"),
                request={"customKeyStoreId": "cks-1234567890abcdef0"},
            ),
        ),
        Example(
            "objects expire after three days, by the first of several rules",
            api_call(
                "s3",
                "PutBucketLifecycle",
                iam_user("mallory"),
                request=_lifecycle([_expiration(3), _expiration(400)]),
            ),
        ),
        Example(
            "a key store outside AWS is created",
            api_call(
                "kms",
                "CreateCustomKeyStore",
                iam_user("mallory"),
                request={"customKeyStoreName": "mine", "customKeyStoreType": "EXTERNAL_KEY_STORE"},
            ),
        ),
        Example(
            "a key store is deleted",
            api_call(
                "kms",
                "DeleteCustomKeyStore",
                iam_user("mallory"),
                request={"customKeyStoreId": "cks-1234567890abcdef0"},
            ),
        ),
    ),
    silent=(
        Example(
            "versioning of a bucket is enabled",
            api_call(
                "s3",
                "PutBucketVersioning",
                assumed_role_identity("Developer"),
                request=_versioning(Status="Enabled"),
            ),
        ),
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
            "a bucket no longer accepts keys of the caller",
            api_call(
                "s3",
                "PutBucketEncryption",
                assumed_role_identity("Developer"),
                request=_encryption({"BlockedEncryptionTypes": {"EncryptionType": "SSE-C"}}),
            ),
        ),
        Example(
            "CloudFormation suspends versioning",
            api_call(
                "s3",
                "PutBucketVersioning",
                _CLOUDFORMATION,
                request=_versioning(Status="Suspended"),
            ),
        ),
        Example(
            "a call to suspend versioning is denied",
            api_call(
                "s3",
                "PutBucketVersioning",
                iam_user("mallory"),
                request=_versioning(Status="Suspended"),
                error="AccessDenied",
            ),
        ),
        Example(
            "a custom key store is connected",
            api_call(
                "kms",
                "ConnectCustomKeyStore",
                iam_user("alice"),
                request={"customKeyStoreId": "cks-1234567890abcdef0"},
            ),
        ),
    ),
)

_DATA_EVENT: dict[str, Any] = {"managementEvent": False, "eventCategory": "Data"}
_CUSTOMER_KEY = "x-amz-server-side-encryption-customer-algorithm"
_OBJECT_KEY = "x-amz-server-side-encryption-aws-kms-key-id"
_BUCKET_KEY = f"{_ENCRYPTION_RULE}.ApplyServerSideEncryptionByDefault.KMSMasterKeyID"


def _write(name: str, key: dict[str, str], **more: Any) -> Event:
    request = {"bucketName": "orders", "key": "1.json"} | key
    return api_call("s3", name, iam_user("mallory"), request=request, **_DATA_EVENT, **more)


# Unsure: no public record has the key of an object that is written. Parameters in headers are
# recorded with the names of the headers.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-understanding-s3-entries.html
DATA_ENCRYPTED_WITH_FOREIGN_KEY = Detection(
    id="data-encrypted-with-foreign-key",
    title="S3 data was encrypted with a key of the caller (SSE-C) or of another account",
    packs=("impact",),
    severity=Severity.HIGH,
    pattern=(
        '{ ($.eventSource = "s3.amazonaws.com") && ($.readOnly IS FALSE)'
        f' && (($.requestParameters.{_CUSTOMER_KEY} = "AES256")'
        f' || (($.requestParameters.{_OBJECT_KEY} = "arn:*")'
        f' && ($.requestParameters.{_OBJECT_KEY} != "*:${{OwnAccountId}}:*"))'
        f' || (($.{_BUCKET_KEY} = "arn:*") && ($.{_BUCKET_KEY} != "*:${{OwnAccountId}}:*")))'
        " && (($.errorCode NOT EXISTS) || ($.errorCode IS NULL)) }"
    ),
    why=(
        "The owner of the key decides who can read the data. Attackers rewrite all objects of a "
        "bucket this way, and demand a ransom for the key, which AWS does not have."
    ),
    runbook=(
        "Identify bucketName, the key and the caller; the first object may be a test.",
        "Disable the caller's credentials at once, and deny such keys by bucket policy.",
        "Restore older versions of the objects before a lifecycle rule deletes them.",
    ),
    false_positives=(
        "Keys of another account of the organization: add it to own_accounts. Applications that "
        "use SSE-C on purpose: exclude their roles. Written objects are seen only if a trail "
        "records data events of S3. Keys that are named by ID or alias, reads and denied calls are "
        "not detected."
    ),
    controls=Controls(mitre_attack=("T1486",)),
    alarm_only="an attacker rewrites thousands of objects, each of which would send a message",
    shows=(
        "requestParameters.bucketName",
        "requestParameters.key",
    ),
    fires=(
        Example(
            "an object is copied with a key of the caller",
            _write("CopyObject", {_CUSTOMER_KEY: "AES256"}),
        ),
        Example(
            "an object is uploaded with a key of the caller",
            _write("PutObject", {_CUSTOMER_KEY: "AES256"}),
        ),
        Example(
            "an object is uploaded with a KMS key of another account",
            _write("PutObject", {_OBJECT_KEY: _KEY.format(OTHER_ACCOUNT)}),
        ),
        Example(
            "a KMS key of another account becomes the default of a bucket",
            api_call(
                "s3",
                "PutBucketEncryption",
                iam_user("mallory"),
                request=_encryption(_default_key(_KEY.format(OTHER_ACCOUNT))),
            ),
        ),
    ),
    silent=(
        Example(
            "a KMS key of the own account becomes the default of a bucket",
            api_call(
                "s3",
                "PutBucketEncryption",
                assumed_role_identity("Developer"),
                request=_encryption(_default_key(_KEY.format(ACCOUNT))),
            ),
        ),
        Example(
            "a KMS key that is named by its alias becomes the default of a bucket",
            api_call(
                "s3",
                "PutBucketEncryption",
                assumed_role_identity("Developer"),
                request=_encryption(_default_key("alias/orders")),
            ),
        ),
        Example(
            "an object is uploaded with a KMS key of the own account",
            _write("PutObject", {_OBJECT_KEY: _KEY.format(ACCOUNT)}),
        ),
        Example(
            "an object is uploaded with a KMS key that is named by its ID",
            _write("PutObject", {_OBJECT_KEY: "1234abcd-12ab-34cd-56ef-1234567890ab"}),
        ),
        Example(
            "an object is uploaded with default encryption",
            _write("PutObject", {}),
        ),
        Example(
            "an object is read with a key of the caller",
            _write("GetObject", {_CUSTOMER_KEY: "AES256"}, read_only=True),
        ),
        Example(
            "a bucket does not accept the key of the caller",
            _write("PutObject", {_CUSTOMER_KEY: "AES256"}, error="AccessDenied"),
        ),
        Example(
            "an object is deleted",
            api_call(
                "s3",
                "DeleteObject",
                iam_user("mallory"),
                request={"bucketName": "orders", "key": "1.json"},
                **_DATA_EVENT,
            ),
        ),
    ),
)
