"""What people and programs see of a tuning."""

from dataclasses import replace

import pytest

from tests.replay.tuning.records import (
    DEPLOYER,
    MALLORY,
    catalog,
    daily,
    detection,
    in_account,
    month,
    night,
    tune,
)
from trailbell.catalog.detection import Severity
from trailbell.replay.tuning.change import with_changes
from trailbell.replay.tuning.model import Limits
from trailbell.replay.tuning.report import difference, to_json, to_lines
from trailbell.samples import Event
from trailbell.styled_text import plain_text

_TIME = "in 0 records of 4.0 weeks, 2026-11-02 to 2026-11-30"

_MONTH = f"""\
1 detection sent more than 2 notifications a week {_TIME}. \
With 2 proposals, 1 of 1 would be within this limit.

users  medium  A user was created
  now      69 notifications, 17.2 a week, from 69 events
  propose  exclude = {{ roles = ["arn:aws:iam::111122223333:role/cicd/Deployer"] }}
           leaves 9 notifications, 2.2 a week
           60 events on 20 days no longer count: CreateUser (60)
  propose  exclude = {{ roles = ["arn:aws:iam::111122223333:role/Administrator"] }}
           leaves 5 notifications, 1.2 a week
           4 events on 4 days no longer count: CreateUser (4)
  after    5 notifications, 1.2 a week
  not      exclude = {{ principal_arns = ["arn:aws:iam::111122223333:user/mallory"] }}
           5 events; alone it would leave 64 notifications, 16.0 a week
           it has events on 1 day only (2026-11-14), fewer than 3; a burst may be an attack, so \
look at it first"""

_HIGH = f"""\
1 detection sent more than 1 notification a week {_TIME}. \
With 0 proposals, 0 of 1 would be within this limit.

users  high  A user was created
  now      12 notifications, 3.0 a week, from 12 events
  not      exclude = {{ principal_arns = ["arn:aws:iam::111122223333:user/mallory"] }}
           12 events; alone it would leave 0 notifications, 0.0 a week
           it has events on 1 day only (2026-11-14), fewer than 3; a burst may be an attack, so \
look at it first
  not      its severity is high: a threshold above 1 would miss a single event, and a longer \
period the second attacker
  left     severity = "low" sends them to another topic; disable removes the detection"""

_ACCOUNTS = f"""\
1 detection sent more than 1 notification a week {_TIME}. \
With 1 proposal, 1 of 1 would be within this limit.

users  medium  A user was created
  now      140 notifications, 35.0 a week, from 140 events
  propose  exclude = {{ roles = ["/cicd/Deployer"] }}
           leaves 0 notifications, 0.0 a week
           140 events on 28 days no longer count: CreateUser (140)
           no longer reported: arn:aws:iam::100000000000:role/cicd/Deployer (28), \
arn:aws:iam::100000000001:role/cicd/Deployer (28), \
arn:aws:iam::100000000002:role/cicd/Deployer (28) and 2 more
           The role on this path is excluded in every account.
  after    0 notifications, 0.0 a week"""


@pytest.mark.parametrize(
    ("severity", "events", "per_week", "expected"),
    [
        pytest.param(
            Severity.HIGH,
            [],
            1,
            f"No detection sends more than 1 notification a week {_TIME}.",
            id="nothing fires",
        ),
        pytest.param(
            Severity.HIGH,
            daily(DEPLOYER, (9,), (1, 8)),
            0.5,
            f"No detection sends more than 0.5 notifications a week {_TIME}.",
            id="quiet",
        ),
        pytest.param(Severity.HIGH, night(MALLORY, 12), 1, _HIGH, id="nothing to propose"),
        pytest.param(Severity.MEDIUM, month(), 2, _MONTH, id="two proposals"),
        pytest.param(
            Severity.MEDIUM,
            [
                event
                for number in range(5)
                for event in in_account(daily(DEPLOYER, (9,)), f"{100000000000 + number}")
            ],
            1,
            _ACCOUNTS,
            id="identities that are affected, too",
        ),
    ],
)
def test_lines(severity: Severity, events: list[Event], per_week: float, expected: str) -> None:
    limits = Limits(per_week=per_week)
    tuning = tune(catalog(detection(severity=severity)), events, limits=limits)
    assert plain_text(to_lines(tuning)) == expected


def test_what_is_left_to_do_for_a_detection_of_low_severity() -> None:
    tuning = tune(catalog(detection(severity=Severity.LOW, verbatim=True)), month())
    *_, last = to_lines(tuning)
    assert str(last) == "  left     disable removes the detection"


def test_records_of_a_few_days_are_named() -> None:
    tuning = tune(catalog(detection()), night(MALLORY, 12))
    short = replace(tuning, last=(tuning.first or 0) + 13 * 86_400)
    assert [str(each) for each in to_lines(short)][1:3] == [
        "These are records of less than two weeks, in which little recurs.",
        "",
    ]


def test_the_lines_that_change_in_the_settings() -> None:
    tuning = tune(catalog(detection()), month(), limits=Limits(per_week=3))
    before = '# Ours.\n[catalog]\npacks = ["noise"]\n\n[lint]\n'
    after = with_changes(before, tuning.proposals, "trailbell.toml")
    assert plain_text(difference(before, after, "trailbell.toml")) == (
        "--- trailbell.toml\n"
        "+++ trailbell.toml\n"
        "@@ -4,2 +4,5 @@\n"
        " \n"
        "+[catalog.detection.users]\n"
        '+exclude = { roles = ["arn:aws:iam::111122223333:role/cicd/Deployer"] }\n'
        "+\n"
        " [lint]"
    )


def test_json_has_everything() -> None:
    tuning = tune(catalog(detection()), month(), limits=Limits(per_week=1))
    found = to_json(tuning, written=["users"])
    (tuned,) = found["detections"]
    first, *_, last = tuned.pop("proposals")
    assert len(first.pop("days")) == 20
    assert len(last.pop("days")) == 21
    assert (found["limits"], found["weeks"], found["quiet"], found["written"]) == (
        {"per_week": 1, "recurring": 3, "include_guards": False},
        4.0,
        0,
        ["users"],
    )
    assert (found["first"], found["last"], found["records"], found["unreadable"]) == (
        "2026-11-02T00:00:00Z",
        "2026-11-30T00:00:00Z",
        0,
        [],
    )
    assert first == {
        "change": {"exclude": {"roles": ["arn:aws:iam::111122223333:role/cicd/Deployer"]}},
        "notifications": {"low": 9, "typical": 9, "high": 9},
        "silenced_events": 60,
        "event_names": {"CreateUser": 60},
        "unreported_identities": {"arn:aws:iam::111122223333:role/cicd/Deployer": 60},
        "notes": [],
    }
    assert (last["change"], last["notifications"]) == (
        {"period": 3600},
        {"low": 1, "typical": 1, "high": 1},
    )
    assert tuned == {
        "id": "users",
        "severity": "medium",
        "events": 69,
        "before": {"low": 69, "typical": 69, "high": 69},
        "after": {"low": 1, "typical": 1, "high": 1},
        "within_limit": True,
        "not_proposed": [
            {
                "change": {
                    "exclude": {"principal_arns": ["arn:aws:iam::111122223333:user/mallory"]}
                },
                "notifications": {"low": 64, "typical": 64, "high": 64},
                "silenced_events": 5,
                "reason": (
                    "it has events on 1 day only (2026-11-14), fewer than 3; a burst may be an "
                    "attack, so look at it first"
                ),
            }
        ],
    }
