"""What is found in files, good and bad; nothing bad keeps anything else from being read."""

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
from trailbell.pattern.ast import Json


@dataclass(frozen=True)
class Watch:
    id: str
    filter_pattern: FilterPattern


STOP = Watch("stop", parse('{ $.eventName = "StopLogging" }'))
ROOT = Watch(
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


def found(data: bytes, watches: Sequence[Watch] = (STOP,)) -> list[str]:
    """``stop 2`` for a hit on the second record; problems in their own words."""
    return [
        str(one) if isinstance(one, ReadError) else f"{one.detection.id} {one.number}"
        for one in Scanner(watches).read(io.BytesIO(data), "f")
    ]


def delivered(*events: Event) -> bytes:
    return json.dumps({"Records": list(events)}, separators=(",", ":")).encode()


def lines(*events: Event) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in events)


ONE, TWO, OTHER = event(1), event(2), event(3, "StartLogging")
WRONG_CHECKSUM = "gzip data with a wrong checksum: the records read from it may be damaged"
DEEP = b'{"eventName":"StopLogging","x":' + b"[" * 5000 + b"]" * 5000 + b"}"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"", ["f: empty file"], id="an empty file"),
        pytest.param(b" \n\t", ["f: empty file"], id="nothing but blanks"),
        pytest.param(b"not json", ["f: neither a CloudTrail file nor JSON records"], id="text"),
        pytest.param(
            b"PAR1\x00\x01", ["f: neither a CloudTrail file nor JSON records"], id="Parquet"
        ),
        pytest.param(b'{"a": 1}', ["f: not a CloudTrail file: it has no Records"], id="no Records"),
        pytest.param(delivered(), [], id="no record in Records"),
        pytest.param(delivered(OTHER), [], id="nothing fires"),
        pytest.param(
            gzip.compress(delivered(ONE, TWO))[:-12],
            ["stop 1", "f: truncated gzip data"],
            id="truncated gzip",
        ),
        pytest.param(
            b"[" * 200_000, ["f, record 1: nested too deeply"], id="no end to the depth of a file"
        ),
        pytest.param(
            b'{"Records":[' + b"[" * 100_000 + b"]" * 100_000 + b"]}",
            ["f, record 1: nested too deeply"],
            id="no end to the depth of a record",
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
            id="a line that is no JSON",
        ),
        pytest.param(
            b"{oops\n" + lines(TWO), ["f, record 1: not valid JSON", "stop 2"], id="the first line"
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
            id="a number for a record",
        ),
        pytest.param(
            lines(ONE) + b'{"a": 1}\n',
            ["stop 1", "f, record 2: not a CloudTrail record: it has no event name"],
            id="an object that is no record",
        ),
    ],
)
def test_bad_input(data: bytes, expected: list[str]) -> None:
    assert found(data) == expected


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
            id="JSON Lines with blank ones between",
        ),
        pytest.param(
            lines(ONE, OTHER, TWO).replace(b"\n", b",\n"),
            ["stop 1", "stop 3"],
            id="JSON Lines with commas behind, out of a list",
        ),
        pytest.param(json.dumps(ONE).encode(), ["stop 1"], id="a single record"),
        pytest.param(
            json.dumps(ONE, indent=2).encode(), ["stop 1"], id="a single record over lines"
        ),
        pytest.param(
            json.dumps(ONE, indent=2).encode() + json.dumps(TWO, indent=2).encode(),
            ["stop 1", "stop 2"],
            id="records over lines, one after the other",
        ),
        pytest.param(
            delivered(ONE) + b"\n" + delivered(OTHER, TWO),
            ["stop 1", "stop 3"],
            id="a delivered file a line",
        ),
        pytest.param(
            lines({"Records": [ONE]}, {"Records": [OTHER, TWO]}),
            ["stop 1", "stop 3"],
            id="a delivered file a line, with blanks in it",
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
            id="an Insights event has no eventName",
        ),
    ],
)
def test_layouts(data: bytes, expected: list[str]) -> None:
    assert found(data) == expected


def test_a_member_written_twice_is_uncertain() -> None:
    text = b'{"eventVersion":"1","eventName":"StartLogging","eventName":"StopLogging"}'
    (hit,) = Scanner([STOP]).read(io.BytesIO(text), "f")
    assert isinstance(hit, Evaluation)
    assert hit.outcome == Outcome.UNCERTAIN
    assert hit.outcome.reason == "which of two members of one name counts is not documented"


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
    watch = Watch("w", parse(pattern))
    expected = [
        f"w {number}"
        for number, one in enumerate((ONE, TWO, OTHER), 1)
        if watch.filter_pattern.test(json.dumps(one)) == Outcome.MATCH
    ]
    assert found(lines(ONE, TWO, OTHER), [watch]) == expected


@given(st.lists(trees(leaves=4), min_size=1, max_size=4), st.lists(records(), max_size=6))
@settings(max_examples=100)
def test_hits_are_what_the_reference_finds(patterns: list[Json], drawn: list[Event]) -> None:
    watches = [Watch(str(place), FilterPattern(tree, "")) for place, tree in enumerate(patterns)]
    told = [{"eventVersion": "1", **one} for one in drawn]
    hits = [
        (one.detection.id, one.number, one.outcome)
        for one in Scanner(watches).read(io.BytesIO(delivered(*told)), "f")
        if isinstance(one, Evaluation)
    ]
    assert hits == [
        (watch.id, number, outcome)
        for number, one in enumerate(told, 1)
        for watch in watches
        if (outcome := evaluate.test(watch.filter_pattern.tree, json.dumps(one)))
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
        one if isinstance(one, ReadError) else (one.file, one.number)
        for one in scanner.scan([str(tmp_path)])
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
    assert list(scanner.scan([missing])) == [ReadError(missing, "No such file or directory")]
    assert scanner.totals == Totals(problems=1)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines(ONE))))
    (hit,) = Scanner([STOP]).scan(["-"])
    assert isinstance(hit, Evaluation)
    assert (hit.file, hit.number, hit.record) == ("standard input", 1, ONE)


@pytest.mark.parametrize("indent", [pytest.param(None, id="compact"), pytest.param(1, id="spread")])
@pytest.mark.parametrize("layout", ["delivered", "lines"])
def test_a_file_of_many_blocks(layout: str, indent: int | None) -> None:
    """Records are found whole wherever a block happens to end."""
    events = [
        event(number, "StopLogging" if number % 100 == 0 else "x" * 900) for number in range(2000)
    ]
    if layout == "lines":
        data = lines(*events)
    else:
        separators = (",", ":") if indent is None else None
        data = json.dumps({"Records": events}, indent=indent, separators=separators).encode()
    assert found(data) == [f"stop {number + 1}" for number in range(0, 2000, 100)]
    assert found(gzip.compress(data)) == found(data)


def test_one_bad_record_among_many_blocks() -> None:
    events = [
        event(number, "StopLogging" if number % 100 == 0 else "x" * 900) for number in range(2000)
    ]
    data = delivered(*events).replace(b'"eventID":"777"', b'"eventID":777"')
    assert found(data) == [
        *(f"stop {number + 1}" for number in range(0, 800, 100)),
        "f, record 778: not valid JSON",
        *(f"stop {number + 1}" for number in range(800, 2000, 100)),
    ]


def test_what_comes_before_damage_is_read() -> None:
    events = [event(number) for number in range(20_000)]
    packed = bytearray(gzip.compress(delivered(*events)))
    packed[-100] ^= 0xFF
    *hits, last = found(bytes(packed))
    assert hits[:10_000] == [f"stop {number}" for number in range(1, 10_001)]
    assert last == f"f: {WRONG_CHECKSUM}"
