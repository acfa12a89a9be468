"""The rule E9827: a subscription of Amazon Q Developer in chat applications has no raw delivery."""

import pytest

from tests.validate.rule_matches import (
    Matches,
    Resources,
    either,
    fires,
    ref,
    resource,
    rule_matches,
    silent,
)
from trailbell.validate.template_rules.ChatSubscriptionWithRawDelivery import (
    ChatSubscriptionWithRawDelivery,
)

_CHAT = "https://global.sns-api.chatbot.amazonaws.com"


def _subscription(endpoint: object, **properties: object) -> Resources:
    return {"S": resource("SNS::Subscription", Protocol="https", Endpoint=endpoint, **properties)}


_TO_QUEUE = {"Protocol": "sqs", "Endpoint": ref("QueueArn"), "RawMessageDelivery": True}
_FINDING = (
    "RawMessageDelivery is true, so nothing is shown in the chat channel. Remove it, or set it to "
    "false."
)
_CASES = [
    silent("no raw delivery", _subscription(_CHAT)),
    silent("raw delivery switched off", _subscription(_CHAT, RawMessageDelivery=False)),
    silent("a value from a parameter", _subscription(_CHAT, RawMessageDelivery=ref("Raw"))),
    silent("another endpoint", _subscription("https://example.com", RawMessageDelivery=True)),
    silent("an endpoint from a parameter", _subscription(ref("Url"), RawMessageDelivery=True)),
    silent("raw delivery switched off, as text", _subscription(_CHAT, RawMessageDelivery="false")),
    silent(
        "raw delivery in no branch", _subscription(_CHAT, RawMessageDelivery=either(False, "false"))
    ),
    silent(
        "raw delivery of another subscription of the topic",
        _subscription(_CHAT) | {"Q": resource("SNS::Subscription", **_TO_QUEUE)},
    ),
    fires(
        "one branch of two",
        _subscription(_CHAT, RawMessageDelivery=either(False, True)),
        ("S.Properties.RawMessageDelivery.Fn::If.2", _FINDING),
    ),
    fires(
        "raw delivery",
        _subscription(_CHAT, RawMessageDelivery=True),
        ("S.Properties.RawMessageDelivery", _FINDING),
    ),
    fires(
        "raw delivery, as text",
        _subscription(_CHAT, RawMessageDelivery="true"),
        ("S.Properties.RawMessageDelivery", _FINDING),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(ChatSubscriptionWithRawDelivery(), resources) == findings
