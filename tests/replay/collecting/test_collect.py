"""What is collected from files, with any number of processes."""

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests import PROJECT
from tests.emulator import enable_ctrl_c
from tests.replay.replay_detections import LOCAL, ROOT, STOP, record
from trailbell.cloudtrail.read_error import ReadError
from trailbell.errors import WorkerError
from trailbell.replay.collecting import collect as module
from trailbell.replay.collecting.collect import collect
from trailbell.replay.collecting.processes import start_method
from trailbell.replay.hit import Collected

_START = 1767225600
_MINUTE = _START // 60
_ONE, _TWO = "111122223333", "123456789012"
_OTHER = record("other", name="GetTrail")


def _write(path: Path, *records: object) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    body = json.dumps({"Records": records}, separators=(",", ":")).encode()
    path.write_bytes(gzip.compress(body, 1, mtime=0))
    return str(path)


def _ids(collected: Collected) -> list[tuple[str, str, int]]:
    return [(hit.detection, hit.event_id, hit.time - _START) for hit in collected.hits]


@pytest.fixture
def parallel(monkeypatch: pytest.MonkeyPatch) -> None:
    """However small the input is, other processes scan it."""
    monkeypatch.setattr(module, "SMALL_BYTES", -1)


# ------------------------------------------------------------------------------ hits


def test_hits_are_in_the_order_of_their_times(tmp_path: Path) -> None:
    _write(tmp_path / "a.json.gz", record("1", minute=9), _OTHER, record("2", minute=3))
    _write(tmp_path / "b.json.gz", record("3", minute=5, userIdentity={"type": "Root"}))
    assert _ids(collect([STOP, ROOT], [str(tmp_path)])) == [
        ("stop", "2", 180),
        ("root", "3", 300),
        ("stop", "3", 300),
        ("stop", "1", 540),
    ]


def test_an_event_counts_once_for_each_detection(tmp_path: Path) -> None:
    root = record("1", userIdentity={"type": "Root"})
    _write(tmp_path / "a.json.gz", root, root)
    _write(tmp_path / "b.json.gz", root)
    collected = collect([STOP, ROOT], [str(tmp_path)])
    assert (_ids(collected), collected.duplicates, collected.records) == (
        [("root", "1", 0), ("stop", "1", 0)],
        4,
        3,
    )


def test_of_copies_that_differ_the_same_one_counts_in_any_order(tmp_path: Path) -> None:
    paths = [
        _write(tmp_path / f"{region}.json.gz", record("1", awsRegion=region))
        for region in ("eu-west-1", "us-east-1")
    ]
    assert collect([STOP], paths).hits == collect([STOP], paths[::-1]).hits


def test_records_without_an_id_are_no_duplicates(tmp_path: Path) -> None:
    without = {key: value for key, value in record("").items() if key != "eventID"}
    collected = collect([STOP], [_write(tmp_path / "a.json.gz", without, without, record(""))])
    assert (len(collected.hits), collected.duplicates) == (3, 0)


@pytest.mark.parametrize(
    ("time", "problem"),
    [
        pytest.param("soon", 'its eventTime "soon" is not a time', id="no time"),
        pytest.param(None, 'its eventTime "None" is not a time', id="null"),
    ],
)
def test_a_hit_without_a_time_is_named(time: object, problem: str, tmp_path: Path) -> None:
    path = _write(tmp_path / "a.json.gz", _OTHER, record("1") | {"eventTime": time})
    collected = collect([STOP], [path])
    assert (collected.hits, collected.unreadable) == (
        (),
        (ReadError(f"{path}, record 2", f"stop fires, but the hit is left out: {problem}"),),
    )


def test_an_evaluation_that_is_uncertain_is_counted(tmp_path: Path) -> None:
    twice = json.dumps(record("1")).replace('"eventName"', '"eventName":"x","eventName"')
    (tmp_path / "a.json").write_text(f'{{"Records":[{twice}]}}')
    collected = collect([STOP], [str(tmp_path)])
    assert (collected.hits, collected.uncertain) == ((), {"stop": 1})
    none = collect([STOP], [str(tmp_path)], accounts=["999999999999"])
    assert (none.hits, none.uncertain) == ((), {})


@pytest.mark.parametrize(
    ("limits", "ids", "minutes"),
    [
        pytest.param({"since": _START + 601}, [], set(), id="after all"),
        pytest.param({"accounts": [_TWO]}, [], set(), id="another account"),
        pytest.param({"until": _START + 600}, ["1"], {0}, id="the end is exclusive"),
        pytest.param({"since": _START + 600}, ["2"], {10}, id="the start is inclusive"),
        pytest.param({"accounts": [_ONE, _TWO]}, ["1", "2"], {0, 10}, id="an account"),
    ],
)
def test_limits(limits: dict[str, Any], ids: list[str], minutes: set[int], tmp_path: Path) -> None:
    path = _write(tmp_path / "a.json.gz", record("1"), record("2", minute=10))
    collected = collect([STOP], [path], **limits)
    assert [hit.event_id for hit in collected.hits] == ids
    assert collected.arrivals == ({_ONE: {_MINUTE + each for each in minutes}} if minutes else {})
    assert collected.records == 2


# ------------------------------------------------------------------------------ all records


def test_times_are_those_of_all_records(tmp_path: Path) -> None:
    path = _write(
        tmp_path / "a.json.gz", record("1", minute=5), _OTHER, record("2", minute=7, account=_TWO)
    )
    (tmp_path / "b.jsonl").write_text(json.dumps(record("x", name="GetTrail", minute=9)))
    collected = collect([ROOT], [path, str(tmp_path / "b.jsonl")])
    assert (collected.first, collected.last) == (_START, _START + 540)
    assert collected.arrivals == {_ONE: {_MINUTE, _MINUTE + 5, _MINUTE + 9}, _TWO: {_MINUTE + 7}}


def test_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text").mkdir()
    (tmp_path / "text/notes.txt").write_text("no records")
    paths = [str(tmp_path / name) for name in ("empty", "missing.json", "text")]
    assert collect([STOP], paths) == Collected(
        arrivals={},
        uncertain={},
        left_out=1,
        left_out_kinds={},
        unreadable=(
            ReadError(paths[0], "empty folder: it contains no CloudTrail files"),
            ReadError(paths[1], "no such file or directory"),
            ReadError(paths[2], "no CloudTrail files in this folder"),
        ),
    )


def test_days_that_cannot_have_the_events_are_not_opened(tmp_path: Path) -> None:
    region = tmp_path / f"AWSLogs/{_ONE}/CloudTrail/us-east-1"
    for day in ("2025/12/30", "2026/01/01", "2026/01/04"):
        _write(region / day / "a.json.gz", record(day))
    collected = collect([STOP], [str(tmp_path)], since=_START, until=_START + 86_400)
    assert (_ids(collected), collected.files) == ([("stop", "2026/01/01", 0)], 1)


# ------------------------------------------------------------------------------ processes


def _mixed(folder: Path) -> list[str]:
    """Paths of every kind, with duplicates between them that differ in their Region."""
    for number in range(40):
        root = {"type": "Root"} if number % 3 else {"type": "IAMUser"}
        _write(
            folder / "many" / f"{number:02}.json.gz",
            record(f"id{number % 25}", minute=number % 7, awsRegion=f"r{number}"),
            record(f"x{number}", name="PutX", minute=number, userIdentity=root),
        )
    (folder / "many/damaged.json").write_text('{"Records":[{"eventName":')
    (folder / "many/notes.txt").write_text("no records")
    large = [record(f"id{number % 700}", account=_TWO, minute=number % 60) for number in range(900)]
    (folder / "large.jsonl").write_text("\n".join(map(json.dumps, large)))
    (folder / "empty").mkdir()
    return [str(folder / name) for name in ("large.jsonl", "many", "empty", "missing.json", "many")]


@pytest.mark.usefixtures("parallel")
def test_the_result_does_not_depend_on_the_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trailbell.replay.collecting.share._ENTRIES", 7)
    paths = _mixed(tmp_path)
    alone = collect([STOP, ROOT, LOCAL], paths, processes=1)
    assert alone == collect([STOP, ROOT, LOCAL], paths, processes=3)
    assert alone == collect([STOP, ROOT, LOCAL], paths, processes=2)
    assert (alone.records, alone.files, alone.left_out) == (900 + 2 * 80, 83, 2)
    assert len({(hit.detection, hit.event_id) for hit in alone.hits}) == len(alone.hits)


@pytest.mark.slow
@pytest.mark.usefixtures("parallel")
def test_beside_other_threads_processes_are_no_copies(tmp_path: Path) -> None:
    paths, end = _mixed(tmp_path), threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    try:
        assert start_method() == "spawn"
        several = collect([STOP, ROOT], paths, processes=2)
    finally:
        end.set()
        thread.join()
    assert several == collect([STOP, ROOT], paths, processes=1)


@pytest.mark.usefixtures("parallel")
def test_standard_input_is_read_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = json.dumps(record("in")).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    path = _write(tmp_path / "a.json.gz", record("file", minute=1))
    collected = collect([STOP], ["-", path, "missing.json"], processes=2)
    assert _ids(collected) == [("stop", "in", 0), ("stop", "file", 60)]


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.usefixtures("parallel")
def test_progress(processes: int, tmp_path: Path) -> None:
    reports: list[tuple[int, int]] = []
    paths = [_write(tmp_path / f"{n}.json.gz", record(n), record(n)) for n in range(4)]
    collect(
        [STOP],
        paths,
        processes=processes,
        on_progress=lambda records, files: reports.append((records, files)),
    )
    assert reports == sorted(reports)
    assert reports[-1] == (8, 4)


class _DeadlyBucket:
    """A bucket of two objects; a process that opens it to read them is ended."""

    def objects(self, prefix: str, is_needed: object = None) -> Iterator[Any]:
        del prefix, is_needed
        yield from ()

    def check_readable(self, key: str) -> None: ...

    def open(self, key: str) -> Any: ...


class _Object:
    key, size = "a.json", 1


class _Listed(_DeadlyBucket):
    def objects(self, prefix: str, is_needed: object = None) -> Iterator[Any]:
        del prefix, is_needed
        yield _Object()


def _end_the_process(parent: int, _: str) -> _DeadlyBucket:
    if os.getpid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
    return _Listed()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals")
@pytest.mark.usefixtures("parallel")
def test_a_process_that_is_killed_is_an_error() -> None:
    open_bucket = partial(_end_the_process, os.getpid())
    with pytest.raises(WorkerError) as error:
        collect([STOP], ["s3://a/b", "s3://a/c"], processes=2, open_bucket=open_bucket)
    assert str(error.value).splitlines()[0] == (
        "A process that reads records was ended by signal 9 (exit status -9)."
    )


_PROGRAM = """
import sys
from tests.replay.replay_detections import STOP
from trailbell.replay.collecting import collect
collect.SMALL_BYTES = -1
collect.collect([STOP], sys.argv[1:], processes=2)
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_ctrl_c_ends_all_processes_at_once(tmp_path: Path) -> None:
    pipes = [tmp_path / f"{number}.json" for number in range(2)]
    for pipe in pipes:
        os.mkfifo(pipe)
    program = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, *map(str, pipes)],
        cwd=PROJECT,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=enable_ctrl_c,
    )
    writers = [os.open(pipe, os.O_WRONLY) for pipe in pipes]  # when each process reads one
    os.killpg(program.pid, signal.SIGINT)
    assert program.wait(timeout=30) in (-signal.SIGINT, 1)
    for writer in writers:
        with pytest.raises(BrokenPipeError):  # no process reads it any more
            os.write(writer, b"x")
        os.close(writer)
