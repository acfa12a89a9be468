"""Which files of a folder are read, and what is reported for a folder without records."""

import gzip
import os
from pathlib import Path

import pytest

from tests.cloudtrail.test_scan import STOP, delivered, event, lines
from trailbell.cloudtrail.files import SkippedFile, UnidentifiedFile, walk_folder
from trailbell.cloudtrail.other_formats import DIGEST
from trailbell.cloudtrail.read_error import ReadError
from trailbell.cloudtrail.scan import EMPTY_FOLDER, Scanner, Totals

RECORDS = delivered(event(1))
LINE = b"2026-01-15T12:34:56.000Z " + lines(event(1))


def scan_folder(folder: Path) -> tuple[list[str], Totals]:
    """The files with matches and the errors, both without the name of the folder; the totals."""
    scanner = Scanner([STOP])
    texts = [
        str(result) if isinstance(result, ReadError) else result.file
        for result in scanner.scan([str(folder)])
    ]
    return [text.replace(str(folder), "folder") for text in texts], scanner.totals


@pytest.mark.parametrize(
    ("content", "problems", "totals"),
    [
        pytest.param(
            {},
            ["folder: empty folder: it contains no CloudTrail files"],
            Totals(problems=1),
            id="nothing",
        ),
        pytest.param(
            {"notes.txt": b"no records", "picture.png": b"\x89PNG"},
            ["folder: no CloudTrail files in this folder"],
            Totals(problems=1, left_out=2),
            id="other files",
        ),
        pytest.param(
            {"CloudTrail-Digest/d.json.gz": b""},
            ["folder: no CloudTrail files in this folder"],
            Totals(problems=1, left_out=1, left_out_kinds={DIGEST.name: 1}),
            id="only digest files",
        ),
        pytest.param(
            {"a.json": b""},
            ["folder/a.json: empty file"],
            Totals(files=1, problems=1),
            id="an empty file is reported as such",
        ),
        pytest.param(
            {"a.gz": gzip.compress(RECORDS)[:9]},
            ["folder/a.gz: truncated gzip data"],
            Totals(files=1, problems=1),
            id="damaged data may have been records",
        ),
    ],
)
def test_a_folder_without_records(
    tmp_path: Path, content: dict[str, bytes], problems: list[str], totals: Totals
) -> None:
    for name, data in content.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    assert scan_folder(tmp_path) == (problems, totals)


def test_one_empty_folder_of_two_is_reported(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full/a.json").write_bytes(RECORDS)
    scanner = Scanner([STOP])
    results = list(scanner.scan([str(tmp_path / "full"), str(tmp_path / "empty")]))
    assert results[1:] == [ReadError(str(tmp_path / "empty"), EMPTY_FOLDER)]
    assert scanner.totals == Totals(files=1, records=1, hits=1, problems=1)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("stream-1-2026-01-15-12-34-56-a1b2", RECORDS, id="an object of Firehose"),
        pytest.param("stream-1.2-2026-01-15", gzip.compress(RECORDS), id="a compressed object"),
        pytest.param("000000.gz", gzip.compress(LINE), id="an export of CloudWatch Logs"),
        pytest.param("records.txt", b"\n [" + lines(event(1)) + b"]", id="a list in a text file"),
        pytest.param("answer", b'{"Events": []}\n' + lines(event(1)), id="a result of the AWS CLI"),
        pytest.param("utf16", lines(event(1)).decode().encode("utf-16"), id="UTF-16"),
    ],
)
def test_files_are_identified_by_their_content(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    (tmp_path / "aws-logs-write-test").write_bytes(b"Permission Check Successful")
    (tmp_path / "readme.md").write_bytes(b"[Records](records.md) of January")
    assert scan_folder(tmp_path) == (
        [f"folder/{name}"],
        Totals(files=1, records=1, hits=1, left_out=2),
    )


def test_the_files_of_a_folder(tmp_path: Path) -> None:
    for name in ("b.json.gz", "A.JSON", "object", "CloudTrail-Digest-1.json"):
        (tmp_path / name).write_bytes(b"")
    os.mkfifo(tmp_path / "pipe")
    assert list(walk_folder(str(tmp_path))) == [
        f"{tmp_path}/A.JSON",
        SkippedFile(f"{tmp_path}/CloudTrail-Digest-1.json", DIGEST),
        f"{tmp_path}/b.json.gz",
        UnidentifiedFile(f"{tmp_path}/object"),
        SkippedFile(f"{tmp_path}/pipe"),
    ]


def test_a_missing_folder(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    assert list(walk_folder(missing)) == [ReadError(missing, "no such file or directory")]


def test_intact_and_damaged_files_in_one_folder(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"{oops")
    (tmp_path / "b.json").write_bytes(RECORDS)
    (tmp_path / "c.gz").write_bytes(gzip.compress(RECORDS)[:-8] + b"\0" * 8)
    (tmp_path / "d.json").write_bytes(b'{"eventName":"StopLogging","x":1e999}')
    (tmp_path / "e.json").write_bytes(b'{"eventName":"StopLogging","x":"\\udead"}')
    assert scan_folder(tmp_path) == (
        [
            "folder/a.json, record 1: not valid JSON",
            "folder/b.json",
            "folder/c.gz",
            "folder/c.gz: gzip data with a wrong checksum: the records read from it may be damaged",
            "folder/d.json",
            "folder/e.json, record 1: read, but its text contains half of a surrogate pair",
            "folder/e.json",
        ],
        Totals(files=5, records=4, hits=4, problems=3),
    )


def test_a_link_to_a_folder_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    assert list(walk_folder(str(tmp_path))) == [SkippedFile(f"{tmp_path}/link")]
