"""
What a change means for a log group: whether metric filters see its events.

In:    the old and the new properties of an `AWS::Logs::LogGroup`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator, Mapping
from math import inf
from typing import Any

from trailbell.diff.judgment.evaluated_template import describe
from trailbell.diff.judgment.key_use import find_unusable_key
from trailbell.diff.judgment.read_back import (
    DELETED,
    Described,
    Finding,
    Operation,
    Read,
    comparable,
    compare,
    compare_keys,
)
from trailbell.diff.judgment.resource_diff import ResourceDiff, as_number

TYPE = "AWS::Logs::LogGroup"


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        yield "The log group is removed from the stack: filters of a deleted group match nothing."
        return
    if diff.replaced:
        yield f"The log group {diff.replaced}: its filters are created on a new, empty log group."
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html
    log_class = diff.after.get("LogGroupClass", "STANDARD")
    if diff.changed("LogGroupClass") and log_class != "STANDARD":
        yield f"The log class is {describe(log_class)}, which has no metric filters."
    yield from _retention_gaps(diff)
    yield from find_unusable_key(diff, "KmsKeyId", "logs")
    if diff.before.get("DeletionProtectionEnabled") is True and not diff.after.get(
        "DeletionProtectionEnabled"
    ):
        yield "The log group is no longer protected against deletion."
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/mask-sensitive-log-data.html
    if diff.changed("DataProtectionPolicy") and diff.after.get("DataProtectionPolicy"):
        yield "The data protection policy masks data, which metric filters then cannot match."


def _retention_gaps(diff: ResourceDiff) -> Iterator[str]:
    if not diff.changed("RetentionInDays"):
        return
    before, after = diff.before.get("RetentionInDays"), diff.after.get("RetentionInDays")
    old, new = (inf if value is None else as_number(value) for value in (before, after))
    if old is None or new is None or new < old:
        previous = "without limit" if before is None else describe(before)
        yield f"Days that events are kept: {describe(after)} instead of {previous}."


# What AWS describes

DESCRIBE_GROUPS = Operation(service="logs", name="DescribeLogGroups", items="logGroups")
GET_TRANSFORMER = Operation(service="logs", name="GetTransformer", optional=True)
READS = (DESCRIBE_GROUPS, GET_TRANSFORMER)


def list_reads(described: Described) -> Iterator[Read]:
    """The log group, and what transforms its events."""
    yield DESCRIBE_GROUPS(logGroupNamePrefix=described.physical_id)
    if _group(described) is not None:
        yield GET_TRANSFORMER(logGroupIdentifier=described.physical_id)


def find_faults(described: Described) -> Iterator[Finding]:
    """Find what keeps metric filters from seeing events, and events from being kept."""
    if described.answer(DESCRIBE_GROUPS(logGroupNamePrefix=described.physical_id)) is None:
        return
    group = _group(described)
    if group is None:
        yield DELETED
        return
    yield from compare(
        "RetentionInDays", described.property("RetentionInDays"), group.get("retentionInDays")
    )
    # Only the class STANDARD supports metric filters.
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html
    yield from compare(
        "LogGroupClass",
        described.property("LogGroupClass", "STANDARD"),
        group.get("logGroupClass", "STANDARD"),
    )
    # A log group that is protected and should not be is no fault.
    if comparable(described.property("DeletionProtectionEnabled")) == "true":
        protected = group.get("deletionProtectionEnabled", False)
        yield from compare("DeletionProtectionEnabled", True, protected)
    yield from compare_keys("KmsKeyId", described.property("KmsKeyId"), group.get("kmsKeyId"))
    transformer = described.answer(GET_TRANSFORMER(logGroupIdentifier=described.physical_id)) or {}
    if transformer.get("transformerConfig"):
        yield Finding("A transformer that is not in the template rewrites its events.")


def _group(described: Described) -> Mapping[str, Any] | None:
    groups = described.items(DESCRIBE_GROUPS(logGroupNamePrefix=described.physical_id))
    names = {group.get("logGroupName"): group for group in groups}
    return names.get(described.physical_id)
