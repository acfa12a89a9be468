"""What is reported of rules of EventBridge, their bus, targets and archive."""

import json
from typing import Any

import pytest

from tests.deploy.verify.breakages import (
    DELETED,
    MEMBERS,
    Breakage,
    Problems,
    bus,
    change,
    gone,
    rule,
)
from tests.deploy.verify.conftest import Watched
from tests.deploy.verify.described_account import GONE
from tests.deploy.verify.watched_stack import DEAD_LETTERS, KEY, QUEUE_ARN, READS, TOPIC, policy


def target(path: str, value: Any) -> Breakage:
    return change("ListTargetsByRule", "watch-who", f"Targets.0.{path}", value)


def archive(member: str, value: Any) -> Breakage:
    return change("DescribeArchive", "watch-archive", member, value)


NOT_PUT = "The policy of the event bus does not allow * to call events:PutEvents: "
OTHER_ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-other12345"}}
ONLY_DELETE = {
    "detail-type": ["AWS API Call via CloudTrail"],
    "detail": {"eventName": ["DeleteUser"]},
}


@pytest.mark.parametrize(
    ("breakage", "expected"),
    [
        pytest.param(gone("DescribeRule", "watch-who"), [("Rule", DELETED)], id="rule: deleted"),
        pytest.param(
            rule("State", "DISABLED"), [("Rule", "The rule is disabled.")], id="rule: disabled"
        ),
        pytest.param(
            rule("State", "ENABLED"),
            [("Rule", f'State is "ENABLED", not "{READS}".')],
            id="rule: without reads",
        ),
        pytest.param(
            rule("EventPattern", json.dumps(ONLY_DELETE)),
            [("Rule", "No longer matches eventName CreateUser.")],
            id="rule: a narrower event pattern",
        ),
        pytest.param(
            rule("EventPattern", '{"detail-type": [{"exists": true}]}'),
            [("Rule", "EventPattern is not that of the template.")],
            id="rule: a wider event pattern",
        ),
        pytest.param(
            rule("EventPattern", GONE),
            [("Rule", "EventPattern is not that of the template.")],
            id="rule: a schedule instead of a pattern",
        ),
        pytest.param(
            change("ListTargetsByRule", "watch-who", "Targets", GONE),
            [
                ("Rule", f'It no longer has the target "text", {TOPIC}.'),
                ("Rule", f'It no longer has the target "json", {QUEUE_ARN}.'),
            ],
            id="rule: without targets",
        ),
        pytest.param(
            target("Id", "x"),
            [
                ("Rule", f'It no longer has the target "text", {TOPIC}.'),
                ("Rule", f'It has the target "x", {TOPIC}, not in the template.'),
            ],
            id="rule: another target",
        ),
        pytest.param(
            target("Arn", "arn:aws:sns:us-east-1:111122223333:gone"),
            [
                (
                    "Rule",
                    (
                        'Arn of target "text" is "arn:aws:sns:us-east-1:111122223333:gone", not '
                        f'"{TOPIC}".'
                    ),
                ),
                (
                    "Rule",
                    (
                        "The topic arn:aws:sns:us-east-1:111122223333:gone, to which it sends, "
                        "does not exist."
                    ),
                ),
            ],
            id="rule: a target that does not exist",
        ),
        pytest.param(
            target("InputTransformer.InputTemplate", '"It happened."'),
            [("Rule", 'The message to target "text" is not that of the template.')],
            id="rule: another message",
        ),
        pytest.param(
            target("InputTransformer", GONE),
            [("Rule", 'The message to target "text" is not that of the template.')],
            id="rule: the whole event as message",
        ),
        pytest.param(
            target("DeadLetterConfig", GONE),
            [
                (
                    "Rule",
                    (
                        'DeadLetterConfig of target "text" is not set, not '
                        f'{{"Arn": "{DEAD_LETTERS}"}}.'
                    ),
                )
            ],
            id="rule: a target without its dead-letter queue",
        ),
        pytest.param(
            target("RetryPolicy.MaximumEventAgeInSeconds", 60),
            [
                (
                    "Rule",
                    (
                        'RetryPolicy of target "text" is {"MaximumEventAgeInSeconds": 60}, not '
                        '{"MaximumEventAgeInSeconds": "3600"}.'
                    ),
                )
            ],
            id="rule: fewer retries",
        ),
        pytest.param(
            target("RoleArn", "arn:aws:iam::111122223333:role/x"),
            [
                (
                    "Rule",
                    (
                        'RoleArn of target "text" is "arn:aws:iam::111122223333:role/x"; the '
                        "template does not set it."
                    ),
                )
            ],
            id="rule: a role that sends events",
        ),
        pytest.param(
            gone("DescribeEventBus", "watch-bus"),
            [("Bus", DELETED), ("BusPolicy", DELETED)],
            id="event bus: deleted",
        ),
        pytest.param(
            bus("KmsKeyIdentifier", GONE),
            [("Bus", f'KmsKeyIdentifier is not set, not "{KEY}".')],
            id="event bus: without its key",
        ),
        pytest.param(
            bus("DeadLetterConfig", GONE),
            [("Bus", f'DeadLetterConfig is not set, not {{"Arn": "{DEAD_LETTERS}"}}.')],
            id="event bus: without its dead-letter queue",
        ),
        pytest.param(
            bus("Policy", policy({**MEMBERS, "Condition": OTHER_ORGANIZATION})),
            [
                (
                    "BusPolicy",
                    (f"{NOT_PUT}the condition of a statement does not hold."),
                )
            ],
            id="event bus: another organization",
        ),
        pytest.param(
            bus("Policy", GONE),
            [("BusPolicy", f"{NOT_PUT}no statement allows it.")],
            id="event bus: without a policy",
        ),
        pytest.param(
            gone("DescribeArchive", "watch-archive"), [("Archive", DELETED)], id="archive: deleted"
        ),
        pytest.param(
            archive("State", "DISABLED"),
            [("Archive", "The archive state is DISABLED.")],
            id="archive: disabled",
        ),
        pytest.param(
            archive("RetentionDays", 7),
            [("Archive", "RetentionDays is 7, not 30.")],
            id="archive: a shorter time",
        ),
        pytest.param(
            archive("EventPattern", '{"source": ["x"]}'),
            [("Archive", "EventPattern is not that of the template.")],
            id="archive: other events",
        ),
    ],
)
def test_a_breakage_of_an_event_rule_is_reported(
    watched: Watched, breakage: Breakage, expected: Problems
) -> None:
    breakage(watched.account)
    assert watched.problems() == expected
