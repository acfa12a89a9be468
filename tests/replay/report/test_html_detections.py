"""The table of detections, and their details."""

import pytest

from tests.html_pages import Tags, tables
from tests.replay.reports import EMPTY, MONDAY, SMALL, WEEK, detection, notification, report, result
from trailbell.replay.model import Range, Share, Week
from trailbell.replay.report.html_detections import details, detections_table
from trailbell.replay.report.html_parts import account_filter, breakdown


def test_without_an_event_there_is_no_table_and_no_detail() -> None:
    assert (detections_table(EMPTY, account_filter(EMPTY)), details(EMPTY)) == ("", "")


def test_the_table() -> None:
    page = detections_table(SMALL, account_filter(SMALL))
    assert tables(page)["Detections"] == [
        (
            *("Severity", "Detection", "Notifications", "A week", "Hits", "Time to notify"),
            "Masked",
        ),
        (
            *("medium", "Key disabled key-disabled", "2 2 to 3", "0.5", "8", "7 min up to 15 min"),
            "1",
        ),
        ("high", "Trail stopped trail-stopped", "1", "0.2", "3", "7 min up to 15 min", "0"),
        ("low", "Sign in failures sign-in-failures", "0", "0", "1", "none", "0"),
    ]


def test_a_row_has_what_it_is_filtered_and_sorted_by() -> None:
    page = Tags(detections_table(SMALL, account_filter(SMALL)))
    rows = [a for tag, a in page.tags if tag == "tr" and a]
    values = [a.get("data-v") for tag, a in page.tags if tag == "td"]
    assert rows == [
        {"data-item": "key-disabled", "data-s": "medium", "data-a": "0"},
        {"data-item": "trail-stopped", "data-s": "high", "data-a": "0"},
        {"data-item": "sign-in-failures", "data-s": "low", "data-a": ""},
    ]
    assert values == [
        *("2", "Key disabled", "2", "2", "8", "420", "1"),
        *("3", "Trail stopped", "1", "1", "3", "420", "0"),
        *("1", "Sign in failures", "0", "0", "1", "-1", "0"),
    ]


def test_a_row_leads_to_its_details() -> None:
    links = [
        a["href"]
        for tag, a in Tags(detections_table(SMALL, account_filter(SMALL))).tags
        if tag == "a"
    ]
    ids = [f"#{a['id']}" for _, a in Tags(details(SMALL)).tags if "d-" in (a.get("id") or "")]
    assert links == ids == ["#d-key-disabled", "#d-trail-stopped", "#d-sign-in-failures"]


def test_the_details() -> None:
    assert Tags(details(report(SMALL.detections[0]))).texts == [
        "Details",
        *("medium", "Key disabled", "2 notifications, 8 hits"),
        *("Detection", "key-disabled"),
        *("Goes into ALARM after", "1 event in 5 min"),
        *("Notifications", "2 (2 to 3), 0.5 a week"),
        *("Time to notify", "7 min (median), at most 15 min"),
        *("Hits", "8, 2 of them in no notification"),
        *("EventBridge rule", "8 messages if it is deployed: one for each hit"),
        *("Identities ", "1", "6", "arn:aws:iam::111122223333:role/deploy"),
        *("Masked identities ", "1", "2", "arn:aws:iam::111122223333:user/alice"),
        *("Accounts ", "1", "6", "111122223333"),
        *("Regions ", "1", "6", "eu-central-1"),
        *("Addresses ", "1", "6", "203.0.113.9"),
        *("Events ", "1", "6", "StopLogging"),
        *("Weeks ", "2", "Week from", "Notifications", "Hits"),
        *("2026-11-02", "1", "3", "2026-11-09", "1", "3"),
    ]


@pytest.mark.parametrize(
    ("count", "opened"),
    [
        pytest.param(2, [False, False], id="several are folded"),
        pytest.param(1, [True], id="a single one is open"),
    ],
)
def test_what_is_open(count: int, opened: list[bool]) -> None:
    tags = Tags(details(report(*SMALL.detections[:count]))).tags
    assert ["open" in a for tag, a in tags if tag == "details"] == opened


def test_earlier_weeks_are_counted() -> None:
    weeks = tuple(Week(f"week-{number}", Range(1, 2, 3), 4) for number in range(15))
    of = result(detection("a"), [notification("a", MONDAY + WEEK)], weeks=weeks)
    page = details(report(of))
    assert tables(page)[""] == [
        ("Week from", "Notifications", "Hits"),
        *((f"week-{number}", "2 1 to 3", "4") for number in range(2, 15)),
    ]
    assert "and 2 earlier weeks" in page


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([Share("", 1)], ["Regions ", "1", "1", "none"], id="a value that is empty"),
        pytest.param(
            [Share(f"r-{number}", 20 - number) for number in range(12)],
            [
                *("Regions ", "12"),
                *(text for n in range(10) for text in (str(20 - n), f"r-{n}")),
                "and 2 more with 19 hits",
            ],
            id="more values than are listed",
        ),
    ],
)
def test_a_breakdown(shares: list[Share], expected: list[str]) -> None:
    assert Tags(breakdown("Regions", shares, 200)).texts == expected


@pytest.mark.parametrize(
    ("hits", "total", "width"),
    [
        pytest.param(1, 0, "w1", id="of nothing"),
        pytest.param(1, 10_000, "w1", id="the smallest"),
        pytest.param(50, 100, "w10", id="half"),
        pytest.param(100, 100, "w20", id="all"),
        pytest.param(200, 100, "w20", id="more than all"),
    ],
)
def test_the_width_of_a_bar(hits: int, total: int, width: str) -> None:
    tags = Tags(breakdown("Regions", [Share("r", hits)], total)).tags
    assert [a["class"] for tag, a in tags if tag == "i"] == ["bar", width]
