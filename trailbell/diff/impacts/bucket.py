"""
What a change means for a bucket: whether log files are delivered and kept.

In:    the old and the new properties of an `AWS::S3::Bucket`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator, Mapping
from math import inf
from typing import Any

from trailbell.diff.judgment.evaluated_template import describe, has_unknown
from trailbell.diff.judgment.read_back import (
    Described,
    Finding,
    FindingKind,
    Operation,
    Read,
    comparable,
    compare,
    compare_keys,
)
from trailbell.diff.judgment.resource_diff import ResourceDiff, as_list, as_number
from trailbell.template.resources import section

TYPE = "AWS::S3::Bucket"


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        yield "This bucket is removed from the stack: once it is deleted, log files are lost."
        return
    if diff.replaced:
        yield f"This bucket {diff.replaced}: log files are delivered to a new, empty bucket."
    old, new = _days(diff.before), _days(diff.after)
    if old is not None and new is not None and new < old:
        previous = "without limit" if old == inf else f"{old:g}"
        yield f"Days that log files are kept: {new:g} instead of {previous}."
    elif (old is None or new is None) and diff.changed("LifecycleConfiguration"):
        yield "Log files may be kept for fewer days: the lifecycle rules could not be compared."
    yield from _object_lock_gaps(diff)
    if diff.changed("BucketEncryption"):
        for key in _keys(diff.after) - _keys(diff.before):
            yield (
                f"The bucket is encrypted with key {describe(key)}: unless its policy allows "
                "CloudTrail, log files cannot be delivered."
            )


def _object_lock_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find new log files that can be deleted earlier, or by more principals."""
    old, new = _default_retention(diff.before), _default_retention(diff.after)
    if not old:
        return
    previous = f"{old.get('Mode')} for {_in_days(old.get('Days'))}"
    before, after = as_number(old.get("Days")), as_number(new.get("Days"))
    shorter = old.get("Days") != new.get("Days") and (
        before is None or after is None or after < before
    )
    weaker = old.get("Mode") != new.get("Mode") and new.get("Mode") != "COMPLIANCE"
    if not new:
        yield f"Object Lock no longer protects new log files. It was {previous}."
    elif weaker or shorter:
        now = f"{new.get('Mode')} for {_in_days(new.get('Days'))}"
        yield f"Object Lock is {now} instead of {previous}."


def _in_days(value: Any) -> str:
    """A number of days, or a value that is known after the deployment."""
    return f"{value} {'day' if as_number(value) == 1 else 'days'}"


def _default_retention(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    rule = section(section(properties, "ObjectLockConfiguration"), "Rule")
    return section(rule, "DefaultRetention")


def _days(properties: Mapping[str, Any]) -> float | None:
    """The days after which the first enabled rule expires objects; None if that is not known."""
    lifecycle = properties.get("LifecycleConfiguration") or {}
    if not isinstance(lifecycle, Mapping):
        return None
    days: list[float] = [inf]
    for rule in as_list(lifecycle.get("Rules")):
        if not isinstance(rule, Mapping):
            return None
        if rule.get("Status") != "Enabled":
            continue
        if "ExpirationDate" in rule:
            return None
        number = as_number(rule.get("ExpirationInDays", inf))
        if number is None:
            return None
        days.append(number)
    return min(days)


def _keys(properties: Mapping[str, Any]) -> set[str]:
    """The KMS keys of the default encryption."""
    encryption = properties.get("BucketEncryption")
    rules = section(properties, "BucketEncryption").get("ServerSideEncryptionConfiguration")
    defaults = [
        section(rule, "ServerSideEncryptionByDefault")
        for rule in as_list(rules)
        if isinstance(rule, Mapping)
    ]
    unknown = {str(part) for part in (encryption, rules) if has_unknown(part)}
    return unknown | {
        str(default.get("KMSMasterKeyID", "alias/aws/s3"))
        for default in defaults
        if str(default.get("SSEAlgorithm", "")).startswith("aws:kms")
    }


# What AWS describes

# The names of these actions differ from those of the operations.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
GET_VERSIONING = Operation(service="s3", name="GetBucketVersioning")
GET_ACCESS_BLOCK = Operation(
    service="s3",
    name="GetPublicAccessBlock",
    optional=True,
    action="s3:GetBucketPublicAccessBlock",
)
GET_ENCRYPTION = Operation(
    service="s3",
    name="GetBucketEncryption",
    optional=True,
    action="s3:GetEncryptionConfiguration",
)
GET_LIFECYCLE = Operation(
    service="s3",
    name="GetBucketLifecycleConfiguration",
    optional=True,
    action="s3:GetLifecycleConfiguration",
)
GET_OWNERSHIP = Operation(service="s3", name="GetBucketOwnershipControls", optional=True)
GET_LOGGING = Operation(service="s3", name="GetBucketLogging")
GET_OBJECT_LOCK = Operation(
    service="s3",
    name="GetObjectLockConfiguration",
    optional=True,
    action="s3:GetBucketObjectLockConfiguration",
)
READS = (
    *(GET_VERSIONING, GET_ACCESS_BLOCK, GET_ENCRYPTION, GET_LIFECYCLE, GET_OWNERSHIP),
    *(GET_LOGGING, GET_OBJECT_LOCK),
)

_BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
_BY_PROPERTY = {
    "PublicAccessBlockConfiguration": GET_ACCESS_BLOCK,
    "BucketEncryption": GET_ENCRYPTION,
    "OwnershipControls": GET_OWNERSHIP,
    "LoggingConfiguration": GET_LOGGING,
    "ObjectLockConfiguration": GET_OBJECT_LOCK,
}


def list_reads(described: Described) -> Iterator[Read]:
    """Versioning and lifecycle, and what the template sets."""
    bucket = described.physical_id
    yield GET_VERSIONING(Bucket=bucket)
    yield GET_LIFECYCLE(Bucket=bucket)
    for name, operation in _BY_PROPERTY.items():
        if described.property(name) is not None:
            yield operation(Bucket=bucket)


def find_faults(described: Described) -> Iterator[Finding]:
    """Find what can lose or expose log files."""
    yield from _versioning_faults(described)
    yield from _access_block_faults(described)
    yield from _encryption_faults(described)
    yield from _lifecycle_faults(described)
    yield from _ownership_faults(described)
    yield from _logging_faults(described)
    yield from _object_lock_faults(described)


def _answer(described: Described, operation: Operation) -> Mapping[str, Any] | None:
    """An answer; empty where the bucket has no such configuration; None where it is unread."""
    read = operation(Bucket=described.physical_id)
    return {} if described.is_absent(read) else described.answer(read)


def _versioning_faults(described: Described) -> Iterator[Finding]:
    wanted = described.property("VersioningConfiguration")
    answer = _answer(described, GET_VERSIONING)
    if wanted is not None and answer is not None:
        yield from compare("VersioningConfiguration", wanted.get("Status"), answer.get("Status"))


def _access_block_faults(described: Described) -> Iterator[Finding]:
    wanted = described.property("PublicAccessBlockConfiguration")
    answer = _answer(described, GET_ACCESS_BLOCK)
    if wanted is None or answer is None:
        return
    actual = answer.get("PublicAccessBlockConfiguration", {})
    for name in _BLOCKS:
        yield from compare(name, wanted.get(name, False), actual.get(name, False))


def _encryption_faults(described: Described) -> Iterator[Finding]:
    wanted = described.property("BucketEncryption")
    answer = _answer(described, GET_ENCRYPTION)
    if wanted is None or answer is None:
        return
    expected = _default_encryption(wanted.get("ServerSideEncryptionConfiguration"))
    rules = answer.get("ServerSideEncryptionConfiguration", {}).get("Rules")
    actual = _rule(rules, "ApplyServerSideEncryptionByDefault")
    yield from compare("SSEAlgorithm", expected.get("SSEAlgorithm"), actual.get("SSEAlgorithm"))
    yield from compare_keys(
        "KMSMasterKeyID", expected.get("KMSMasterKeyID"), actual.get("KMSMasterKeyID")
    )


def _default_encryption(rules: Any) -> Mapping[str, Any]:
    return _rule(rules, "ServerSideEncryptionByDefault")


def _rule(rules: Any, member: str) -> Mapping[str, Any]:
    for rule in as_list(rules):
        if isinstance(rule, Mapping) and member in rule:
            inner: Mapping[str, Any] = rule[member]
            return inner
    return {}


def _lifecycle_faults(described: Described) -> Iterator[Finding]:
    """Find log files that expire earlier than the template says, or that no rule expires."""
    answer = _answer(described, GET_LIFECYCLE)
    if answer is None:
        return
    rules = as_list((described.property("LifecycleConfiguration") or {}).get("Rules"))
    wanted = [rule.get("ExpirationInDays") for rule in rules if _is_enabled(rule)]
    actual = [
        rule.get("Expiration", {}).get("Days")
        for rule in answer.get("Rules", ())
        if _is_enabled(rule)
    ]
    expected, days = _earliest(wanted), _earliest(actual)
    if days is not None and (expected is None or days < expected):
        limit = "not set" if expected is None else _in_days(expected)
        yield Finding(f"Log files expire after {_in_days(days)}; in the template, it is {limit}.")
    elif expected is not None and days != expected:
        instead = "never expire" if days is None else f"expire after {_in_days(days)}"
        yield Finding(f"Log files {instead}, not after {_in_days(expected)}.", FindingKind.REMARK)


def _is_enabled(rule: Any) -> bool:
    return isinstance(rule, Mapping) and rule.get("Status", "Enabled") == "Enabled"


def _earliest(days: list[Any]) -> int | None:
    numbers = [int(value) for value in map(comparable, days) if str(value).isdecimal()]
    return min(numbers, default=None)


def _ownership_faults(described: Described) -> Iterator[Finding]:
    wanted = described.property("OwnershipControls")
    answer = _answer(described, GET_OWNERSHIP)
    if wanted is None or answer is None:
        return
    rules = answer.get("OwnershipControls", {}).get("Rules")
    yield from compare("OwnershipControls", _ownership(wanted.get("Rules")), _ownership(rules))


def _ownership(rules: Any) -> list[Any]:
    return [rule.get("ObjectOwnership") for rule in as_list(rules)]


def _logging_faults(described: Described) -> Iterator[Finding]:
    wanted = described.property("LoggingConfiguration")
    answer = _answer(described, GET_LOGGING)
    if wanted is not None and answer is not None:
        actual = answer.get("LoggingEnabled", {}).get("TargetBucket")
        yield from compare("LoggingConfiguration", wanted.get("DestinationBucketName"), actual)


def _object_lock_faults(described: Described) -> Iterator[Finding]:
    wanted = described.property("ObjectLockConfiguration")
    answer = _answer(described, GET_OBJECT_LOCK)
    if wanted is None or answer is None:
        return
    for name in ("Mode", "Days"):
        expected = _default_retention({"ObjectLockConfiguration": wanted}).get(name)
        yield from compare(f"Object Lock {name}", expected, _default_retention(answer).get(name))
