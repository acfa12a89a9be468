"""
What a change means for a KMS key: which services can still use what it encrypts.

In:    the old and the new properties of an `AWS::KMS::Key`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator

from trailbell.diff.judgment.evaluated_template import describe
from trailbell.diff.judgment.policy_faults import find_policy_faults
from trailbell.diff.judgment.read_back import (
    Described,
    Finding,
    Operation,
    Read,
    comparable,
    parse_json,
)
from trailbell.diff.judgment.required_access import SERVICE_ACCESS
from trailbell.diff.judgment.resource_diff import ResourceDiff, as_number, is_true
from trailbell.diff.judgment.service_access import find_lost_access

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


# What AWS describes

DESCRIBE_KEY = Operation(service="kms", name="DescribeKey")
GET_KEY_POLICY = Operation(service="kms", name="GetKeyPolicy")
GET_ROTATION = Operation(service="kms", name="GetKeyRotationStatus")
READS = (DESCRIBE_KEY, GET_KEY_POLICY, GET_ROTATION)


def list_reads(described: Described) -> Iterator[Read]:
    """The key, its policy, and whether it is rotated."""
    yield DESCRIBE_KEY(KeyId=described.physical_id)
    yield _policy_read(described)
    if _rotates(described):
        yield GET_ROTATION(KeyId=described.physical_id)


def find_faults(described: Described) -> Iterator[Finding]:
    """Find what keeps services from using what the key encrypts."""
    answer = described.answer(DESCRIBE_KEY(KeyId=described.physical_id))
    state = (answer or {}).get("KeyMetadata", {}).get("KeyState", "Enabled")
    wanted = comparable(described.property("Enabled", True))
    if (state == "Enabled") is not (wanted == "true"):
        yield Finding(f"The key state is {state}.")
    policy = described.answer(_policy_read(described))
    if policy is not None:
        yield from find_policy_faults(
            "key policy",
            described.property("KeyPolicy"),
            parse_json(policy.get("Policy")),
            described,
            own_resource=True,
        )
    rotation = described.answer(GET_ROTATION(KeyId=described.physical_id))
    if rotation is not None and state == "Enabled" and not rotation.get("KeyRotationEnabled"):
        yield Finding("The key is no longer rotated.")


def _policy_read(described: Described) -> Read:
    return GET_KEY_POLICY(KeyId=described.physical_id, PolicyName="default")


def _rotates(described: Described) -> bool:
    return bool(comparable(described.property("EnableKeyRotation", False)) == "true")
