"""Small files that are scanned together give what each of them gives alone."""

import gzip
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cloudtrail.test_scan import ONE, OTHER, STOP, TWO, Detection, delivered, event
from tests.pattern.strategies import Event
from tests.pattern.targets.records import records, trees
from trailbell.cloudtrail import small_files
from trailbell.cloudtrail.arrivals import Arrivals
from trailbell.cloudtrail.evaluation import Evaluation
from trailbell.cloudtrail.scan import Scanner, Totals
from trailbell.pattern import FilterPattern, parse
from trailbell.pattern.ast import JsonPattern

_INSIGHT: Event = {"eventVersion": "1.07", "eventType": "AwsCloudTrailInsight", "eventID": "i"}


def _write(folder: Path, *contents: bytes) -> list[str]:
    paths = [folder / f"{number}.json.gz" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(gzip.compress(content, 1, mtime=0))
    return list(map(str, paths))


def _results(scanner: Scanner, paths: list[str]) -> list[object]:
    return [
        (str(r.outcome), r.detection.id, r.file, r.number, r.text)
        if isinstance(r, Evaluation)
        else r
        for r in scanner.scan(paths)
    ]


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(b'{"Records":[]}', id="a file without records"),
        pytest.param(b'{"Records":[{"eventName":"StopLogging"]}', id="a damaged record"),
        pytest.param(b'{"Records":[1,{"eventName":"StopLogging"}]}', id="a number"),
        pytest.param(
            b'{"Records":[{"eventName":"StopLogging"}],"Records":[]}', id="two lists of records"
        ),
        pytest.param(delivered(_INSIGHT, ONE), id="a record without a name"),
        pytest.param(delivered({**ONE, "userIdentity": None}), id="an identity that is null"),
        pytest.param(delivered({**ONE, "eventName": 5}), id="a name of another type"),
        pytest.param(
            delivered(ONE).replace(b'"eventID":"1"', b'"eventID":"\xff"'), id="invalid UTF-8"
        ),
        pytest.param(b'{"Records":[{"digestStartTime":1}]}', id="another format"),
        pytest.param(delivered(ONE)[:-2], id="a truncated file"),
        pytest.param(b"", id="an empty file"),
        pytest.param(b"text", id="a file of another format"),
    ],
)
def test_an_odd_file_among_others(odd: bytes, tmp_path: Path) -> None:
    paths = _write(tmp_path, delivered(OTHER, ONE), odd, delivered(TWO), delivered(OTHER))
    together, alone = Scanner([STOP], arrivals=Arrivals()), Scanner([STOP])
    found = _results(together, [str(tmp_path)])
    assert found == _results(alone, paths)
    assert together.totals == alone.totals


def test_files_with_a_wrong_checksum_or_more_members_are_read_alone(tmp_path: Path) -> None:
    paths = _write(tmp_path, delivered(ONE), delivered(TWO), delivered(ONE))
    content = bytearray(Path(paths[1]).read_bytes())
    content[-6] ^= 1
    Path(paths[1]).write_bytes(content)
    two = gzip.compress(delivered(TWO)[:-2]) + gzip.compress(delivered(TWO)[-2:])
    Path(paths[2]).write_bytes(two)
    scanner = Scanner([STOP])
    assert _results(scanner, [str(tmp_path)]) == _results(Scanner([STOP]), paths)
    assert scanner.totals == Totals(files=3, records=3, hits=3, problems=1)


def test_more_files_than_are_scanned_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trailbell.cloudtrail.scan.MAX_BYTES", 1000)
    contents = [
        delivered(*(event(n, "StopLogging" if n % 3 else "x" * 90) for n in range(n % 4)))
        for n in range(40)
    ]
    paths = _write(tmp_path, *contents)
    assert _results(Scanner([STOP]), [str(tmp_path)]) == _results(Scanner([STOP]), sorted(paths))


def test_what_is_as_delivered() -> None:
    assert [
        small_files.is_delivered(content)
        for content in (b"", b'{"Records":[', b'[{"a":1}]', b'{"Records":[]}', delivered(ONE))
    ] == [False, False, False, True, True]


@given(
    st.lists(trees(leaves=4), min_size=1, max_size=4),
    st.lists(st.lists(records(), max_size=3), max_size=4),
)
@settings(max_examples=40)
def test_any_patterns_and_records(patterns: list[JsonPattern], files: list[list[Event]]) -> None:
    detections = [
        Detection(str(index), FilterPattern(tree, "")) for index, tree in enumerate(patterns)
    ]
    contents = [
        json.dumps({"Records": some}, separators=(",", ":")).encode()
        for some in ([{"eventVersion": "1", **record} for record in file] for file in files)
    ]
    with tempfile.TemporaryDirectory() as folder:
        paths = _write(Path(folder), *contents)
        together = _results(Scanner(detections), [folder]) if contents else []
        assert together == _results(Scanner(detections), paths)


def test_terms_are_evaluated_on_the_text(tmp_path: Path) -> None:
    _write(tmp_path, delivered(OTHER), delivered(ONE))
    detection = Detection("term", parse("StopLogging"))
    results = [r for r in Scanner([detection]).scan([str(tmp_path)]) if isinstance(r, Evaluation)]
    assert [(r.file, r.number) for r in results] == [(f"{tmp_path}/1.json.gz", 1)]
