"""
What a change means for a bucket: whether log files are delivered and kept.

In:    the old and the new properties of an `AWS::S3::Bucket`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator, Mapping
from math import inf
from typing import Any

from trailbell.diff.impacts.evaluated_template import describe
from trailbell.diff.impacts.resource_diff import ResourceDiff, as_list, as_number

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
    if diff.changed("BucketEncryption"):
        for key in _keys(diff.after) - _keys(diff.before):
            yield (
                f"The bucket is encrypted with key {describe(key)}: unless its policy allows "
                "CloudTrail, log files cannot be delivered."
            )


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
    rules = (properties.get("BucketEncryption") or {}).get("ServerSideEncryptionConfiguration")
    defaults = [
        rule.get("ServerSideEncryptionByDefault", {})
        for rule in as_list(rules)
        if isinstance(rule, Mapping)
    ]
    return {
        str(default.get("KMSMasterKeyID", "alias/aws/s3"))
        for default in defaults
        if str(default.get("SSEAlgorithm", "")).startswith("aws:kms")
    }
