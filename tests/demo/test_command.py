"""``trailbell demo`` as a person calls it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import PROJECT
from tests.emulator import enable_ctrl_c
from trailbell.demo.page import GENERATOR

pytestmark = pytest.mark.emulator


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it printed."""

    code: int
    out: list[str]
    err: list[str]


def _environment(folder: Path) -> dict[str, str]:
    """No project, and settings for AWS that reach no one."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "PYTHONPATH": str(PROJECT),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "AWS_PROFILE": "does-not-exist",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "TMPDIR": str(folder / "temporary"),
    }


def _run(folder: Path, *words: str) -> Ended:
    (folder / "temporary").mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "trailbell", "demo", *words],
        cwd=folder,
        env=_environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    return Ended(done.returncode, done.stdout.splitlines(), done.stderr.splitlines())


_NOTE = "note: this folder is not in a project, so the baseline of Trailbell is played"


@pytest.mark.slow
def test_without_a_project_or_an_account_the_page_is_written_and_replaced(tmp_path: Path) -> None:
    first, second = _run(tmp_path), _run(tmp_path)
    assert (first.code, first.err, second.code) == (0, [_NOTE], 0)
    assert first.out[0] == "An attack, and when you would know (times in UTC, 26 November 2026)"
    assert [ended.out[-1] for ended in (first, second)] == [
        "Written: trailbell-demo.html",
        "Replaced: trailbell-demo.html",
    ]
    assert GENERATOR in (tmp_path / "trailbell-demo.html").read_text("utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("cache", "temporary", "trailbell-demo.html"),
    ]
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.slow
def test_json_is_all_of_standard_output_and_no_page_is_written(tmp_path: Path) -> None:
    ended = _run(tmp_path, "--json")
    document = json.loads("\n".join(ended.out))
    assert (ended.code, document["summary"]["events"]) == (0, 16)
    assert not (tmp_path / "trailbell-demo.html").exists()


@pytest.mark.slow
def test_json_and_a_page_in_a_project_with_a_detection_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "trailbell.toml").write_text('[catalog]\ndisable = ["iam-changes"]\n')
    ended = _run(tmp_path, "--json", "--page", "attack.html")
    document = json.loads("\n".join(ended.out))
    fired = {each["detection"] for entry in document["entries"] for each in entry["fired"]}
    assert (ended.code, ended.err) == (0, ["Written: attack.html"])
    assert ("iam-changes" in fired, "credential-persistence" in fired) == (False, True)
    assert (tmp_path / "attack.html").exists()


@pytest.mark.parametrize(
    ("page", "message"),
    [
        pytest.param(
            "notes.html",
            "error: notes.html: exists, and is not a page of trailbell demo; name another with "
            "--page",
            id="a file of yours",
        ),
        pytest.param(".", "error: .: is a folder; name a file with --page", id="a folder"),
        pytest.param(
            "none/a.html",
            "error: none/a.html: is in a folder that does not exist; name a file with --page",
            id="a folder that does not exist",
        ),
    ],
)
def test_nothing_else_is_overwritten(page: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "notes.html").write_text("mine")
    assert _run(tmp_path, "--page", page) == Ended(2, [], [message])
    assert (tmp_path / "notes.html").read_text() == "mine"


def test_an_error_of_the_project_comes_first(tmp_path: Path) -> None:
    (tmp_path / "trailbell.toml").write_text('[catalog]\ndisable = ["no-such"]\n')
    ended = _run(tmp_path)
    assert (ended.code, ended.out) == (2, [])
    assert '"no-such"' in ended.err[0]


def _emulators(folder: Path) -> list[str]:
    """The processes that write to this folder."""
    needle = f"TMPDIR={folder / 'temporary'}".encode()
    running = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes()
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if needle in environment and b"emulator_server" in command:
            running.append(process.name)
    return running


def _wait_until(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds, at most half a minute."""
    until = time.monotonic() + 30
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc, which Linux has")
@pytest.mark.parametrize(
    ("number", "code"),
    [
        pytest.param(signal.SIGINT, 130, id="Ctrl-C"),
        pytest.param(signal.SIGTERM, 143, id="a canceled job"),
    ],
)
def test_the_emulator_ends_after(number: signal.Signals, code: int, tmp_path: Path) -> None:
    (tmp_path / "temporary").mkdir()
    with subprocess.Popen(
        [sys.executable, "-m", "trailbell", "demo"],
        cwd=tmp_path,
        env=_environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=enable_ctrl_c,
    ) as process:
        _wait_until(lambda: bool(_emulators(tmp_path)))
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err.splitlines()) == (code, "", [_NOTE, "", "interrupted"])
    _wait_until(lambda: not _emulators(tmp_path))  # one that was just started ends on its own
    assert _emulators(tmp_path) == []
    assert list((tmp_path / "temporary").iterdir()) == []
