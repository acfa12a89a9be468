"""Who can read, change and delete the evidence, and what the trail records, with each parameter."""

import json
from functools import cache
from typing import Any

import pytest

from tests import PROJECT
from tests.stacks.combinations import combinations_of, resolve
from trailbell.template.policy_evaluation import PolicyRequest, list_statements, refusal


@cache
def _document(stack: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((PROJECT / "dist" / f"{stack}.json").read_bytes())
    return document


def _properties(stack: str, logical_id: str, **values: str) -> dict[str, Any]:
    """The properties of a resource with these values of parameters."""
    resource: dict[str, Any] = resolve(_document(stack), values)["Resources"][logical_id]
    return {**resource["Properties"], "DeletionPolicy": resource.get("DeletionPolicy")}


def _some(properties: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: properties[name] for name in names if name in properties}


# ------------------------------------------------------------------------------ recorded events

_SELECTORS = ("EventSelectors", "AdvancedEventSelectors", "InsightSelectors")
_BASIC = {"EventSelectors": [{"IncludeManagementEvents": True, "ReadWriteType": "All"}]}
_MANAGEMENT = {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}


def _data(resource_type: str, *fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "FieldSelectors": [
            {"Field": "eventCategory", "Equals": ["Data"]},
            {"Field": "resources.type", "Equals": [resource_type]},
            *fields,
        ]
    }


def _arns(*prefixes: str) -> dict[str, Any]:
    return {"Field": "resources.ARN", "StartsWith": [*prefixes]}


def _deletions(prefix: str) -> dict[str, Any]:
    names = {
        "Field": "eventName",
        "Equals": ["DeleteObject", "DeleteObjects", "PutObjectRetention"],
    }
    return _data("AWS::S3::Object", names, _arns(prefix))


_ACCESS_LOGS = "arn:aws:test:us-east-1:111122223333:ServerAccessLogs/Arn/"
_OWN_BUCKET = "arn:aws:test:us-east-1:111122223333:LogBucket/Arn/"
_FUNCTIONS = "arn:aws:lambda:eu-west-1:111122223333:function:pay-"
_ORGANIZATION = {
    "OrganizationId": "o-a1b2c3d4e5",
    "ArchiveBucketName": "archive",
    "ArchiveKeyArn": "none",
}


@pytest.mark.parametrize(
    ("stack", "values", "selectors"),
    [
        pytest.param("trail", {}, _BASIC, id="management events, by default"),
        pytest.param("security-alerts", {}, _BASIC, id="the same with alarms"),
        pytest.param("organization-trail", _ORGANIZATION, _BASIC, id="the same in an organization"),
        *(
            pytest.param(
                stack,
                {"LogFileDeletionEvents": "true"},
                {"AdvancedEventSelectors": [_MANAGEMENT, _deletions(_OWN_BUCKET)]},
                id=f"the deletion of log files in {stack}",
            )
            for stack in ("trail", "security-alerts")
        ),
        pytest.param(
            "organization-trail",
            _ORGANIZATION | {"LogFileDeletionEvents": "true"},
            {"AdvancedEventSelectors": [_MANAGEMENT, _deletions("arn:aws:s3:::archive/")]},
            id="the deletion of log files in another account",
        ),
        pytest.param(
            "trail",
            {"S3DataEvents": "all"},
            {"AdvancedEventSelectors": [_MANAGEMENT, _data("AWS::S3::Object")]},
            id="all objects",
        ),
        pytest.param(
            "trail",
            {"S3DataEvents": "all-but-logs", "AccessLogBucket": "create"},
            {
                "AdvancedEventSelectors": [
                    _MANAGEMENT,
                    _data(
                        "AWS::S3::Object",
                        {"Field": "resources.ARN", "NotStartsWith": [_OWN_BUCKET, _ACCESS_LOGS]},
                    ),
                ]
            },
            id="all objects but log files and access logs",
        ),
        pytest.param(
            "trail",
            {
                "LogFileDeletionEvents": "true",
                "S3DataEvents": "arn:aws:s3:::invoices/,arn:aws:s3:::pay",
                "LambdaDataEvents": _FUNCTIONS,
                "DynamoDBDataEvents": "all",
            },
            {
                "AdvancedEventSelectors": [
                    _MANAGEMENT,
                    _deletions(_OWN_BUCKET),
                    _data("AWS::S3::Object", _arns("arn:aws:s3:::invoices/", "arn:aws:s3:::pay")),
                    _data("AWS::Lambda::Function", _arns(_FUNCTIONS)),
                    _data("AWS::DynamoDB::Table"),
                ]
            },
            id="data events of each service",
        ),
        pytest.param(
            "trail",
            {"Insights": "ApiErrorRateInsight"},
            _BASIC | {"InsightSelectors": [{"InsightType": "ApiErrorRateInsight"}]},
            id="one type of Insights events",
        ),
        pytest.param(
            "trail",
            {"Insights": "both"},
            _BASIC
            | {
                "InsightSelectors": [
                    {"InsightType": "ApiCallRateInsight"},
                    {"InsightType": "ApiErrorRateInsight"},
                ]
            },
            id="both types of Insights events",
        ),
    ],
)
def test_what_the_trail_records(
    stack: str, values: dict[str, str], selectors: dict[str, Any]
) -> None:
    assert _some(_properties(stack, "Trail", **values), *_SELECTORS) == selectors


@pytest.mark.parametrize("stack", ["trail", "security-alerts", "organization-trail"])
def test_management_events_are_recorded_by_one_kind_of_selectors(stack: str) -> None:
    for values in combinations_of(_document(stack), strength=2, most=300):
        found = _some(_properties(stack, "Trail", **values), *_SELECTORS[:2])
        advanced = found.get("AdvancedEventSelectors", [None])[0]
        assert found == _BASIC or (list(found), advanced) == ([_SELECTORS[1]], _MANAGEMENT)


# ------------------------------------------------------------------------------ bucket, log group

_TRAIL_STACKS = ("trail", "security-alerts", "log-archive")
_REQUIRED = {"log-archive": {"OrganizationId": "o-a1b2c3d4e5", "ManagementAccountId": "1" * 12}}


@pytest.mark.parametrize("stack", _TRAIL_STACKS)
@pytest.mark.parametrize(
    ("value", "lock"),
    [
        pytest.param("none", {}, id="no Object Lock"),
        pytest.param(
            "COMPLIANCE:365",
            {
                "ObjectLockEnabled": True,
                "ObjectLockConfiguration": {
                    "ObjectLockEnabled": "Enabled",
                    "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": "365"}},
                },
            },
            id="Object Lock for a year",
        ),
    ],
)
def test_object_lock(stack: str, value: str, lock: dict[str, Any]) -> None:
    bucket = _properties(stack, "LogBucket", **_REQUIRED.get(stack, {}), ObjectLock=value)
    assert _some(bucket, "ObjectLockEnabled", "ObjectLockConfiguration") == lock


@pytest.mark.parametrize(
    ("value", "transitions"),
    [
        pytest.param("none", {}, id="no archive"),
        pytest.param(
            "DEEP_ARCHIVE:90",
            {"Transitions": [{"StorageClass": "DEEP_ARCHIVE", "TransitionInDays": "90"}]},
            id="an archive after 90 days",
        ),
    ],
)
def test_the_archive(value: str, transitions: dict[str, Any]) -> None:
    (rule,) = _properties("trail", "LogBucket", Archive=value)["LifecycleConfiguration"]["Rules"]
    assert rule == {
        "Id": "expire-log-files",
        "Status": "Enabled",
        "ExpirationInDays": "2555",
        "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        **transitions,
    }


@pytest.mark.parametrize(
    ("value", "destination", "made"),
    [
        pytest.param("", None, set(), id="no access logs"),
        pytest.param("mine", "mine", set(), id="in an existing bucket"),
        pytest.param(
            "create",
            "arn:aws:test:us-east-1:111122223333:ServerAccessLogs",
            {"ServerAccessLogs", "ServerAccessLogsPolicy"},
            id="in a new bucket",
        ),
    ],
)
def test_access_logs(value: str, destination: str | None, made: set[str]) -> None:
    resources = resolve(_document("trail"), {"AccessLogBucket": value})["Resources"]
    logging = resources["LogBucket"]["Properties"].get("LoggingConfiguration", {})
    assert logging.get("DestinationBucketName") == destination
    assert {name for name in resources if name.startswith("ServerAccess")} == made


def test_the_bucket_for_access_logs_is_as_private_as_the_log_bucket() -> None:
    logs = _properties("trail", "ServerAccessLogs", AccessLogBucket="create")
    names = (
        *("PublicAccessBlockConfiguration", "BucketEncryption", "OwnershipControls"),
        *("VersioningConfiguration", "DeletionPolicy"),
    )
    assert _some(logs, *names) == _some(_properties("trail", "LogBucket"), *names)
    assert "LoggingConfiguration" not in logs


@pytest.mark.parametrize("stack", ["trail", "security-alerts"])
def test_the_log_group_is_protected_and_indexed(stack: str) -> None:
    assert _properties(stack, "LogGroup", EncryptionKey="none") == {
        "DeletionProtectionEnabled": True,
        "FieldIndexPolicies": [
            {
                "Fields": [
                    *("errorCode", "eventName", "eventSource", "sourceIPAddress"),
                    *("userIdentity.accessKeyId", "userIdentity.arn"),
                ]
            }
        ],
        "RetentionInDays": "365",
        "DeletionPolicy": "Retain",
    }


# ------------------------------------------------------------------------------ access

_BUCKET = "arn:aws:test:us-east-1:111122223333:LogBucket/Arn"
_LOG_FILE = f"{_BUCKET}/AWSLogs/111122223333/CloudTrail/x.json.gz"
_TLS = {"aws:securetransport": "true", "s3:tlsversion": "1.2"}
_BREAK_GLASS = "arn:aws:iam::111122223333:role/BreakGlass"
_ADMIN = "arn:aws:iam::111122223333:role/Admin"
_READER = "arn:aws:iam::123456789012:root"
"""The account: policies name it, and allow or deny all its principals."""
_STRANGER = "arn:aws:iam::999988887777:role/Stranger"
_OPTIONS = {
    "OrganizationId": "o-a1b2c3d4e5",
    "DeletionRole": "BreakGlass",
    "ReaderAccounts": "123456789012",
}
_NOT_DENIED = "no statement allows it"
_OUTSIDE = 'statement "DenyOutsideOrganization" denies it'


def _person(arn: str, organization: str) -> dict[str, str]:
    context = {"aws:principalarn": arn, "aws:principalaccount": arn.split(":")[4]}
    organizations = {"aws:principalorgid": organization}
    return _TLS | context | organizations | {"aws:principalisawsservice": "false"}


_CLOUDTRAIL = _TLS | {
    "s3:x-amz-acl": "bucket-owner-full-control",
    "aws:sourcearn": (
        "arn:aws:cloudtrail:us-east-1:111122223333:trail/security-alerts-trail-us-east-1"
    ),
}


@pytest.mark.parametrize(
    ("principal", "action", "context", "reason"),
    [
        pytest.param(
            f"AWS:{_STRANGER}",
            "s3:GetObject",
            _person(_STRANGER, "o-x1y2z3a4b5"),
            _OUTSIDE,
            id="a principal of another organization does not read",
        ),
        pytest.param(
            f"AWS:{_ADMIN}",
            "s3:DeleteObjectVersion",
            _person(_ADMIN, "o-a1b2c3d4e5"),
            'statement "DenyDeletions" denies it',
            id="an administrator does not delete versions",
        ),
        pytest.param(
            f"AWS:{_ADMIN}",
            "s3:BypassGovernanceRetention",
            _person(_ADMIN, "o-a1b2c3d4e5"),
            'statement "DenyDeletions" denies it',
            id="an administrator does not bypass Object Lock",
        ),
        pytest.param(
            f"AWS:{_READER}",
            "s3:DeleteObject",
            _person(_READER, "o-x1y2z3a4b5"),
            'statement "DenyDeletions" denies it',
            id="a reader does not delete",
        ),
        pytest.param(
            f"AWS:{_READER}",
            "s3:PutObject",
            _person(_READER, "o-x1y2z3a4b5"),
            'statement "DenyDeletions" denies it',
            id="a reader does not overwrite",
        ),
        pytest.param(
            f"AWS:{_BREAK_GLASS}",
            "s3:DeleteObjectVersion",
            _person(_BREAK_GLASS, "o-a1b2c3d4e5"),
            _NOT_DENIED,
            id="the role for deletions may, if IAM allows it",
        ),
        pytest.param(
            f"AWS:{_READER}",
            "s3:GetObject",
            _person(_READER, "o-x1y2z3a4b5"),
            "",
            id="a reader outside the organization reads",
        ),
        pytest.param(
            "Service:cloudtrail.amazonaws.com",
            "s3:PutObject",
            _CLOUDTRAIL,
            "",
            id="CloudTrail delivers",
        ),
    ],
)
@pytest.mark.parametrize("stack", ["trail", "security-alerts"])
def test_access_to_log_files(
    stack: str, principal: str, action: str, context: dict[str, str], reason: str
) -> None:
    policy = _properties(stack, "LogBucketPolicy", **_OPTIONS)["PolicyDocument"]
    request = PolicyRequest(principal=principal, action=action, resource=_LOG_FILE, context=context)
    assert refusal(list_statements(policy), request) == reason


def test_without_parameters_the_bucket_policy_has_four_statements() -> None:
    policy = _properties("trail", "LogBucketPolicy")["PolicyDocument"]
    assert [statement["Sid"] for statement in policy["Statement"]] == [
        "AllowCloudTrailGetBucketAcl",
        "AllowCloudTrailPutObject",
        "DenyRequestsWithoutTls",
        "DenyOutdatedTlsVersions",
    ]


@pytest.mark.parametrize(
    ("context", "reason"),
    [
        pytest.param(
            {"kms:encryptioncontext:aws:logs:arn": "x"},
            'the condition of statement "AllowReaderAccounts" does not hold',
            id="not log events",
        ),
        pytest.param({"kms:encryptioncontext:aws:cloudtrail:arn": "x"}, "", id="log files"),
    ],
)
@pytest.mark.parametrize("stack", _TRAIL_STACKS)
def test_what_readers_decrypt(stack: str, context: dict[str, str], reason: str) -> None:
    values = _REQUIRED.get(stack, {}) | {"ReaderAccounts": "123456789012"}
    policy = _properties(stack, "Key", **values)["KeyPolicy"]
    request = PolicyRequest(principal=f"AWS:{_READER}", action="kms:Decrypt", context=context)
    assert refusal(list_statements(policy), request) == reason
