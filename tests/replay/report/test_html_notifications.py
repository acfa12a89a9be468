"""The table of notifications: whose are listed, and what a row says."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.html_pages import tables
from tests.replay.reports import (
    ACCOUNTS,
    EMPTY,
    HOUR,
    MONDAY,
    SMALL,
    detection,
    notification,
    report,
    result,
)
from trailbell.replay.model import DetectionResult, Notification, Share
from trailbell.replay.report.html_notifications import fair_share, notifications_table
from trailbell.replay.report.html_parts import account_filter


def _results(*counts: int) -> list[DetectionResult]:
    return [
        result(
            detection(f"d-{number}"),
            [notification(f"d-{number}", MONDAY + 60 * index) for index in range(count)],
        )
        for number, count in enumerate(counts)
    ]


@pytest.mark.parametrize(
    ("counts", "limit", "expected"),
    [
        pytest.param((), 5, [], id="no detection"),
        pytest.param((0, 2), 5, [0, 2], id="all are listed if they fit"),
        pytest.param((9, 1), 5, [4, 1], id="what one does not need, another has"),
        pytest.param((9, 9), 5, [2, 2], id="as many of each"),
        pytest.param((2, 2, 2), 2, [1, 1, 1], id="at least one of each, even above the limit"),
    ],
)
def test_each_detection_has_its_share(
    counts: tuple[int, ...], limit: int, expected: list[int]
) -> None:
    results = _results(*counts)
    listed, _ = fair_share(results, limit)
    assert [sum(of is each for _, of in listed) for each in results] == expected


@given(st.lists(st.integers(0, 30), max_size=8), st.integers(1, 60))
def test_the_latest_of_each_are_listed_in_descending_order(counts: list[int], limit: int) -> None:
    results = _results(*counts)
    listed, most = fair_share(results, limit)
    assert [each.sent for each, _ in listed] == sorted((e.sent for e, _ in listed), reverse=True)
    assert len(listed) <= max(limit, len(counts))
    for each in results:
        kept = {sent for sent, of in listed if of is each}
        assert kept == set(each.timeline[-most:] if most else ())


_A, _B, _C, _D = (f"arn:aws:iam::111122223333:user/{name}" for name in "abcd")


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        pytest.param(
            notification("a", MONDAY, []),
            ("2026-11-02 00:00", "low", "a", "111122223333", "3", "", "none"),
            id="without an identity",
        ),
        pytest.param(
            notification("a", MONDAY, ["ec2.amazonaws.com"], installation=""),
            ("2026-11-02 00:00", "low", "a", "unknown", "3", "ec2.amazonaws.com", "none"),
            id="without an account",
        ),
        pytest.param(
            replace(notification("a", MONDAY, [_A]), hits=0),
            (
                "2026-11-02 00:00",
                "low",
                "a",
                "111122223333",
                "again",
                "111122223333:user/a",
                "none",
            ),
            id="again, for the hits of another",
        ),
        pytest.param(
            notification("a", MONDAY, [_A, _B, _C, _D]),
            (
                "2026-11-02 00:00",
                "low",
                "a",
                "111122223333",
                "3",
                "111122223333:user/a 111122223333:user/b 111122223333:user/c and 1 more",
                "none",
            ),
            id="more identities than are listed",
        ),
        pytest.param(
            notification("a", MONDAY, [_A], [_B], contributor=_C, until=MONDAY + HOUR),
            (
                "2026-11-02 00:00",
                "low",
                "a",
                "111122223333",
                "3",
                "111122223333:user/c",
                "111122223333:user/b 2 hits in 1 h",
            ),
            id="a contributor of a log alarm, and who is masked for how long",
        ),
    ],
)
def test_a_row(of: Notification, expected: tuple[str, ...]) -> None:
    made = report(result(detection("a", "low"), [of]))
    (_, row) = tables(notifications_table(made, account_filter(made)))["Notifications"]
    assert row == expected


def test_a_row_has_what_it_is_filtered_and_sorted_by() -> None:
    page = notifications_table(SMALL, account_filter(SMALL))
    assert page.count('<tr data-row data-s="medium" data-a="0">') == 2
    assert page.count('<tr data-row data-s="high" data-a="0">') == 1
    assert f'<td data-v="{MONDAY + 86_400}"><time datetime="2026-11-03T00:00Z">' in page


def test_what_is_left_out_is_counted() -> None:
    made = report(*_results(600, 1))
    page = notifications_table(made, account_filter(made))
    assert len(tables(page)["Notifications"]) == 1 + 500
    assert (
        "and 101 more: of each detection, at most the latest 499 notifications are listed" in page
    )


def test_without_notifications_there_is_no_section() -> None:
    assert notifications_table(EMPTY, account_filter(EMPTY)) == ""


def test_the_accounts_with_most_events_are_those_to_filter_by() -> None:
    assert account_filter(SMALL).numbers == {ACCOUNTS[0]: 0}
    assert account_filter(SMALL).of(reversed(ACCOUNTS)) == "0"


def test_of_many_accounts_those_with_most_hits_are_kept_in_the_order_of_their_names() -> None:
    shares = tuple(Share(f"account-{number:03}", number % 102) for number in range(204))
    numbers = account_filter(report(result(detection("a"), accounts=shares))).numbers
    kept = [share.value for share in shares if share.hits >= 52]
    assert numbers == {account: number for number, account in enumerate(kept)}
