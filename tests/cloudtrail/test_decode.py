"""JSON on which decoders differ."""

import json
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cloudtrail.test_scan import Detection, event, scan
from trailbell.cloudtrail.decode import HALF_SURROGATE_PAIR, INVALID_UTF8, Decoded, decode
from trailbell.pattern import NumberText, parse

DIGITS = "9" * 5000


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"NaN", id="NaN, which Python accepts"),
        pytest.param(b"[-Infinity]", id="Infinity, which Python accepts"),
        pytest.param(b'{"a": 1e999,}', id="an extra comma and a number out of range"),
        pytest.param(b'{"a": "\xff"', id="truncated, with invalid UTF-8"),
        pytest.param(b"\xff", id="invalid UTF-8 outside of text"),
    ],
)
def test_invalid_json(text: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(text)


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        pytest.param(b'["\\ud800"]', Decoded(["\ud800"], HALF_SURROGATE_PAIR), id="half a pair"),
        pytest.param(
            b'{"\\udc00": 1}',
            Decoded({"\udc00": 1}, HALF_SURROGATE_PAIR),
            id="half a pair in a name",
        ),
        pytest.param(b'["\xff"]', Decoded(["\ufffd"], INVALID_UTF8), id="invalid UTF-8"),
        pytest.param(b'["\\ud83d\\ude00"]', Decoded(["\U0001f600"]), id="a complete pair"),
        pytest.param(
            b"[1e999, -1e400, 1, 1.5, 1e3]",
            Decoded([NumberText("1e999"), NumberText("-1e400"), 1, 1.5, 1000.0]),
            id="only numbers beyond a double stay text",
        ),
        pytest.param(
            f"[{DIGITS}, 1e{DIGITS}]".encode(),
            Decoded([NumberText(DIGITS), NumberText(f"1e{DIGITS}")]),
            id="thousands of digits",
        ),
    ],
)
def test_tolerated_json(text: bytes, decoded: Decoded) -> None:
    assert decode(text) == decoded
    assert json.loads(json.dumps(decoded.value)) == decoded.value


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_json_is_decoded_to_the_original_value(value: object) -> None:
    assert decode(json.dumps(value).encode()) == Decoded(value)


@given(st.binary())
def test_any_bytes_are_decoded_or_rejected(text: bytes) -> None:
    with suppress(msgspec.DecodeError):
        decode(text)


@given(st.from_regex(r"-?[1-9][0-9]{0,3}(\.[0-9]{1,3})?([eE][+-]?[0-9]{1,6})?", fullmatch=True))
def test_any_number_can_be_printed_again(number: str) -> None:
    value = decode(f'{{"a": {number}, "b": 1e999}}'.encode()).value
    assert json.loads(json.dumps(value, allow_nan=False)) == value


LARGE = Detection("large", parse("{ $.requestParameters.count > 5 }"))
STOP = Detection("stop", parse('{ $.eventName = "StopLogging" }'))


def with_count(number: str) -> bytes:
    return (
        json.dumps({**event(1), "requestParameters": {"count": 77}})
        .encode()
        .replace(b"77", number.encode())
    )


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        pytest.param("-1e400", ["stop 1", "stop 2"], id="far below the range of a double"),
        pytest.param(
            "1e999", ["large 1", "stop 1", "stop 2"], id="far above the range of a double"
        ),
        pytest.param(DIGITS, ["large 1", "stop 1", "stop 2"], id="thousands of digits"),
    ],
)
def test_a_pattern_compares_any_number(number: str, expected: list[str]) -> None:
    data = with_count(number) + b"\n" + with_count("1") + b"\n"
    assert sorted(scan(data, [LARGE, STOP])) == expected


@pytest.mark.parametrize(
    ("member", "damage"),
    [
        pytest.param(b'"eventName":"Stop\xff"', INVALID_UTF8, id="invalid UTF-8 in a name"),
        pytest.param(b'"eventName":"Stop\\ud800"', HALF_SURROGATE_PAIR, id="half a pair in a name"),
        pytest.param(
            b'"eventName":"x","\\ud800":1', HALF_SURROGATE_PAIR, id="half a pair in another place"
        ),
    ],
)
def test_damaged_text_does_not_affect_other_records(member: bytes, damage: str) -> None:
    record = b'{"eventVersion":"1",' + member + b"}"
    intact = json.dumps(event(1)).encode()
    for data in (
        b'{"Records":[' + b",".join([intact, record, intact]) + b"]}",
        b"\n".join([intact, record, intact]),
        intact + record + intact,
    ):
        assert scan(data) == ["stop 1", f"f, record 2: {damage}", "stop 3"]


def test_a_match_with_invalid_utf8_in_a_field_that_is_not_decoded() -> None:
    record = json.dumps(event(1)).encode()[:-1] + b',"x":"\xff"}'
    assert scan(record) == [f"f, record 1: {INVALID_UTF8}", "stop 1"]
