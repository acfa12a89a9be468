"""The report of a replay in a terminal and as JSON, as whole texts."""

import json
from dataclasses import replace

from tests.replay.reports import ACCOUNTS, MONDAY, notification, report, result
from tests.replay.reports import detection as detection_of
from tests.replay.tuning.records import catalog, deploy, detection, hits_of, month
from trailbell.catalog.detection import Severity
from trailbell.cloudtrail.read_error import ReadError
from trailbell.replay.catalog import replay_detections
from trailbell.replay.causes import loudest_causes
from trailbell.replay.hit import Collected
from trailbell.replay.model import Range, ReplayReport, Share, Week
from trailbell.replay.report import json_report
from trailbell.replay.report import text as text_report
from trailbell.replay.report.words import minute
from trailbell.replay.summary import replay
from trailbell.styled_text import plain_text


def _report(events: object = None, severity: Severity = Severity.MEDIUM) -> ReplayReport:
    deployed, deployment = deploy(
        catalog(detection(severity=severity), detection("quiet", pattern="{ $.a = b }")), ""
    )
    hits = tuple(hits_of(deployed, month() if events is None else ()))
    collected = Collected(
        hits=hits,
        arrivals={},
        uncertain={"quiet": 2},
        records=1200,
        files=3,
        duplicates=7,
        first=hits[0].time if hits else None,
        last=hits[-1].time if hits else None,
        unreadable=(ReadError("x.gz", "truncated gzip data"),),
        left_out=1,
        left_out_kinds={},
    )
    causes = loudest_causes(deployed, deployment, collected, per_account=True, number=2)
    detections = replay_detections(deployed, {})
    return replay(detections, collected, per_account=True, causes=causes)


def test_the_answer_without_a_hit() -> None:
    assert plain_text(text_report.summary_lines(_report(()))) == (
        "None of 1,200 records is an event of the selected times and accounts."
    )


def test_the_answer() -> None:
    assert plain_text(text_report.summary_lines(_report())) == (
        "69 notifications in 3.6 weeks, from 69 hits in 1,200 records.\n"
        "  2026-11-02 09:00 to 2026-11-27 17:00 UTC. Each account has its own alarms.\n"
        "  7 duplicate hits left out: events that were delivered more than once."
    )


def test_what_is_of_high_severity_comes_before_everything_else() -> None:
    lines = plain_text(text_report.summary_lines(_report(severity=Severity.HIGH))).split("\n")
    assert lines[1] == "  high severity: users (69)"


def test_rows_of_detections() -> None:
    assert [*text_report.detection_rows(_report())][1:] == [
        ("users", "medium", "69", "", "19.1", "69", "4 min", "")
    ]


def test_a_row_with_a_range_and_identities_that_nothing_reports() -> None:
    rare = result(
        detection_of("key-disabled"),
        hits=1_200,
        notifications=Range(1, 2, 3),
        seconds_to_notify=(3_665, 7_200),
        masked=(Share("mallory", 4), Share("eve", 1)),
    )
    rows = [*text_report.detection_rows(report(rare, weeks=52.0))]
    assert rows[1:] == [
        (
            "key-disabled",
            "medium",
            "2",
            "1 to 3",
            "<0.1",
            "1,200",
            "1 h 1 min",
            "2 masked identities",
        )
    ]


def test_a_notification_that_comes_again_counts_no_hit() -> None:
    again = replace(notification("key-disabled", MONDAY), hits=0)
    noisy = result(
        detection_of("key-disabled"),
        [again],
        seconds_to_notify=(120, 300),
        weeks=tuple(Week(f"2026-01-{day:02}", Range(1, 2, 2), 1) for day in range(1, 23)),
    )
    lines = plain_text(text_report.detail_lines(report(noisy), {"key-disabled"})).split("\n")
    assert "  first event to notification: 2 min (median), 5 min at most" in lines
    assert lines[-4:] == [
        "  week of 2026-01-19  2 (1 to 2) sent, 1 hit",
        "  week of 2026-01-20  2 (1 to 2) sent, 1 hit",
        "  and 2 more weeks with hits",
        f"  {minute(MONDAY)} {ACCOUNTS[0]}  again, for hits by {again.told[0]}",
    ]


def test_causes_that_must_not_be_excluded_and_that_leave_nothing() -> None:
    cause = _report().causes[0]
    refused = replace(cause, refused="it guards the alarms", also_silences=())
    last = replace(cause, with_exclusion=Range(0, 0, 0), also_silences=())
    lines = plain_text(text_report.cause_lines([refused, last], 4.0)).split("\n")
    assert lines[4:] == [
        "   do not exclude: it guards the alarms",
        "",
        "2. users: arn:aws:iam::111122223333:role/cicd/Deployer: 69 notifications of 69, 60 hits",
        "   [catalog.detection.users]",
        '   exclude = { roles = ["arn:aws:iam::111122223333:role/cicd/Deployer"] }',
        "   leaves no notification",
    ]


def test_causes() -> None:
    replayed = _report()
    assert plain_text(text_report.cause_lines(replayed.causes, replayed.weeks)) == (
        "Loudest causes\n"
        '  An exclusion also silences an attacker who uses what it names. "trailbell tune" '
        "proposes exclusions, and holds back what may be an attack.\n"
        "\n"
        "1. users: arn:aws:iam::111122223333:role/cicd/Deployer: 60 notifications of 69, 60 hits\n"
        "   [catalog.detection.users]\n"
        '   exclude = { roles = ["arn:aws:iam::111122223333:role/cicd/Deployer"] }\n'
        "   leaves 9 notifications, 2.5 a week, and also silences:\n"
        "   - 1 event: CreateUser (60)\n"
        "   - 1 address: 192.0.2.44 (60)\n"
        "\n"
        "2. users: arn:aws:iam::111122223333:user/mallory: 5 notifications of 69, 5 hits\n"
        "   [catalog.detection.users]\n"
        '   exclude = { principal_arns = ["arn:aws:iam::111122223333:user/mallory"] }\n'
        "   leaves 64 notifications, 17.7 a week, and also silences:\n"
        "   - 1 event: CreateUser (5)\n"
        "   - 1 address: 203.0.113.9 (5)\n"
        "   - This is a user: with its access key, or its password, anyone can act as it."
    )


def test_details() -> None:
    lines = plain_text(text_report.detail_lines(_report(), {"users", "quiet"})).split("\n")
    assert lines[:7] == [
        "users  medium  A user was created",
        "  first event to notification: 4 min",
        "  real-time messages, with its rule: 69",
        "  events               69  CreateUser",
        "  identities           60  arn:aws:iam::111122223333:role/cicd/Deployer",
        "                        5  arn:aws:iam::111122223333:user/mallory",
        "                        4  arn:aws:iam::111122223333:role/Administrator",
    ]
    assert lines[15:17] == [
        "  2026-11-02 09:04 111122223333  1 hit by arn:aws:iam::111122223333:role/cicd/Deployer",
        "  2026-11-02 13:04 111122223333  1 hit by arn:aws:iam::111122223333:role/cicd/Deployer",
    ]
    assert lines[-3:] == ["  and 49 more notifications", "", "quiet: does not fire"]


def test_what_was_not_read() -> None:
    replayed = _report()
    assert plain_text(text_report.unread_lines(replayed)) == (
        "note: quiet is uncertain about 2 records, which are no hits; "
        '"trailbell test" shows why\n'
        "note: 1 other file skipped"
    )
    assert [*text_report.shown_unreadable(replayed.unreadable)] == ["x.gz: truncated gzip data"]


def test_json_has_everything() -> None:
    document = json.loads(json.dumps(json_report.to_json(_report())))
    detections = document.pop("detections")
    causes = document.pop("causes")
    assert document == {
        "records": 1200,
        "files": 3,
        "duplicates": 7,
        "first": "2026-11-02T09:00:00Z",
        "last": "2026-11-27T17:00:00Z",
        "weeks": 3.619,
        "notifications": {"low": 69, "typical": 69, "high": 69},
        "quiet": ["quiet"],
        "uncertain": {"quiet": 2},
        "unreadable": ["x.gz: truncated gzip data"],
        "left_out": "1 other file skipped",
        "delivery": _report().delivery,
        "installations": "Each account has its own alarms.",
    }
    assert causes[0]["exclude"] == {"roles": ["arn:aws:iam::111122223333:role/cicd/Deployer"]}
    (users,) = detections
    assert users["timeline"][0] == {
        "account": "111122223333",
        "first_event": "2026-11-02T09:00:00Z",
        "sent": "2026-11-02T09:04:00Z",
        "until": "2026-11-02T09:09:00Z",
        "hits": 1,
        "identities": ["arn:aws:iam::111122223333:role/cicd/Deployer"],
        "masked_hits": 0,
        "masked_identities": [],
        "contributor": None,
    }
    assert sorted(users) == [
        "accounts",
        "addresses",
        "events",
        "hits",
        "id",
        "identities",
        "masked_identities",
        "notifications",
        "regions",
        "rule_messages",
        "seconds_to_notify",
        "severity",
        "timeline",
        "title",
        "unreported_hits",
        "weeks",
    ]
