"""
What a change means for a subscription: who receives the notifications of a topic.

In:    the old and the new properties of an `AWS::SNS::Subscription`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator

from trailbell.diff.impacts.evaluated_template import describe
from trailbell.diff.impacts.resource_diff import ResourceDiff, is_true

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
