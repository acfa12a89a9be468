"""
What a change means for a subscription: who receives the notifications of a topic.

In:    the old and the new properties of an `AWS::SNS::Subscription`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.diff.impacts.topic import LIST_SUBSCRIPTIONS, PENDING, to_confirm
from trailbell.diff.judgment.evaluated_template import describe
from trailbell.diff.judgment.read_back import (
    Described,
    Finding,
    Operation,
    Read,
    compare,
    not_compared,
    parse_json,
)
from trailbell.diff.judgment.resource_diff import ResourceDiff, is_true

TYPE = "AWS::SNS::Subscription"


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        yield "This subscription is deleted: its endpoint is no longer notified."
        return
    for name in ("Endpoint", "Protocol", "TopicArn"):
        if diff.changed(name):
            old, new = describe(diff.before.get(name)), describe(diff.after.get(name))
            yield f"The {name} of the subscription is {new} instead of {old}."
    if diff.replaced:
        yield f"This subscription {diff.replaced}: it must be confirmed again."
    yield from _delivery_gaps(diff)


# https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html
def _delivery_gaps(diff: ResourceDiff) -> Iterator[str]:
    if diff.changed("FilterPolicy") and diff.after.get("FilterPolicy"):
        policy = describe(diff.after["FilterPolicy"])
        yield f"FilterPolicy lets only notifications pass that match {policy}."
    elif diff.changed("FilterPolicyScope") and diff.after.get("FilterPolicy"):
        yield "FilterPolicy applies to another part of the notifications."
    if diff.changed("RedrivePolicy") and diff.before.get("RedrivePolicy"):
        target = describe((diff.after.get("RedrivePolicy") or {}).get("deadLetterTargetArn"))
        yield f"The dead-letter queue for undelivered notifications is {target} instead."
    if is_true(diff.before.get("RawMessageDelivery")) is not is_true(
        diff.after.get("RawMessageDelivery")
    ):
        yield "RawMessageDelivery changes: the endpoint may not understand the notifications."
    if diff.changed("SubscriptionRoleArn"):
        role = describe(diff.after.get("SubscriptionRoleArn"))
        yield f"The role that delivers notifications is {role} instead."


# What AWS describes

# A subscription that is pending confirmation is in the list, without its ARN.
# https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
GET_SUBSCRIPTION = Operation(service="sns", name="GetSubscriptionAttributes")
READS = (LIST_SUBSCRIPTIONS, GET_SUBSCRIPTION)

# Users report that a subscription stays in the list for a while, without its ARN. No page of AWS
# says so; an ARN never has this value.
_DELETED = "Deleted"


def list_reads(described: Described) -> Iterator[Read]:
    """The subscriptions of the topic, and the attributes of this one once it is confirmed."""
    topic = described.property("TopicArn")
    if isinstance(topic, str):
        yield LIST_SUBSCRIPTIONS(TopicArn=topic)
    entry = _entry(described)
    if entry is not None and entry.get("SubscriptionArn") != PENDING:
        yield GET_SUBSCRIPTION(SubscriptionArn=entry["SubscriptionArn"])


def find_faults(described: Described) -> Iterator[Finding]:
    """Find what keeps notifications from the endpoint of the template."""
    topic = described.property("TopicArn")
    if not isinstance(topic, str):
        yield not_compared("TopicArn")
        return
    if described.answer(LIST_SUBSCRIPTIONS(TopicArn=topic)) is None:
        return
    entry, endpoint = _entry(described), described.property("Endpoint")
    if entry is None:
        yield Finding(f"The subscription was deleted: {endpoint} is not notified.")
        return
    yield from compare("Protocol", described.property("Protocol"), entry.get("Protocol"))
    yield from compare("Endpoint", endpoint, entry.get("Endpoint"))
    if entry.get("SubscriptionArn") == PENDING:
        yield to_confirm(str(entry.get("Endpoint")))
        return
    answer = described.answer(GET_SUBSCRIPTION(SubscriptionArn=entry["SubscriptionArn"]))
    if answer is None:
        return
    attributes = answer.get("Attributes", {})
    if attributes.get("PendingConfirmation") == "true":
        yield to_confirm(str(entry.get("Endpoint")))
    raw = is_true(attributes.get("RawMessageDelivery"))
    if raw is not is_true(described.property("RawMessageDelivery")):
        yield Finding(
            f"RawMessageDelivery is {str(raw).lower()}: the endpoint may not understand the "
            "notifications."
        )
    for name in ("FilterPolicy", "RedrivePolicy"):
        wanted = parse_json(described.property(name))
        yield from compare(name, wanted, parse_json(attributes.get(name)) or None)


def _entry(described: Described) -> Mapping[str, Any] | None:
    """This subscription in the list of its topic: by its ARN, or as one to the same endpoint."""
    topic = described.property("TopicArn")
    entries = described.items(LIST_SUBSCRIPTIONS(TopicArn=topic)) if isinstance(topic, str) else ()
    address = (described.property("Protocol"), described.property("Endpoint"))
    entries = [entry for entry in entries if entry.get("SubscriptionArn") != _DELETED]
    for entry in entries:
        if entry.get("SubscriptionArn") == described.physical_id:
            return entry
    same = [entry for entry in entries if (entry.get("Protocol"), entry.get("Endpoint")) == address]
    return same[0] if same else None
