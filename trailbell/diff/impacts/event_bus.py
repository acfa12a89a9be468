"""
What a change means for an event bus: whether events arrive at its rules.

In:    the old and the new properties of an `AWS::Events::EventBus`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator
from typing import Any

from trailbell.diff.judgment.evaluated_template import describe
from trailbell.diff.judgment.key_use import find_unusable_key
from trailbell.diff.judgment.read_back import (
    Described,
    Finding,
    Operation,
    Read,
    compare,
    compare_keys,
)
from trailbell.diff.judgment.resource_diff import ResourceDiff

TYPE = "AWS::Events::EventBus"


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        yield "This event bus is deleted: what sends events to it reaches no rule."
        return
    if diff.replaced:
        yield f"This event bus {diff.replaced}: what sends events to the old one reaches no rule."
    yield from find_unusable_key(diff, "KmsKeyIdentifier", "events")
    queue, other = (_queue(side.get("DeadLetterConfig")) for side in (diff.before, diff.after))
    if queue is not None and other != queue:
        kept = "lost" if other is None else f"kept in {describe(other)}"
        yield f"Events that cannot be decrypted are {kept} instead of kept in {describe(queue)}."


def _queue(config: Any) -> Any:
    return config.get("Arn") if isinstance(config, dict) else config


# What AWS describes

DESCRIBE_EVENT_BUS = Operation(service="events", name="DescribeEventBus")
READS = (DESCRIBE_EVENT_BUS,)


def list_reads(described: Described) -> Iterator[Read]:
    """The event bus, whose physical ID is its name."""
    yield DESCRIBE_EVENT_BUS(Name=described.physical_id)


def find_faults(described: Described) -> Iterator[Finding]:
    """Find what keeps the bus from decrypting and keeping events."""
    answer = described.answer(DESCRIBE_EVENT_BUS(Name=described.physical_id))
    if answer is None:
        return
    key = described.property("KmsKeyIdentifier")
    yield from compare_keys("KmsKeyIdentifier", key, answer.get("KmsKeyIdentifier"))
    queue = described.property("DeadLetterConfig")
    yield from compare("DeadLetterConfig", queue, answer.get("DeadLetterConfig") or None)
