"""Times of records as seconds."""

import pytest

from trailbell.cloudtrail.event_time import seconds_since_1970


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param(None, None, id="nothing"),
        pytest.param(1767226542, None, id="a number, of which the unit is unknown"),
        pytest.param("", None, id="empty text"),
        pytest.param("2026-01-01", None, id="a day"),
        pytest.param("2026-13-01T00:15:42Z", None, id="a month that does not exist"),
        pytest.param("2026-01-01T00:15:42Z and more", None, id="text after the time"),
        pytest.param(
            "\uff12\uff10\uff12\uff16-01-01T00:15:42Z", None, id="digits of another script"
        ),
        pytest.param("9999-12-31T23:59:59Z", None, id="a time after which no week begins"),
        pytest.param("0001-01-01T00:00:00+23:00", None, id="a time before the year 1"),
        pytest.param("2026-01-01T00:15:42Z", 1767226542, id="as CloudTrail writes it"),
        pytest.param("2026-01-01T01:15:42+01:00", 1767226542, id="another zone"),
        pytest.param("2026-01-01 00:15:42.000", 1767226542, id="as CloudTrail Lake writes it"),
        pytest.param("2026-01-01 00:15:42.123456789 UTC", 1767226542, id="as Athena writes it"),
        pytest.param("1969-12-31T23:59:59Z", -1, id="before 1970"),
    ],
)
def test_times(text: object, seconds: int | None) -> None:
    assert seconds_since_1970(text) == seconds
