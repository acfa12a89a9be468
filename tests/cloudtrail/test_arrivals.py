"""The minutes in which accounts have events."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.cloudtrail.arrivals import Arrivals
from trailbell.cloudtrail.key_fields import KeyFields

_ONE, _TWO = "111122223333", "123456789012"
_TIMES = (
    "2026-01-01T00:15:42Z",
    "2026-01-01T00:15:59Z",
    "2026-01-01T00:16:00Z",
    "2026-01-01T01:16:00+01:00",
    "2026-01-01T00:15:61Z",
    "2026-01-01T00:15:42+",
    "soon",
    None,
    42,
)


def _record(time: object = _TIMES[0], account: object = _ONE, caller: object = _ONE) -> object:
    return {
        "eventTime": time,
        "recipientAccountId": account,
        "userIdentity": {"accountId": caller},
    }


def _count(*records: object, arrivals: Arrivals | None = None) -> object:
    counted = arrivals or Arrivals()
    key_fields = KeyFields((), times=True)
    counted.add_fields(key_fields, key_fields.decode(json.dumps(records).encode()))
    return counted.minutes, counted.first, counted.last


_MINUTE = 1767226542 // 60


@pytest.mark.parametrize(
    ("records", "counted"),
    [
        pytest.param([], ({}, None, None), id="no record"),
        pytest.param([_record("soon"), {}], ({}, None, None), id="records without a time"),
        pytest.param(
            [_record(), _record("2026-01-01T00:17:45+"), _record("2026-01-01T00:18:00Z")],
            ({_ONE: {_MINUTE, _MINUTE + 3}}, 1767226542, 1767226680),
            id="a text of the same length between two times",
        ),
        pytest.param(
            [_record(), _record(_TIMES[1])],
            ({_ONE: {_MINUTE}}, 1767226542, 1767226559),
            id="one minute",
        ),
        pytest.param(
            [_record(), _record(_TIMES[2], _TWO)],
            ({_ONE: {_MINUTE}, _TWO: {_MINUTE + 1}}, 1767226542, 1767226560),
            id="two accounts",
        ),
        pytest.param(
            [_record(account=None, caller=_TWO)],
            ({_TWO: {_MINUTE}}, 1767226542, 1767226542),
            id="the account of the caller",
        ),
        pytest.param(
            [{"eventTime": _TIMES[0]}],
            ({"": {_MINUTE}}, 1767226542, 1767226542),
            id="no account",
        ),
        pytest.param(
            [_record(), {"eventTime": _TIMES[2], "userIdentity": None}],
            ({_ONE: {_MINUTE}, "": {_MINUTE + 1}}, 1767226542, 1767226560),
            id="an identity that is null",
        ),
        pytest.param(
            [_record(_TIMES[3]), _record("soon")],
            ({_ONE: {_MINUTE + 1}}, 1767226560, 1767226560),
            id="a time in another form, and one without",
        ),
    ],
)
def test_minutes(records: list[object], counted: object) -> None:
    assert _count(*records) == counted


@pytest.mark.parametrize(
    ("limits", "counted"),
    [
        pytest.param({"since": 1767226560}, ({}, None, None), id="before"),
        pytest.param({"until": 1767226542}, ({}, None, None), id="the end is exclusive"),
        pytest.param({"accounts": [_TWO]}, ({}, None, None), id="another account"),
        pytest.param(
            {"since": 1767226542, "until": 1767226543, "accounts": [_ONE]},
            ({_ONE: {_MINUTE}}, 1767226542, 1767226542),
            id="within",
        ),
    ],
)
def test_limits(limits: dict[str, object], counted: object) -> None:
    assert _count(_record(), arrivals=Arrivals(**limits)) == counted  # type: ignore[arg-type] # a table


@given(
    st.lists(
        st.builds(
            _record,
            st.sampled_from(_TIMES),
            st.sampled_from((_ONE, _ONE, _ONE, _TWO, "", None)),
            st.sampled_from((_ONE, "", None)),
        ),
        max_size=6,
    )
)
def test_many_records_count_as_each_of_them(records: list[dict[str, object]]) -> None:
    one_by_one = Arrivals()
    for record in records:
        one_by_one.add_record(record)
    assert _count(*records) == (one_by_one.minutes, one_by_one.first, one_by_one.last)


def test_what_is_taken_is_not_counted_again() -> None:
    arrivals = Arrivals()
    _count(_record(), arrivals=arrivals)
    taken = arrivals.take()
    merged = Arrivals()
    merged.merge(taken.minutes, (taken.first, taken.last))
    assert (merged.minutes, merged.first) == ({_ONE: {_MINUTE}}, 1767226542)
    assert (arrivals.minutes, arrivals.first, arrivals.last) == ({}, None, None)
