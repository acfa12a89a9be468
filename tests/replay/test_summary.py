"""The report of a replay, as whole values."""

from dataclasses import replace

import pytest

from tests.replay.hits import ACCOUNT, OTHER_ACCOUNT, arn, detection, hit, timing
from trailbell.replay.detection import ReplayDetection, RuleReceives
from trailbell.replay.hit import Collected, Hit
from trailbell.replay.model import DetectionResult, Notification, Range, ReplayReport, Share, Week
from trailbell.replay.summary import (
    DELIVERY,
    FOR_ALL,
    PER_ACCOUNT,
    SECONDS_PER_WEEK,
    monday,
    replay,
    weeks_of,
)

_START = 1_767_600_000  # Monday, 2026-01-05 08:00:00 UTC
_DELIVERED = 192  # seconds: typical
_MINUTE = 60


def _collected(*hits: Hit, **members: object) -> Collected:
    values: dict[str, object] = {
        "hits": hits,
        "arrivals": {},
        "uncertain": {},
        "left_out_kinds": {},
        "records": 10,
        "files": 2,
        "first": _START,
        "last": _START + SECONDS_PER_WEEK,
    }
    return Collected(**(values | members))  # type: ignore[arg-type] # members of Collected


def _replay(collected: Collected, *detections: ReplayDetection) -> ReplayReport:
    return replay(detections, collected, per_account=True)


def test_nothing_fires() -> None:
    quiet = detection()
    report = _replay(_collected(), quiet)
    assert (report.notifications, report.detections, report.quiet) == (Range(0, 0, 0), (), (quiet,))


def test_one_hit_is_one_notification() -> None:
    result = _replay(_collected(hit(_START)), detection()).detections[0]
    end_of_minute = (_START + _DELIVERED) // _MINUTE * _MINUTE + _MINUTE
    assert result == DetectionResult(
        detection=detection(),
        hits=1,
        notifications=Range(1, 1, 1),
        weeks=(Week("2026-01-05", Range(1, 1, 1), 1),),
        seconds_to_notify=(end_of_minute - _START, end_of_minute - _START),
        untold=0,
        masked=(),
        rule_messages=None,
        identities=(Share(arn("alice"), 1),),
        accounts=(Share(ACCOUNT, 1),),
        regions=(Share("us-east-1", 1),),
        addresses=(Share("192.0.2.1", 1),),
        events=(Share("CreateUser", 1),),
        timeline=(
            Notification(
                detection="new-user",
                installation=ACCOUNT,
                first=_START,
                sent=end_of_minute,
                until=end_of_minute + 300,
                hits=1,
                told=(arn("alice"),),
                masked=(),
                masked_hits=0,
            ),
        ),
    )


def test_who_comes_while_the_alarm_is_in_alarm_is_not_reported() -> None:
    hits = [hit(_START, 1, "alice"), hit(_START + 120, 2, "mallory"), hit(_START + 130, 3, "alice")]
    result = _replay(_collected(*hits), detection()).detections[0]
    assert (result.notifications.typical, result.untold, result.masked) == (
        1,
        2,
        (Share(arn("mallory"), 1),),
    )


def test_hits_below_the_threshold_are_not_reported() -> None:
    hits = [hit(_START, 1), hit(_START + 10, 2)]
    result = _replay(_collected(*hits), detection(timing(threshold=3))).detections[0]
    assert (result.notifications, result.untold, result.seconds_to_notify) == (
        Range(0, 0, 0),
        2,
        None,
    )


def test_late_delivery_makes_the_number_of_notifications_a_range() -> None:
    hits = [hit(_START + number * 400, number) for number in range(10)]
    report = _replay(_collected(*hits), detection())
    assert report.detections[0].notifications == Range(8, 10, 10)
    assert report.detections[0].weeks == (Week("2026-01-05", Range(8, 10, 10), 10),)


def test_a_notification_that_comes_again_has_no_time_to_notify() -> None:
    """The alarm evaluates the data point again when the account has another event."""
    minute = _START // _MINUTE
    collected = _collected(hit(_START, 1), arrivals={ACCOUNT: frozenset({minute, minute + 1})})
    result = _replay(collected, detection()).detections[0]
    assert ([each.hits for each in result.timeline], result.untold) == ([1, 0, 0], 0)
    assert result.seconds_to_notify == (240, 240)


def test_alarms_of_accounts_are_apart_unless_one_installation_has_all() -> None:
    hits = [hit(_START, 1), hit(_START, 2, account=OTHER_ACCOUNT)]
    numbers = {
        per_account: replay(
            [detection()], _collected(*hits), per_account=per_account
        ).notifications.typical
        for per_account in (True, False)
    }
    assert numbers == {True: 2, False: 1}


def test_messages_of_a_rule_are_counted() -> None:
    with_rule = detection(rule=RuleReceives.WRITES)
    hits = [hit(_START, 1), hit(_START, 2, is_read=True)]
    assert _replay(_collected(*hits), with_rule).detections[0].rule_messages == 1


def test_the_loudest_detection_is_first() -> None:
    quiet, loud = detection(timing(threshold=5)), detection()
    detections = [_named(quiet, "b-quiet"), _named(loud, "a-loud")]
    hits = [hit(_START, number, detection="b-quiet") for number in range(3)]
    hits.append(hit(_START, 9, detection="a-loud"))
    report = _replay(_collected(*hits), *detections)
    assert [result.detection.id for result in report.detections] == ["a-loud", "b-quiet"]


def _named(original: ReplayDetection, name: str) -> ReplayDetection:
    return replace(original, id=name)


def test_what_is_around_the_detections() -> None:
    collected = _collected(
        hit(_START), duplicates=4, uncertain={"b": 2, "a": 1}, left_out=3, left_out_kinds={"WAF": 2}
    )
    report = _replay(collected, detection())
    assert (
        report.records,
        report.files,
        report.duplicates,
        report.weeks,
        report.uncertain,
        report.left_out,
        report.delivery,
        report.installations,
    ) == (
        10,
        2,
        4,
        1.0,
        (Share("a", 1), Share("b", 2)),
        "3 other files skipped (WAF: 2)",
        DELIVERY,
        PER_ACCOUNT,
    )
    assert replay([detection()], collected, per_account=False).installations == FOR_ALL


@pytest.mark.parametrize(
    ("members", "weeks"),
    [
        pytest.param({"first": None, "last": None}, 1.0, id="no event"),
        pytest.param({"last": _START + 3600}, 1.0, id="an hour counts as a week"),
        pytest.param({"last": _START + 5 * SECONDS_PER_WEEK // 2}, 2.5, id="two weeks and a half"),
    ],
)
def test_weeks(members: dict[str, int | None], weeks: float) -> None:
    assert weeks_of(_collected(**members)) == weeks


@pytest.mark.parametrize(
    ("time", "name"),
    [
        pytest.param(_START - 8 * 3600, "2026-01-05", id="the first second of a Monday"),
        pytest.param(_START - 8 * 3600 - 1, "2025-12-29", id="the last second of a Sunday"),
    ],
)
def test_monday(time: int, name: str) -> None:
    assert monday(time) == name
