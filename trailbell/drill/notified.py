"""
Who a topic notifies, and what SNS will report about it.

In:    the ARN of a topic.
Out:   a `Topic` of the plan.
Never: a drill that fails because attributes of a subscription could not be read: that is unknown.
"""

from collections.abc import Iterable, Mapping
from functools import partial

from trailbell.aws.sns import Sns, Subscription
from trailbell.aws.threads import run_concurrently
from trailbell.drill.plan import Subscriber, Topic
from trailbell.errors import AwsError, CredentialsError

# The protocols of which SNS can log the status of each delivery, with the first part of the topic
# attributes that enable it. E-mail, SMS and chat are not among them.
# https://docs.aws.amazon.com/sns/latest/dg/msg-status-sdk.html
_LOGGED: Mapping[str, str] = {
    "application": "Application",
    "firehose": "Firehose",
    "http": "HTTP",
    "https": "HTTP",
    "lambda": "Lambda",
    "sqs": "SQS",
}


def read_topics(sns: Sns, arns: Iterable[str]) -> tuple[Topic, ...]:
    """Read the subscriptions of topics. Raises `AwsError` if they cannot be listed."""
    return tuple(run_concurrently(partial(_read_topic, sns, arn) for arn in arns))


def _read_topic(sns: Sns, arn: str) -> Topic:
    subscriptions = sns.subscriptions(arn)
    attributes = _topic_attributes(sns, arn) if subscriptions else {}
    return Topic(
        arn=arn,
        subscribers=tuple(_subscriber(sns, each, attributes) for each in subscriptions),
    )


def _topic_attributes(sns: Sns, arn: str) -> Mapping[str, str]:
    try:
        return sns.topic_attributes(arn)
    except CredentialsError:
        raise
    except AwsError:
        return {}


def _subscriber(sns: Sns, each: Subscription, topic: Mapping[str, str]) -> Subscriber:
    attributes = _attributes(sns, each.arn) if each.is_confirmed else {}
    return Subscriber(
        protocol=each.protocol,
        endpoint=each.endpoint,
        is_confirmed=each.is_confirmed and (attributes or {}).get("PendingConfirmation") != "true",
        has_filter_policy=None if attributes is None else bool(attributes.get("FilterPolicy")),
        is_logged=bool(topic.get(f"{_LOGGED.get(each.protocol)}SuccessFeedbackRoleArn")),
    )


def _attributes(sns: Sns, arn: str) -> Mapping[str, str] | None:
    """The attributes of a subscription; None if they cannot be read."""
    try:
        return sns.subscription_attributes(arn)
    except CredentialsError:
        raise
    except AwsError:
        return None
