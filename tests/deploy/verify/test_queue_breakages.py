"""What is reported of a queue and its policy."""

from typing import Any

import pytest

from tests.deploy.verify.breakages import DELETED, DENY_ALL, Breakage, Problems, change, gone
from tests.deploy.verify.conftest import Watched
from tests.deploy.verify.described_account import GONE
from tests.deploy.verify.watched_stack import DEAD_LETTERS, KEY, QUEUE_URL, SEND, policy


def queue(member: str, value: Any) -> Breakage:
    return change("GetQueueAttributes", QUEUE_URL, f"Attributes.{member}", value)


NOT_SENT = "The queue policy does not allow sns.amazonaws.com to call sqs:SendMessage: "


@pytest.mark.parametrize(
    ("breakage", "expected"),
    [
        pytest.param(
            gone("GetQueueAttributes", QUEUE_URL),
            [("Queue", DELETED), ("QueuePolicy", DELETED)],
            id="queue: deleted",
        ),
        pytest.param(
            queue("MessageRetentionPeriod", "60"),
            [("Queue", 'MessageRetentionPeriod is "60", not 1209600.')],
            id="queue: messages are kept for a minute",
        ),
        pytest.param(
            queue("KmsMasterKeyId", "alias/aws/sqs"),
            [("Queue", f'KmsMasterKeyId is "alias/aws/sqs", not "{KEY}".')],
            id="queue: encrypted with the AWS managed key",
        ),
        pytest.param(
            queue("RedrivePolicy", GONE),
            [
                (
                    "Queue",
                    (
                        "RedrivePolicy is not set, not "
                        f'{{"deadLetterTargetArn": "{DEAD_LETTERS}", "maxReceiveCount": 5}}.'
                    ),
                )
            ],
            id="queue: no dead-letter queue",
        ),
        pytest.param(
            queue("Policy", GONE),
            [("QueuePolicy", f"{NOT_SENT}no statement allows it.")],
            id="queue policy: deleted",
        ),
        pytest.param(
            queue("Policy", policy(SEND, DENY_ALL)),
            [("QueuePolicy", f'{NOT_SENT}statement "Stop" denies it.')],
            id="queue policy: denied",
        ),
    ],
)
def test_a_breakage_of_a_queue_is_reported(
    watched: Watched, breakage: Breakage, expected: Problems
) -> None:
    breakage(watched.account)
    assert watched.problems() == expected
