"""When an event is in the log group, and in which minute it counts."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.replay.alarm.delivery import SCENARIOS, Clock, Delivery, delay_at, delivered

_NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(_NOON.replace(tzinfo=None), id="a time without a time zone"),
        pytest.param(_NOON.astimezone(timezone(timedelta(hours=1))), id="another time zone"),
        pytest.param(_NOON.replace(second=1), id="a time within a minute"),
    ],
)
def test_a_clock_does_not_start_at(start: datetime) -> None:
    with pytest.raises(ValueError, match="start must be the beginning of a minute in UTC"):
        Clock(start)


def test_an_event_is_delivered_five_minutes_later_and_counts_in_that_minute() -> None:
    at = delivered(_NOON.replace(second=59))
    assert (at, Clock(_NOON).minute(at)) == (datetime(2026, 11, 26, 12, 5, 59, tzinfo=UTC), 5)


def test_an_alarm_is_evaluated_at_the_end_of_the_minute() -> None:
    assert Clock(_NOON).end_of(5) == datetime(2026, 11, 26, 12, 6, tzinfo=UTC)


# ------------------------------------------------------------------------------ scenarios


@pytest.mark.parametrize(
    ("quantile", "seconds"),
    [
        pytest.param(0.0, 60, id="none is faster"),
        pytest.param(0.25, 126, id="half of the way to the median"),
        pytest.param(0.5, 192, id="the median is 3.2 minutes"),
        pytest.param(0.99, 540, id="one of a hundred takes longer than nine minutes"),
        pytest.param(1.0, 600, id="none is slower than ten minutes"),
    ],
)
def test_the_delay_of_a_share_of_events_is_at_most(quantile: float, seconds: int) -> None:
    assert delay_at(quantile) == seconds


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_has_no_smaller_delay(one: float, other: float) -> None:
    assert delay_at(min(one, other)) <= delay_at(max(one, other))


def test_all_events_have_the_same_delay_without_a_seed() -> None:
    ids = [str(number) for number in range(50)]
    assert [{each.delay(name) for name in ids} for each in SCENARIOS if each.seed is None] == [
        {192},
        {63},
        {540},
    ]


def test_the_delay_of_an_event_is_the_same_on_every_machine() -> None:
    """Computed once. Another value changes all results of replays."""
    scattered = Delivery("scattered", seed="scattered")
    ids = ("3f1b2c7e-0000-4000-8000-000000000001", "3f1b2c7e-0000-4000-8000-000000000002", "")
    assert [scattered.delay(name) for name in ids] == [207, 407, 236]
    assert Delivery("other", seed="other").delay(ids[0]) != scattered.delay(ids[0])


def test_delays_of_events_are_distributed_like_those_that_were_measured() -> None:
    delays = sorted(SCENARIOS[1].delay(f"event {number}") for number in range(10_000))
    assert delays[5_000] == pytest.approx(192, abs=6)
    assert delays[9_900] == pytest.approx(540, abs=20)
    assert delays[0] >= 60
    assert delays[-1] <= 600
