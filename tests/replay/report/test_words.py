"""The words of the reports: the answer, ranges, rates, times."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.replay.reports import EMPTY, MONDAY, SMALL, detection, notification, report, result
from trailbell.catalog.detection import Timing
from trailbell.replay.detection import LogAlarmSchedule, ReplayDetection
from trailbell.replay.model import Notification, Range, ReplayReport
from trailbell.replay.report.words import (
    accounts_of,
    alarm,
    answer,
    covered,
    duration,
    in_range,
    minute,
    per_week,
    short_identity,
    weeks,
)

_KEY = detection("key-disabled")


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        pytest.param(
            report(records=0),
            "No record was read, so there is nothing to say about notifications.",
            id="without records there is no answer",
        ),
        pytest.param(
            EMPTY,
            "No notification in 4 weeks: no detection fires on any of 33,377 records.",
            id="no event",
        ),
        pytest.param(
            report(result(_KEY, hits=7), records=10, weeks=1.0),
            "No notification in 1 week, from 7 hits in 10 records.",
            id="events below the threshold",
        ),
        pytest.param(
            report(result(_KEY, hits=1, notifications=Range(0, 0, 2)), records=1, weeks=4.25),
            "No notification in 4.2 weeks (0 to 2, depending on delivery), from 1 hit in 1 record.",
            id="no notification with typical delivery",
        ),
        pytest.param(
            report(result(_KEY, [notification("key-disabled", MONDAY)])),
            "1 notification in 4 weeks, from 3 hits in 33,377 records.",
            id="one notification whatever the delivery",
        ),
        pytest.param(
            report(result(_KEY, hits=1), records=1, last=MONDAY + 59, weeks=1.0),
            "No notification in less than a minute, from 1 hit in 1 record.",
            id="one record",
        ),
        pytest.param(
            report(result(_KEY, hits=1), records=2, last=MONDAY + 3_600 * 26, weeks=1.0),
            "No notification in 1 d 2 h, from 1 hit in 2 records.",
            id="less than a week",
        ),
        pytest.param(
            report(first=None, last=None, records=2),
            "None of 2 records is an event of the selected times and accounts.",
            id="records of other times",
        ),
        pytest.param(
            SMALL,
            "3 notifications in 4 weeks (3 to 4, depending on delivery), from 12 hits in "
            "33,377 records.",
            id="a range",
        ),
    ],
)
def test_the_answer(of: ReplayReport, expected: str) -> None:
    assert answer(of) == expected


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        pytest.param(in_range(Range(3, 3, 3)), "3", id="a range of one value"),
        pytest.param(in_range(Range(0, 1_200, 1_300)), "1,200 (0 to 1,300)", id="a range"),
        pytest.param(weeks(1.0), "1 week", id="one week"),
        pytest.param(weeks(1.04), "1 week", id="nearly one week"),
        pytest.param(weeks(1.5), "1.5 weeks", id="a part of a week"),
        pytest.param(weeks(1_043.6), "1,044 weeks", id="twenty years"),
        pytest.param(per_week(0, 4), "0", id="none a week"),
        pytest.param(per_week(1, 52), "less than 0.1", id="one a year"),
        pytest.param(per_week(1, 4), "0.2", id="one in four weeks"),
        pytest.param(per_week(8, 4), "2", id="two a week"),
        pytest.param(per_week(5_000, 4), "1,250", id="many a week"),
        pytest.param(per_week(3, 0), "3", id="a time of no length is a week"),
        pytest.param(duration(0), "0 s", id="no time"),
        pytest.param(duration(59), "59 s", id="seconds"),
        pytest.param(duration(90), "1 min 30 s", id="a few minutes with their seconds"),
        pytest.param(duration(659), "10 min", id="minutes"),
        pytest.param(duration(7_260), "2 h 1 min", id="hours"),
        pytest.param(duration(86_400), "1 d", id="a day"),
        pytest.param(duration(90_000), "1 d 1 h", id="days"),
        pytest.param(minute(MONDAY + 59), "2026-11-02 00:00", id="the minute of a time"),
        pytest.param(
            covered(EMPTY), "2026-11-02 00:00 to 2026-11-29 23:59 UTC", id="the time of records"
        ),
        pytest.param(covered(report(first=None, last=None)), "", id="no records have no time"),
        pytest.param(short_identity("alice"), "alice", id="an identity without an ARN"),
        pytest.param(short_identity("arn:x"), "arn:x", id="what only begins like an ARN"),
        pytest.param(
            short_identity("arn:aws:sts::111122223333:assumed-role/a:b/c"),
            "111122223333:assumed-role/a:b/c",
            id="an ARN with a colon in a name",
        ),
    ],
)
def test_words(made: str, expected: str) -> None:
    assert made == expected


def _with(**timing: int) -> ReplayDetection:
    return ReplayDetection(
        id="a",
        title="A",
        severity="low",
        filter_pattern=_KEY.filter_pattern,
        timing=Timing(**timing),  # type: ignore[arg-type] # numbers only
    )


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        pytest.param(_with(), "1 event in 5 min", id="the default"),
        pytest.param(
            _with(period=3_600, threshold=20, evaluation_periods=3, datapoints_to_alarm=2),
            "20 events in 1 h, in 2 of 3 periods",
            id="data points of several periods",
        ),
        pytest.param(
            detection(
                "a",
                log_alarm=LogAlarmSchedule(run_every=300, start_offset=900, end_offset=300),
            ),
            "a log alarm, whose query runs every 5 min",
            id="a log alarm",
        ),
    ],
)
def test_when_an_alarm_goes_into_alarm(of: ReplayDetection, expected: str) -> None:
    assert alarm(of) == expected


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        pytest.param(
            notification("a", 0, ["ec2.amazonaws.com", "arn:aws:s3:::bucket"], installation=""),
            (),
            id="identities without an account",
        ),
        pytest.param(
            notification("a", 0, ["arn:aws:iam::123456789012:user/a"]),
            ("111122223333",),
            id="the account of the installation",
        ),
        pytest.param(
            notification(
                "a",
                0,
                ["arn:aws:iam::123456789012:user/a", "arn:aws:iam::123456789012:user/b"],
                ["arn:aws:iam::111122223333:user/a"],
                installation="",
            ),
            ("111122223333", "123456789012"),
            id="the accounts of all identities, if the installation is for all",
        ),
    ],
)
def test_the_accounts_of_a_notification(of: Notification, expected: tuple[str, ...]) -> None:
    assert accounts_of(of) == expected


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_any_time_has_a_text(seconds: int) -> None:
    assert len(minute(seconds)) == len("2026-11-02 00:00")
