"""
What a change means for a queue: whether notifications arrive in it, and how long they are kept.

In:    the old and the new properties of an `AWS::SQS::Queue`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.diff.judgment.evaluated_template import describe
from trailbell.diff.judgment.key_use import find_unusable_key
from trailbell.diff.judgment.publishers import publishers
from trailbell.diff.judgment.read_back import (
    Described,
    Finding,
    Operation,
    Read,
    compare,
    compare_keys,
    parse_json,
)
from trailbell.diff.judgment.resource_diff import ResourceDiff, as_number

TYPE = "AWS::SQS::Queue"

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
_DEFAULT_RETENTION = 345600  # seconds
_NUMBERS = ("MessageRetentionPeriod", "VisibilityTimeout")


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        yield "This queue is deleted with its messages: its readers receive no notifications."
        return
    if diff.replaced:
        yield f"This queue {diff.replaced}: readers of the old one receive no notifications."
    logical_id = diff.change.logical_id
    services = publishers(diff.old, "AWS::SQS::QueuePolicy", "Queues", logical_id)
    for service in services or ("sns",):
        yield from find_unusable_key(diff, "KmsMasterKeyId", service)
    old, new = (
        as_number(side.get("MessageRetentionPeriod", _DEFAULT_RETENTION))
        for side in (diff.before, diff.after)
    )
    if old is not None and new is not None and new < old:
        yield f"Messages are kept for {new:.0f} seconds instead of {old:.0f}."
    target = _target(diff.before)
    if target is not None and _target(diff.after) != target:
        yield (
            "Messages that readers do not process are no longer moved to the dead-letter queue "
            f"{describe(target)}."
        )


def _target(properties: Mapping[str, Any]) -> Any:
    policy = properties.get("RedrivePolicy")
    return policy.get("deadLetterTargetArn") if isinstance(policy, Mapping) else policy


# What AWS describes

GET_QUEUE_ATTRIBUTES = Operation(service="sqs", name="GetQueueAttributes")
READS = (GET_QUEUE_ATTRIBUTES,)


def read_attributes(queue_url: str) -> Read:
    """All attributes of a queue, its policy included."""
    return GET_QUEUE_ATTRIBUTES(QueueUrl=queue_url, AttributeNames=["All"])


def list_reads(described: Described) -> Iterator[Read]:
    """The queue, whose physical ID is its URL."""
    yield read_attributes(described.physical_id)


def find_faults(described: Described) -> Iterator[Finding]:
    """Find what keeps messages from arriving, from being kept, and from being found again."""
    answer = described.answer(read_attributes(described.physical_id))
    if answer is None:
        return
    attributes = answer.get("Attributes", {})
    for name in _NUMBERS:
        wanted = described.property(name)
        if wanted is not None:
            yield from compare(name, wanted, attributes.get(name))
    yield from compare_keys(
        "KmsMasterKeyId", described.property("KmsMasterKeyId"), attributes.get("KmsMasterKeyId")
    )
    yield from compare(
        "RedrivePolicy",
        described.property("RedrivePolicy"),
        parse_json(attributes.get("RedrivePolicy")) or None,
    )
