"""
SNS, typed: the subscriptions of a topic, and messages to it.

In:    a `ServiceClient`.
Out:   `Subscription`s; errors as `trailbell.aws.client` raises them.
Never: a decision on who has to subscribe.
"""

from dataclasses import dataclass

from trailbell.aws.client import Response, ServiceClient

# The members of a list that has no ARN for a subscription.
# https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
_PENDING = "PendingConfirmation"
# Users report that a deleted subscription stays in the list for a while; no page of AWS says so.
_DELETED = "Deleted"


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """A subscription of a topic. It has no ARN until it is confirmed."""

    protocol: str
    endpoint: str
    arn: str = ""

    @property
    def is_confirmed(self) -> bool:
        """Whether its endpoint receives messages."""
        return bool(self.arn)


@dataclass(frozen=True)
class Sns:
    """Operations on topics and subscriptions. Each raises `AwsError`."""

    service: ServiceClient

    def subscriptions(self, topic: str) -> tuple[Subscription, ...]:
        """Return the subscriptions of a topic, those that are pending confirmation among them."""
        entries = [
            entry
            for page in self.service.pages("ListSubscriptionsByTopic", TopicArn=topic)
            for entry in page.get("Subscriptions", ())
        ]
        return tuple(
            _subscription(entry) for entry in entries if entry["SubscriptionArn"] != _DELETED
        )

    def subscription_attributes(self, arn: str) -> dict[str, str]:
        """Return the attributes of a confirmed subscription: FilterPolicy, RedrivePolicy ..."""
        response = self.service.call("GetSubscriptionAttributes", SubscriptionArn=arn)
        return dict(response.get("Attributes", {}))

    def topic_attributes(self, arn: str) -> dict[str, str]:
        """Return the attributes of a topic: KmsMasterKeyId, SQSSuccessFeedbackRoleArn ..."""
        response = self.service.call("GetTopicAttributes", TopicArn=arn)
        return dict(response.get("Attributes", {}))

    def publish(self, topic: str, subject: str, text: str) -> str:
        """Publish a message. Returns its ID. A subject has less than 100 characters."""
        response: Response = self.service.call(
            "Publish", TopicArn=topic, Subject=subject, Message=text
        )
        return str(response["MessageId"])


def _subscription(entry: Response) -> Subscription:
    arn = entry["SubscriptionArn"]
    return Subscription(
        protocol=entry.get("Protocol", ""),
        endpoint=entry.get("Endpoint", ""),
        arn="" if arn == _PENDING else arn,
    )
