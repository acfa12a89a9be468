"""
What a change means for a KMS key: which services can still use what it encrypts.

In:    the old and the new properties of an `AWS::KMS::Key`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator

from trailbell.diff.impacts.evaluated_template import describe
from trailbell.diff.impacts.resource_diff import ResourceDiff, as_number, is_true
from trailbell.diff.impacts.service_access import SERVICE_ACCESS, find_lost_access

TYPE = "AWS::KMS::Key"

_MATERIAL = {"KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT", "Origin": "AWS_KMS"}
"""The kind of key that services can use, which is the default."""

_DEFAULT_WINDOW = 30  # days


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        yield (
            "The key is removed from the stack: once it is deleted, what it encrypts cannot be "
            "delivered."
        )
        return
    if is_true(diff.before.get("Enabled", True)) and not is_true(diff.after.get("Enabled", True)):
        yield "The key is disabled: the trail, log group and topic that use it stop working."
    for name, usable in _MATERIAL.items():
        if diff.changed(name) and diff.after.get(name, usable) != usable:
            yield f"{name} is {describe(diff.after[name])}: services cannot use such a key."
    old, new = (
        as_number(side.get("PendingWindowInDays", _DEFAULT_WINDOW))
        for side in (diff.before, diff.after)
    )
    if old is not None and new is not None and new < old:
        yield f"Days in which a deletion of the key can be canceled: {new:g} instead of {old:g}."
    for access in SERVICE_ACCESS[TYPE]:
        yield from find_lost_access(
            diff.before.get("KeyPolicy"), diff.after.get("KeyPolicy"), access
        )
