"""Intact and damaged files: damage to one record does not affect the others."""

import gzip
import io
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pattern.strategies import Event
from tests.pattern.targets.records import records, trees
from trailbell.cloudtrail.evaluation import Evaluation
from trailbell.cloudtrail.read_error import ReadError
from trailbell.cloudtrail.scan import Scanner, Totals
from trailbell.pattern import FilterPattern, Outcome, evaluate, parse
from trailbell.pattern.ast import JsonPattern


@dataclass(frozen=True)
class Detection:
    id: str
    filter_pattern: FilterPattern


STOP = Detection("stop", parse('{ $.eventName = "StopLogging" }'))
ROOT = Detection(
    "root", parse('{ ($.userIdentity.type = "Root") && ($.requestParameters.name != "x") }')
)


def event(number: int, name: str = "StopLogging") -> Event:
    return {
        "eventVersion": "1.11",
        "userIdentity": {"type": "IAMUser"},
        "eventSource": "cloudtrail.amazonaws.com",
        "eventName": name,
        "requestParameters": None,
        "eventID": str(number),
    }


def scan(data: bytes, detections: Sequence[Detection] = (STOP,)) -> list[str]:
    """Scan a file: ``stop 2`` for a match on the second record, and the text of each error."""
    return [
        str(result) if isinstance(result, ReadError) else f"{result.detection.id} {result.number}"
        for result in Scanner(detections).read(io.BytesIO(data), "f")
    ]


def delivered(*events: Event) -> bytes:
    return json.dumps({"Records": list(events)}, separators=(",", ":")).encode()


def lines(*events: Event) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in events)


ONE, TWO, OTHER = event(1), event(2), event(3, "StartLogging")
WRONG_CHECKSUM = "gzip data with a wrong checksum: the records read from it may be damaged"
DEEP = b'{"eventName":"StopLogging","x":' + b"[" * 5000 + b"]" * 5000 + b"}"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"", ["f: empty file"], id="an empty file"),
        pytest.param(b" \n\t", ["f: empty file"], id="only blanks"),
        pytest.param(b"not json", ["f: neither a CloudTrail file nor JSON records"], id="text"),
        pytest.param(
            b"PAR1\x00\x01", ["f: neither a CloudTrail file nor JSON records"], id="Parquet"
        ),
        pytest.param(b'{"a": 1}', ["f: not a CloudTrail file: it has no Records"], id="no Records"),
        pytest.param(delivered(), [], id="empty Records"),
        pytest.param(delivered(OTHER), [], id="no detection fires"),
        pytest.param(
            gzip.compress(delivered(ONE, TWO))[:-12],
            ["stop 1", "f: truncated gzip data"],
            id="truncated gzip",
        ),
        pytest.param(
            b"[" * 200_000, ["f, record 1: nested too deeply"], id="a file with extreme depth"
        ),
        pytest.param(
            b'{"Records":[' + b"[" * 100_000 + b"]" * 100_000 + b"]}",
            ["f, record 1: nested too deeply"],
            id="a record with extreme depth",
        ),
        pytest.param(
            gzip.compress(delivered(ONE))[:-8] + b"\0" * 8,
            ["stop 1", f"f: {WRONG_CHECKSUM}"],
            id="gzip with a wrong checksum",
        ),
        pytest.param(b"\x1f\x8b", ["f: truncated gzip data"], id="two bytes"),
        pytest.param(
            delivered(ONE, TWO)[:-5], ["stop 1", "f, record 2: not valid JSON"], id="truncated JSON"
        ),
        pytest.param(
            lines(ONE) + b"{oops\n" + lines(TWO),
            ["stop 1", "f, record 2: not valid JSON", "stop 3"],
            id="a line that is not JSON",
        ),
        pytest.param(
            b"{oops\n" + lines(TWO),
            ["f, record 1: not valid JSON", "stop 2"],
            id="a first line that is not JSON",
        ),
        pytest.param(
            delivered(ONE, OTHER, TWO).replace(b'"StartLogging"', b'"StartLogging'),
            ["stop 1", "f, record 2: not valid JSON", "stop 3"],
            id="a quote missing within Records",
        ),
        pytest.param(
            delivered(ONE, OTHER, TWO).replace(b'"StartLogging"', b"oops"),
            ["stop 1", "f, record 2: not valid JSON", "stop 3"],
            id="a word without quotes within Records",
        ),
        pytest.param(
            b'{"Records":[' + json.dumps(ONE).encode() + b"," + DEEP + b"]}",
            ["stop 1", "f, record 2: nested too deeply"],
            id="deep nesting",
        ),
        pytest.param(
            b'{"Records":[5,' + json.dumps(ONE).encode() + b"]}",
            ["f, record 1: not a CloudTrail record: it has no event name", "stop 2"],
            id="a number instead of a record",
        ),
        pytest.param(
            lines(ONE) + b'{"a": 1}\n',
            ["stop 1", "f, record 2: not a CloudTrail record: it has no event name"],
            id="an object that is not a record",
        ),
    ],
)
def test_damaged_input(data: bytes, expected: list[str]) -> None:
    assert scan(data) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(delivered(ONE, OTHER, TWO), ["stop 1", "stop 3"], id="as delivered"),
        pytest.param(gzip.compress(delivered(OTHER, TWO)), ["stop 2"], id="gzip"),
        pytest.param(
            gzip.compress(lines(ONE)) + gzip.compress(lines(TWO)),
            ["stop 1", "stop 2"],
            id="two gzip members",
        ),
        pytest.param(
            json.dumps({"Records": [ONE, TWO]}, indent=2).encode(),
            ["stop 1", "stop 2"],
            id="printed over lines",
        ),
        pytest.param(b"\xef\xbb\xbf" + delivered(ONE), ["stop 1"], id="with a byte-order mark"),
        pytest.param(json.dumps([ONE, TWO]).encode(), ["stop 1", "stop 2"], id="an array"),
        pytest.param(lines(ONE, OTHER, TWO), ["stop 1", "stop 3"], id="JSON Lines"),
        pytest.param(
            lines(ONE).replace(b"\n", b"\r\n\r\n") + lines(TWO),
            ["stop 1", "stop 2"],
            id="JSON Lines with blank lines",
        ),
        pytest.param(
            lines(ONE, OTHER, TWO).replace(b"\n", b",\n"),
            ["stop 1", "stop 3"],
            id="JSON Lines with commas, cut out of a list",
        ),
        pytest.param(json.dumps(ONE).encode(), ["stop 1"], id="a single record"),
        pytest.param(
            json.dumps(ONE, indent=2).encode(), ["stop 1"], id="a single record over lines"
        ),
        pytest.param(
            json.dumps(ONE, indent=2).encode() + json.dumps(TWO, indent=2).encode(),
            ["stop 1", "stop 2"],
            id="records printed over lines",
        ),
        pytest.param(
            delivered(ONE) + b"\n" + delivered(OTHER, TWO),
            ["stop 1", "stop 3"],
            id="a delivered file on each line",
        ),
        pytest.param(
            lines({"Records": [ONE]}, {"Records": [OTHER, TWO]}),
            ["stop 1", "stop 3"],
            id="a delivered file with blanks on each line",
        ),
        pytest.param(
            delivered({"eventName": "StopLogging"}), ["stop 1"], id="without userIdentity"
        ),
        pytest.param(
            delivered({**ONE, "userIdentity": None}), ["stop 1"], id="userIdentity is null"
        ),
        pytest.param(
            delivered({**ONE, "userIdentity": "me"}, TWO),
            ["stop 1", "stop 2"],
            id="userIdentity is text",
        ),
        pytest.param(
            delivered({"eventVersion": "1.07", "insightDetails": {}}, ONE),
            ["stop 2"],
            id="an Insights event without eventName",
        ),
    ],
)
def test_layouts(data: bytes, expected: list[str]) -> None:
    assert scan(data) == expected


def test_a_member_that_occurs_twice_is_uncertain() -> None:
    text = b'{"eventVersion":"1","eventName":"StartLogging","eventName":"StopLogging"}'
    (evaluation,) = Scanner([STOP]).read(io.BytesIO(text), "f")
    assert isinstance(evaluation, Evaluation)
    assert evaluation.outcome == Outcome.UNCERTAIN
    assert (
        evaluation.outcome.reason
        == "AWS does not document which value counts if an object has a field twice"
    )


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param('{ $.eventName = "StopLogging" }', id="an event name"),
        pytest.param('{ $.eventID = "2" }', id="a member with many values"),
        pytest.param("{ $.requestParameters IS NULL }", id="a member that is an object"),
        pytest.param("StopLogging", id="a term"),
        pytest.param("", id="everything"),
    ],
)
def test_every_kind_of_pattern(pattern: str) -> None:
    detection = Detection("d", parse(pattern))
    expected = [
        f"d {number}"
        for number, record in enumerate((ONE, TWO, OTHER), 1)
        if detection.filter_pattern.test(json.dumps(record)) == Outcome.MATCH
    ]
    assert scan(lines(ONE, TWO, OTHER), [detection]) == expected


@given(st.lists(trees(leaves=4), min_size=1, max_size=4), st.lists(records(), max_size=6))
@settings(max_examples=100)
def test_matches_are_those_of_the_reference(
    patterns: list[JsonPattern], drawn: list[Event]
) -> None:
    detections = [
        Detection(str(index), FilterPattern(tree, "")) for index, tree in enumerate(patterns)
    ]
    written = [{"eventVersion": "1", **record} for record in drawn]
    results = [
        (result.detection.id, result.number, result.outcome)
        for result in Scanner(detections).read(io.BytesIO(delivered(*written)), "f")
        if isinstance(result, Evaluation)
    ]
    assert results == [
        (detection.id, number, outcome)
        for number, record in enumerate(written, 1)
        for detection in detections
        if (outcome := evaluate.test(detection.filter_pattern.tree, json.dumps(record)))
        != Outcome.NO_MATCH
    ]


def test_a_folder_of_mixed_files(tmp_path: Path) -> None:
    digests = tmp_path / "AWSLogs/111122223333/CloudTrail-Digest"
    digests.mkdir(parents=True)
    (digests / "d.json.gz").write_bytes(gzip.compress(b'{"digestStartTime": 1}'))
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(delivered(ONE)))
    (tmp_path / "b.jsonl").write_bytes(lines(OTHER, TWO))
    (tmp_path / "c.json").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("no records here")
    scanner = Scanner([STOP])
    assert [
        result if isinstance(result, ReadError) else (result.file, result.number)
        for result in scanner.scan([str(tmp_path)])
    ] == [
        (f"{tmp_path}/a.json.gz", 1),
        (f"{tmp_path}/b.jsonl", 2),
        ReadError(f"{tmp_path}/c.json", "empty file"),
    ]
    assert scanner.totals == Totals(
        files=3,
        records=3,
        hits=2,
        problems=1,
        left_out=2,
        left_out_kinds={"CloudTrail digest file": 1},
    )


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    scanner = Scanner([STOP])
    missing = str(tmp_path / "missing.json")
    assert list(scanner.scan([missing])) == [ReadError(missing, "no such file or directory")]
    assert scanner.totals == Totals(problems=1)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines(ONE))))
    (evaluation,) = Scanner([STOP]).scan(["-"])
    assert isinstance(evaluation, Evaluation)
    assert (evaluation.file, evaluation.number, evaluation.record) == ("standard input", 1, ONE)


@pytest.mark.parametrize("indent", [pytest.param(None, id="compact"), pytest.param(1, id="spread")])
@pytest.mark.parametrize("layout", ["delivered", "lines"])
def test_a_file_of_many_blocks(layout: str, indent: int | None) -> None:
    """Records are complete wherever a block ends."""
    events = [
        event(number, "StopLogging" if number % 100 == 0 else "x" * 900) for number in range(2000)
    ]
    if layout == "lines":
        data = lines(*events)
    else:
        separators = (",", ":") if indent is None else None
        data = json.dumps({"Records": events}, indent=indent, separators=separators).encode()
    assert scan(data) == [f"stop {number + 1}" for number in range(0, 2000, 100)]
    assert scan(gzip.compress(data)) == scan(data)


def test_one_damaged_record_among_many_blocks() -> None:
    events = [
        event(number, "StopLogging" if number % 100 == 0 else "x" * 900) for number in range(2000)
    ]
    data = delivered(*events).replace(b'"eventID":"777"', b'"eventID":777"')
    assert scan(data) == [
        *(f"stop {number + 1}" for number in range(0, 800, 100)),
        "f, record 778: not valid JSON",
        *(f"stop {number + 1}" for number in range(800, 2000, 100)),
    ]


def test_records_before_damage_are_read() -> None:
    events = [event(number) for number in range(20_000)]
    compressed = bytearray(gzip.compress(delivered(*events)))
    compressed[-100] ^= 0xFF
    *hits, last = scan(bytes(compressed))
    assert hits[:10_000] == [f"stop {number}" for number in range(1, 10_001)]
    assert last == f"f: {WRONG_CHECKSUM}"
