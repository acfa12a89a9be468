"""Lines that begin with a time."""

import json

import pytest

from tests.cloudtrail.test_scan import event, scan

TEXT = json.dumps(event(1)).encode()
PRINTED = json.dumps(event(1), indent=4).encode()
STREAM = b"111122223333_CloudTrail_eu-central-1"
LONG = b"2026-01-15T12:34:56.123000+00:00 " + STREAM + b" "
SHORT = b"2026-01-15T12:34:56 "
EXPORTED = b"2026-01-15T12:34:56.123Z "


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(
            EXPORTED + b"START RequestId\n" + EXPORTED + b"END RequestId\n",
            ["f: neither a CloudTrail file nor JSON records"],
            id="no JSON after any time",
        ),
        pytest.param(
            SHORT + b"the function was given " + TEXT + b"\n" + SHORT + TEXT,
            ["f, record 1: not valid JSON", "stop 2"],
            id="JSON in a sentence is not a message",
        ),
        pytest.param(
            SHORT + TEXT + b"\n" + SHORT + b"{oops\n" + SHORT + TEXT + b"\n",
            ["stop 1", "f, record 2: not valid JSON", "stop 3"],
            id="a damaged line",
        ),
        pytest.param(
            SHORT + TEXT + b"\n" + SHORT + TEXT[:-9],
            ["stop 1", "f, record 2: not valid JSON"],
            id="a truncated last line",
        ),
        pytest.param((LONG + TEXT + b"\n") * 3, ["stop 1", "stop 2", "stop 3"], id="aws logs tail"),
        pytest.param(
            (SHORT + TEXT + b"\r\n") * 2, ["stop 1", "stop 2"], id="aws logs tail, short format"
        ),
        pytest.param(
            (LONG + b"\n" + PRINTED + b"\n") * 2,
            ["stop 1", "stop 2"],
            id="aws logs tail, JSON format",
        ),
        pytest.param(
            (
                b"\x1b[32m"
                + SHORT.strip()
                + b"\x1b[0m \x1b[36m"
                + STREAM
                + b"\x1b[0m "
                + TEXT
                + b"\n"
            )
            * 2,
            ["stop 1", "stop 2"],
            id="aws logs tail, with colors",
        ),
        pytest.param((EXPORTED + TEXT + b"\n") * 2, ["stop 1", "stop 2"], id="an export"),
        pytest.param(
            (b"2026-01-15 12:34:56 " + TEXT + b"\n").decode().encode("utf-16"),
            ["stop 1"],
            id="redirected by PowerShell",
        ),
    ],
)
def test_lines_that_begin_with_a_time(data: bytes, expected: list[str]) -> None:
    assert scan(data) == expected


def test_many_blocks() -> None:
    assert scan((LONG + TEXT + b"\n") * 3000) == [f"stop {number}" for number in range(1, 3001)]
