"""What is said of a stack that is healthy, harmless changes, and what cannot be known yet."""

import json

import pytest

from tests.deploy.verify.breakages import (
    DENY_ALL,
    MEMBERS,
    WITHOUT_KMS,
    Breakage,
    alarm,
    bus,
    gone,
    managed_policy,
    metric_filter,
    rule,
    selectors,
    status,
    topic,
)
from tests.deploy.verify.conftest import Watched
from tests.deploy.verify.described_account import GONE
from tests.deploy.verify.watched_stack import (
    BOUNDARY,
    EVENT_PATTERN,
    NOW,
    PUBLISH,
    WRITE_EVENTS,
    policy,
)

BY_DESIGN = [
    (
        "remark",
        "",
        (
            'Parameter Email is "a@example.com", which is not in the settings: unless it is given '
            'again, the next deployment sets it to the default "".'
        ),
    ),
    (
        "remark",
        "",
        (
            'Parameter Threshold is "5", which is not in the settings: unless it is given again, '
            'the next deployment sets it to the default "1".'
        ),
    ),
    (
        "remark",
        "LowTopic",
        (
            "The topic has no subscriptions: its alarms notify no one. No parameter names an "
            "endpoint for it."
        ),
    ),
]
ALL_EVENTS = [{"ReadWriteType": "All", "IncludeManagementEvents": True}]
EVERYTHING = [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]


def test_a_healthy_stack_has_only_what_is_by_design(watched: Watched) -> None:
    assert watched.verify() == BY_DESIGN


@pytest.mark.parametrize(
    "harmless",
    [
        pytest.param(
            metric_filter(
                "filterPattern",
                '{$.eventSource="iam.amazonaws.com"&&$.eventName="*"}',
            ),
            id="a pattern with other spaces and parentheses",
        ),
        pytest.param(
            topic("Policy", policy({**PUBLISH, "Action": "SNS:Publish", "Sid": "x"})),
            id="a policy in other words",
        ),
        pytest.param(
            selectors(EventSelectors=[*ALL_EVENTS, *WITHOUT_KMS]),
            id="two event selectors of which one records everything",
        ),
        pytest.param(
            selectors(AdvancedEventSelectors=EVERYTHING),
            id="an advanced event selector that records all management events",
        ),
        pytest.param(
            managed_policy("arn:aws:iam::aws:policy/ReadOnlyAccess", WRITE_EVENTS),
            id="an attached policy that only allows",
        ),
        pytest.param(managed_policy(BOUNDARY, WRITE_EVENTS), id="a boundary that allows enough"),
        pytest.param(
            rule("EventPattern", json.dumps(EVENT_PATTERN, indent=2, sort_keys=True)),
            id="an event pattern with other spaces",
        ),
        pytest.param(
            bus("Policy", policy({**MEMBERS, "Sid": "Other"})),
            id="a policy of an event bus that allows more",
        ),
        pytest.param(
            topic("Policy", policy(PUBLISH, {**DENY_ALL, "NotPrincipal": {"AWS": "*"}} | {
                "Condition": {"Bool": {"aws:SecureTransport": "false"}}
            })),
            id="a Deny of requests without TLS",
        ),
    ],
)  # fmt: skip
def test_what_means_the_same_is_not_reported(watched: Watched, harmless: Breakage) -> None:
    harmless(watched.account)
    assert watched.problems() == []


@pytest.mark.parametrize(
    ("breakage", "expected"),
    [
        pytest.param(
            lambda account: (
                status("LatestDeliveryTime", GONE)(account),
                status("StartLoggingTime", NOW)(account),
            ),
            (
                "Trail",
                (
                    "Nothing has been delivered to the bucket yet. Logging has just started: "
                    "verify it "
                    "again in an hour."
                ),
            ),
            id="a trail that was just started",
        ),
        pytest.param(
            lambda account: (
                alarm("StateValue", "INSUFFICIENT_DATA", "heartbeat")(account),
                alarm("StateUpdatedTimestamp", NOW, "heartbeat")(account),
            ),
            (
                "Heartbeat",
                (
                    "Its state is INSUFFICIENT_DATA: no events arrive, or they are not counted. "
                    "Verify "
                    "it again after 3600 seconds."
                ),
            ),
            id="a heartbeat that was just created",
        ),
        pytest.param(
            gone("GetBucketLifecycleConfiguration", "watch-bucket"),
            ("Bucket", "Log files never expire, not after 365 days."),
            id="log files that are kept longer",
        ),
    ],
)
def test_what_is_not_known_yet_is_a_remark(
    watched: Watched, breakage: Breakage, expected: tuple[str, str]
) -> None:
    breakage(watched.account)
    assert [entry for entry in watched.verify() if entry not in BY_DESIGN] == [
        ("remark", *expected)
    ]
