"""Which folders of days can hold events of a time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.cloudtrail.day_folder import DaysToRead

_REGION = "AWSLogs/111122223333/CloudTrail/eu-west-1"
_MARCH_10 = int(datetime(2026, 3, 10, 12, tzinfo=UTC).timestamp())
_MARCH_20 = int(datetime(2026, 3, 20, 12, tzinfo=UTC).timestamp())
_DAYS = DaysToRead(_MARCH_10, _MARCH_20)


@pytest.mark.parametrize(
    ("folder", "is_needed"),
    [
        pytest.param(f"{_REGION}/2025", False, id="the year before"),
        pytest.param(f"{_REGION}/2026/02/", False, id="the month before"),
        pytest.param(f"{_REGION}/2026/03/08/", False, id="two days before"),
        pytest.param(f"{_REGION}/2026/03/22/", False, id="two days after"),
        pytest.param(f"{_REGION}/2026/04", False, id="the month after"),
        pytest.param(f"/logs/{_REGION}/2027", False, id="the year after, below other folders"),
        pytest.param(
            "x/AWSLogs/o-exampleorg1/111122223333/CloudTrail/us-east-1/2026/01/31",
            False,
            id="a folder of an organization",
        ),
        pytest.param(
            r"C:\logs\AWSLogs\111122223333\CloudTrail\us-east-1\2026\01", False, id="on Windows"
        ),
        pytest.param(f"{_REGION}/2026/03/09/", True, id="the day before, as a margin"),
        pytest.param(f"{_REGION}/2026/03/21/", True, id="the day after, for late delivery"),
        pytest.param(f"{_REGION}/2026/03/", True, id="the month"),
        pytest.param(f"{_REGION}/2026", True, id="the year"),
        pytest.param(f"{_REGION}/", True, id="a Region"),
        pytest.param(f"{_REGION}/2026/13", True, id="no month"),
        pytest.param(f"{_REGION}/2026/02/30/", True, id="no day"),
        pytest.param(f"{_REGION}/2025/03/08/more", True, id="another layout"),
        pytest.param("firehose/2025/03/08/12/", True, id="other folders of days"),
    ],
)
def test_folders(folder: str, *, is_needed: bool) -> None:
    assert _DAYS.is_needed(folder) is is_needed


def test_without_a_limit_every_folder_is_needed() -> None:
    assert DaysToRead().is_needed(f"{_REGION}/1999/01/01")


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 12, 30), timezones=st.just(UTC)),
    st.integers(0, 24 * 3600),
)
def test_no_folder_of_an_event_is_passed_over(time: datetime, delay: int) -> None:
    """However late within a day it is delivered, and for all folders above."""
    seconds = int(time.timestamp())
    delivered = time + timedelta(seconds=delay)
    for days in (
        DaysToRead(seconds, seconds + 1),
        DaysToRead(since=seconds),
        DaysToRead(until=seconds + 1),
    ):
        for layout in ("%Y", "%Y/%m", "%Y/%m/%d"):
            assert days.is_needed(f"{_REGION}/{delivered.strftime(layout)}")
