"""The table of controls on trail, bucket, key and topics says what the templates do."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from tests import PROJECT
from tests.stacks.combinations import resolve

Properties = Mapping[str, Any]
Resources = Mapping[str, list[Properties]]
"""The properties of the resources, by the end of their type: ``Bucket``."""


def _resources(stack: str, values: Mapping[str, str]) -> Resources:
    document = json.loads((PROJECT / "dist" / f"{stack}.json").read_bytes())
    by_type: dict[str, list[Properties]] = {}
    for resource in resolve(document, values)["Resources"].values():
        kind = resource["Type"].split("::")[-1]
        by_type.setdefault(kind, []).append(resource.get("Properties", {}))
    return by_type


def _all(kind: str, check: Callable[[Properties], bool]) -> Callable[[Resources], bool]:
    return lambda resources: bool(resources[kind]) and all(map(check, resources[kind]))


def _set(kind: str, *names: str) -> Callable[[Resources], bool]:
    return _all(kind, lambda properties: all(properties.get(name) for name in names))


def _is_private(bucket: Properties) -> bool:
    block = bucket.get("PublicAccessBlockConfiguration", {})
    return len(block) == 4 and all(block.values())


def _statements(policy: Any) -> list[Any]:
    return list(policy["Statement"])


def _is_public(policy: Any) -> bool:
    """Whether a statement allows anyone something."""
    return any(s["Effect"] == "Allow" and s["Principal"] == "*" for s in _statements(policy))


def _denies_plain_http(policy: Properties) -> bool:
    wanted = {"Bool": {"aws:SecureTransport": False}}
    return any(
        (s["Effect"], s["Principal"], s["Action"], s["Condition"])
        == ("Deny", "*", ["s3:*"], wanted)
        for s in _statements(policy["PolicyDocument"])
    )


_CHANGES = {"s3:DeleteBucketPolicy", "s3:PutBucketAcl", "s3:PutBucketPolicy", "s3:PutObjectAcl"}


def _lets_no_account_change(policy: Properties) -> bool:
    return not any(
        s["Effect"] == "Allow" and "AWS" in s["Principal"] and _CHANGES & {*s["Action"]}
        for s in _statements(policy["PolicyDocument"])
    )


def _records_management_events(trail: Properties) -> bool:
    basic = {"IncludeManagementEvents": True, "ReadWriteType": "All"}
    advanced = {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}
    selectors = trail.get("EventSelectors", []) + trail.get("AdvancedEventSelectors", [])
    return bool(trail["IsMultiRegionTrail"]) and (basic in selectors or advanced in selectors)


def _records_all_objects(trail: Properties) -> bool:
    data = [
        {"Field": "eventCategory", "Equals": ["Data"]},
        {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
    ]
    return {"FieldSelectors": data} in trail.get("AdvancedEventSelectors", [])


def _default_algorithm(bucket: Properties) -> str:
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    return str(rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"])


_CHECKS: dict[str, Callable[[Resources], bool]] = {
    "CloudTrail.1": _all("Trail", _records_management_events),
    "CloudTrail.2": _set("Trail", "KMSKeyId"),
    "CloudTrail.3": _set("Trail", "IsLogging"),
    "CloudTrail.4": _set("Trail", "EnableLogFileValidation"),
    "CloudTrail.5": _set("Trail", "CloudWatchLogsLogGroupArn"),
    "CloudTrail.6": _all("Bucket", _is_private),
    "CloudTrail.7": _set("Bucket", "LoggingConfiguration"),
    "CloudTrail.9": _set("Trail", "Tags"),
    "CloudWatch.15": _set("Alarm", "AlarmActions"),
    "CloudWatch.16": _all("LogGroup", lambda group: int(group["RetentionInDays"]) >= 365),
    "CloudWatch.17": _all("Alarm", lambda alarm: alarm.get("ActionsEnabled", True) is True),
    "KMS.4": _set("Key", "EnableKeyRotation"),
    "KMS.5": _all("Key", lambda key: not _is_public(key["KeyPolicy"])),
    "S3.2, S3.3": _all("BucketPolicy", lambda policy: not _is_public(policy["PolicyDocument"])),
    "S3.5": _all("BucketPolicy", _denies_plain_http),
    "S3.6": _all("BucketPolicy", _lets_no_account_change),
    "S3.7": _set("Bucket", "ReplicationConfiguration"),
    "S3.8": _all("Bucket", _is_private),
    "S3.9": _set("Bucket", "LoggingConfiguration"),
    "S3.10, S3.13": _set("Bucket", "LifecycleConfiguration"),
    "S3.11": _set("Bucket", "NotificationConfiguration"),
    "S3.12": _all(
        "Bucket",
        lambda bucket: (
            bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        ),
    ),
    "S3.14": _all("Bucket", lambda b: b["VersioningConfiguration"] == {"Status": "Enabled"}),
    "S3.15": _set("Bucket", "ObjectLockEnabled"),
    "S3.17": _all("Bucket", lambda bucket: _default_algorithm(bucket).startswith("aws:kms")),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html
    "S3.20": _set("Bucket", "MfaDelete"),
    "S3.22, S3.23": _all("Trail", _records_all_objects),
    "SNS.1": _set("Topic", "KmsMasterKeyId"),
    "SNS.3": _set("Topic", "Tags"),
    "SNS.4": _all("TopicPolicy", lambda policy: not _is_public(policy["PolicyDocument"])),
}
"""What the resources need for each control.

https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html
"""

_ROW = re.compile(r"\| ([A-Za-z0-9]+\.[A-Za-z0-9., ]+) \| [^|]+ \| (passes|fails) \| ([^|]*)\|")


def _rows() -> Iterator[tuple[str, bool, str]]:
    for line in (
        (PROJECT / "docs" / "explanation" / "compliance.md")
        .read_text(encoding="utf-8")
        .splitlines()
    ):
        if row := _ROW.fullmatch(line):
            yield row[1], row[2] == "passes", row[3].strip()


_TABLE = list(_rows())


def test_the_table_has_each_control_once() -> None:
    assert [control for control, _, _ in _TABLE] == [*_CHECKS]


@pytest.mark.parametrize(("control", "passes"), [(c, p) for c, p, _ in _TABLE])
def test_the_default_result(*, control: str, passes: bool) -> None:
    assert _CHECKS[control](_resources("security-alerts", {})) is passes


@pytest.mark.parametrize(("control", "text"), [(c, text) for c, p, text in _TABLE if not p])
def test_a_control_fails_for_a_reason_or_passes_with_a_parameter(control: str, text: str) -> None:
    assert text
    setting = re.match(r"`(\w+)=([\w:]+)`( in `([a-z-]+)`)?", text)
    if setting:
        value = setting[2].lower() if setting[2] == "NAME" else setting[2]
        assert _CHECKS[control](_resources(setting[4] or "security-alerts", {setting[1]: value}))
