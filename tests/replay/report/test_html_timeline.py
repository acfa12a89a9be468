"""The timeline of the HTML report: its parts of the time, and what its bars say."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.html_pages import Tags
from tests.replay.reports import (
    DAY,
    EMPTY,
    HOUR,
    MONDAY,
    SMALL,
    WEEK,
    detection,
    notification,
    report,
    result,
)
from trailbell.replay.model import Notification, ReplayReport
from trailbell.replay.report.html_timeline import Buckets, buckets, timeline
from trailbell.replay.report.words import moment


@pytest.mark.parametrize(
    ("times", "days", "count", "names"),
    [
        pytest.param(
            (MONDAY, MONDAY), 1, 1, ("Mon 2026-11-02", "Mon 2026-11-02"), id="a time of no length"
        ),
        pytest.param(
            (MONDAY + DAY - 1, MONDAY + DAY),
            1,
            2,
            ("Mon 2026-11-02", "Tue 2026-11-03"),
            id="two seconds of two days",
        ),
        pytest.param(
            (MONDAY, MONDAY + 61 * DAY),
            1,
            62,
            ("Mon 2026-11-02", "Sat 2027-01-02"),
            id="two months have days",
        ),
        pytest.param(
            (MONDAY + 3 * DAY, MONDAY + 65 * DAY),
            7,
            10,
            ("2026-11-02 to 2026-11-08", "2027-01-04 to 2027-01-10"),
            id="a day more has weeks, which begin on a Monday",
        ),
        pytest.param(
            (MONDAY, MONDAY + 62 * WEEK),
            28,
            16,
            ("2026-11-02 to 2026-11-29", "2027-12-27 to 2028-01-23"),
            id="more than a year has parts of four weeks",
        ),
        pytest.param(
            (0, MONDAY),
            364,
            58,
            ("1969-12-29 to 1970-12-27", "2026-10-19 to 2027-10-17"),
            id="an event of 1970 has parts of a year",
        ),
    ],
)
def test_the_parts_of_a_time(
    times: tuple[int, ...], days: int, count: int, names: tuple[str, str]
) -> None:
    parts = buckets(times)
    assert (parts.days, parts.count) == (days, count)
    assert (parts.name(0), parts.name(parts.count - 1)) == names


@given(st.lists(st.integers(min_value=-(10**11), max_value=10**11), min_size=1, max_size=9))
def test_each_time_is_in_its_part_and_there_are_few_parts(times: list[int]) -> None:
    parts = buckets(times)
    assert 1 <= parts.count <= 62
    for each in times:
        index = parts.index(each)
        assert 0 <= index < parts.count
        assert parts.begin(index) <= moment(each)
        assert index + 1 == parts.count or moment(each) < parts.begin(index + 1)
    assert parts.name(parts.count - 1)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        pytest.param(MONDAY - 1, 0, id="before all of them"),
        pytest.param(MONDAY + 9 * DAY, 2, id="after all of them"),
        pytest.param(MONDAY + DAY, 1, id="at a beginning"),
    ],
)
def test_a_time_outside_is_in_the_nearest_part(seconds: int, expected: int) -> None:
    assert Buckets(moment(MONDAY), 1, 3).index(seconds) == expected


def _bars(of: ReplayReport) -> list[str]:
    """What each bar says, that of all detections first."""
    return re.findall("<title>(.*?)</title>", timeline(of))


@pytest.mark.parametrize(
    ("notifications", "expected"),
    [
        pytest.param([], [], id="without a notification there is no timeline"),
        pytest.param(
            [notification("a", MONDAY)],
            ["Mon 2026-11-02: 1 notification"],
            id="one notification",
        ),
        pytest.param(
            [notification("a", MONDAY), notification("a", MONDAY + DAY - 1)],
            ["Mon 2026-11-02: 2 notifications"],
            id="two of a day are a bar",
        ),
        pytest.param(
            [notification("a", MONDAY, masked=["m", "n"], until=MONDAY + HOUR)],
            ["Mon 2026-11-02: 1 notification; 2 masked identities"],
            id="masked on the same day",
        ),
        pytest.param(
            [notification("a", MONDAY, masked=["m"], until=MONDAY + DAY)],
            [
                "Mon 2026-11-02: 1 notification; 1 masked identity",
                "Tue 2026-11-03: 0 notifications; 1 masked identity",
            ],
            id="masked until the next day",
        ),
        pytest.param(
            [
                notification("a", MONDAY, masked=["m"]),
                notification("a", MONDAY + HOUR, masked=["m", "n"]),
            ],
            ["Mon 2026-11-02: 2 notifications; 2 masked identities"],
            id="an identity that is masked twice counts once",
        ),
    ],
)
def test_what_bars_say(notifications: list[Notification], expected: list[str]) -> None:
    of = report(result(detection("a", "low"), notifications))
    in_all, own = _bars(of)[: len(expected)], _bars(of)[len(expected) :]
    assert ([re.sub(r" \(.*?\)", "", bar) for bar in in_all], own) == (expected, expected)


def test_the_bar_of_all_detections_says_how_severe_they_are() -> None:
    assert _bars(SMALL) == [
        "Tue 2026-11-03: 1 notification (1 medium); 1 masked identity",
        "Wed 2026-11-11: 2 notifications (1 high, 1 medium)",
        "Tue 2026-11-03: 1 notification; 1 masked identity",
        "Wed 2026-11-11: 1 notification",
        "Wed 2026-11-11: 1 notification",
    ]


def test_a_line_has_a_sentence_for_those_who_do_not_see_it() -> None:
    tags = Tags(timeline(SMALL)).tags
    assert [a["aria-label"] for tag, a in tags if tag == "svg" and "role" in a] == [
        (
            "All detections: 3 notifications in 2 of 28 bars, at most 2 (Wed 2026-11-11); "
            "1 masked identity"
        ),
        (
            "key-disabled: 2 notifications in 2 of 28 bars, at most 1 (Tue 2026-11-03); "
            "1 masked identity"
        ),
        "trail-stopped: 1 notification in 1 of 28 bars, at most 1 (Wed 2026-11-11)",
    ]


def test_without_notifications_there_is_no_section() -> None:
    assert timeline(EMPTY) == ""


def test_lines_are_folded_and_counted_if_they_are_many() -> None:
    many = [
        result(detection(f"d-{number}"), [notification(f"d-{number}", MONDAY)])
        for number in range(43)
    ]
    page = Tags(timeline(report(*many)))
    assert [a["data-item"] for tag, a in page.tags if tag == "li"] == [
        f"d-{number}" for number in range(40)
    ]
    assert [text for text in page.texts if "more" in text] == [
        "28 more detections",
        "and 3 more detections with fewer notifications, in the table below",
    ]
