"""Which topics the queue is subscribed to, and what has to exist before."""

import json
from typing import Any

import pytest

from tests import PROJECT
from trailbell.template.evaluate import Evaluator, Scope

_RESOURCES = "Resources"
_SUBSCRIPTIONS = ("HighSubscription", "MediumSubscription", "LowSubscription")


def _template(stack: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((PROJECT / "dist" / f"{stack}.json").read_bytes())
    return document


@pytest.mark.parametrize(
    ("lowest", "expected"),
    [
        pytest.param("high", _SUBSCRIPTIONS[:1], id="high only"),
        pytest.param("medium", _SUBSCRIPTIONS[:2], id="medium and higher"),
        pytest.param("low", _SUBSCRIPTIONS, id="all"),
    ],
)
def test_the_queue_is_subscribed_from_a_severity_upward(
    lowest: str, expected: tuple[str, ...]
) -> None:
    template = _template("queue")
    evaluator = Evaluator(template, Scope(parameters={"LowestSeverity": lowest}))
    made = [name for name in _SUBSCRIPTIONS if evaluator.exists(template[_RESOURCES][name])]
    assert made == list(expected)


@pytest.mark.parametrize(
    ("stack", "resource", "earlier"),
    [
        *(
            pytest.param(
                "queue",
                subscription,
                {"QueuePolicy", "DeadLetterQueuePolicy"},
                id=f"{subscription}: SNS may send to both queues",
            )
            for subscription in _SUBSCRIPTIONS
        ),
        pytest.param(
            "search",
            "Pipeline",
            {"QueuePolicy", "DestinationPolicy"},
            id="the pipeline: its role may write to the destination",
        ),
        pytest.param(
            "search",
            "Collection",
            {"EncryptionPolicy", "NetworkPolicy", "RetentionPolicy", "DataAccessPolicy"},
            id="a new collection: all of its policies",
        ),
    ],
)
def test_what_has_to_be_allowed_before_a_resource_is_made(
    stack: str, resource: str, earlier: set[str]
) -> None:
    assert set(_template(stack)[_RESOURCES][resource]["DependsOn"]) == earlier


@pytest.mark.parametrize(
    ("key", "encryption"),
    [
        pytest.param("none", {"SqsManagedSseEnabled": True}, id="SQS encrypts"),
        pytest.param("create", {"KmsMasterKeyId": "NEW"}, id="a new key"),
        pytest.param("arn:key", {"KmsMasterKeyId": "arn:key"}, id="an existing key"),
    ],
)
def test_both_queues_have_one_encryption(key: str, encryption: dict[str, Any]) -> None:
    template = _template("queue")
    scope = Scope(parameters={"EncryptionKey": key}, attributes={("Key", "Arn"): "NEW"})
    for name in ("Queue", "DeadLetterQueue"):
        properties = Evaluator(template, scope).value(template[_RESOURCES][name]["Properties"])
        members = {"KmsMasterKeyId", "SqsManagedSseEnabled"} & set(properties)
        assert {member: properties[member] for member in members} == encryption
