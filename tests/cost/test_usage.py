"""What is measured in records of CloudTrail, and extrapolated to a month."""

import gzip
import io
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.cloudtrail.scan import Totals
from trailbell.cost.usage import (
    DetectionToCount,
    Measured,
    Usage,
    assumed_usage,
    measure,
    measured_usage,
    scanner,
)
from trailbell.pattern import parse

_A, _B = "111122223333", "123456789012"
_STOP = DetectionToCount("TrailStopped", parse('{ $.eventName = "StopLogging" }'))
_DAY = 86_400


def _record(time: str, name: str = "GetUser", account: str = _A, **more: object) -> dict[str, Any]:
    record = {
        "eventVersion": "1.11",
        "eventTime": time,
        "eventSource": "iam.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "recipientAccountId": account,
    }
    return {name: value for name, value in {**record, **more}.items() if value is not None}


def _measure(records: Iterable[Mapping[str, Any]]) -> tuple[Measured, Totals]:
    content = json.dumps({"Records": list(records)}, separators=(",", ":"))
    reader = scanner([_STOP])
    measured = measure(reader.read(io.BytesIO(content.encode()), "log"))
    return measured, reader.totals


def _usage(*records: Mapping[str, Any]) -> Usage | None:
    return measured_usage(*_measure(records))


@pytest.mark.parametrize(
    "records",
    [
        pytest.param([], id="no records"),
        pytest.param([_record("yesterday")], id="a time of another form"),
        pytest.param([_record("2026-11-01T00:00:00Z", eventTime=None)], id="no time"),
        pytest.param([_record("2026-11-01T00:00:00Z", eventTime=7)], id="a number as time"),
    ],
)
def test_records_without_a_time_cannot_be_extrapolated(records: list[Mapping[str, Any]]) -> None:
    assert _usage(*records) is None


def test_a_month_is_extrapolated_from_the_time_between_the_events() -> None:
    first = _record("2026-11-01T00:00:00Z", "StopLogging")
    middle = _record("2026-11-05T12:30:00Z", "StopLogging", awsRegion="eu-central-1")
    same_hour = _record("2026-11-05T12:59:59Z", "StopLogging")
    last = _record("2026-11-11T00:00:00Z")
    records = [middle, last, first, same_hour]
    size = sum(len(json.dumps(record, separators=(",", ":"))) for record in records)
    # 4 records in 240 hours; a month has 730: 4 x 730 / 240.
    assert _usage(*records) == Usage(
        events=Decimal(4) * 730 / 240,
        bytes_per_event=Decimal(size) / 4,
        regions=Decimal(2),
        matches={"TrailStopped": Decimal(3) * 730 / 240},
        hours={"TrailStopped": Decimal(2) * 730 / 240},
        accounts=1,
        source=(
            (
                f"measured: 4 records in 1 file, of 1 account and 10 days, each of "
                f"{round(size / 4)} bytes on average; extrapolated to a month of 730 hours"
            ),
        ),
    )


def test_the_usage_is_that_of_an_average_account() -> None:
    times = [f"2026-11-{day:02}T00:00:00Z" for day in (1, 31)]
    one = _usage(*(_record(time) for time in times))
    two = _usage(*(_record(time, account=account) for time in times for account in (_A, _B)))
    assert one is not None
    assert two is not None
    assert (two.events, two.regions, two.accounts) == (one.events, one.regions, 2)


def test_less_than_an_hour_counts_as_one_and_says_so() -> None:
    usage = _usage(_record("2026-11-01T00:00:00Z"), _record("2026-11-01T00:00:01Z", "StopLogging"))
    assert usage is not None
    assert (usage.events, usage.matches, usage.hours) == (
        Decimal(1_460),
        {"TrailStopped": Decimal(730)},
        {"TrailStopped": Decimal(730)},
    )
    assert usage.source[0].startswith("measured: 2 records in 1 file, of 1 account and 1 hour")
    assert usage.source[1:] == ("less than a week of records: a month can be very different",)


def test_records_without_account_and_region_are_of_one_account() -> None:
    usage = _usage(
        *(
            _record(f"2026-11-{day}T00:00:00Z", recipientAccountId=None, awsRegion=None)
            for day in (10, 20)
        )
    )
    assert usage is not None
    assert (usage.accounts, usage.regions) == (1, Decimal(1))


def test_files_that_cannot_be_read_are_counted_and_the_rest_is_measured(tmp_path: Path) -> None:
    records = [_record("2026-11-01T00:00:00Z"), _record("2026-11-21T00:00:00Z")]
    log = gzip.compress(json.dumps({"Records": records}).encode())
    (tmp_path / "a.json.gz").write_bytes(log)
    (tmp_path / "b.json.gz").write_bytes(log[: len(log) // 2])
    reader = scanner([])
    measured = measure(reader.scan([str(tmp_path)]))
    assert [error.place for error in measured.errors] != []
    assert measured.records >= 2
    assert measured_usage(measured, reader.totals) is not None


def test_a_number_of_events_has_an_assumed_size() -> None:
    usage = assumed_usage(2_000_000)
    assert (usage.gigabytes, usage.matches, usage.source) == (
        Decimal(2_000_000) * 1_500 / 2**30,
        None,
        ("as given: 2,000,000 events a month in each account; assumed: 1,500 bytes for each",),
    )


@given(
    st.lists(
        st.tuples(
            st.integers(0, 90 * _DAY),
            st.sampled_from(["StopLogging", "GetUser"]),
            st.sampled_from([_A, _B]),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_hours_are_at_most_matches_and_those_of_a_month(
    events: list[tuple[int, str, str]],
) -> None:
    records = [
        _record(f"2026-{1 + s // (30 * _DAY):02}-{1 + s // _DAY % 28:02}T00:00:00Z", name, account)
        for s, name, account in events
    ]
    usage = _usage(*records)
    assert usage is not None
    assert usage.matches is not None
    assert usage.hours is not None
    for name, hours in usage.hours.items():
        assert hours <= min(Decimal(730), usage.matches[name])
    assert sum(usage.matches.values()) <= usage.events
