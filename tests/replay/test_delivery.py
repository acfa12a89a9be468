"""When an event is in the log group, and in which minute it counts."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from trailbell.replay.delivery import Clock, delivered

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
