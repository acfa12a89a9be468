"""The line that says what a command is doing."""

import io
import re
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout

import pytest

from trailbell.command import output
from trailbell.command.progress import Progress, progress
from trailbell.styled_text import line


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of 40 columns, on which the line appears at once."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr("trailbell.command.progress.DELAY", 0.0)
    monkeypatch.setattr("trailbell.command.progress._INTERVAL", 0.001)


def _wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end, "nothing happened for 10 seconds"
        time.sleep(0.001)


def _screen(text: str) -> list[str]:
    """What is left on the screen: a line that was erased is not."""
    return [part.rpartition("\r\x1b[2K")[2] for part in text.split("\n")]


def _texts(text: str) -> list[str]:
    """The different texts of the line, in their order."""
    shown = re.findall(r"\r\x1b\[2K[|/\\-] ([^\r\n]*) \(0 s\)", text)
    return list(dict.fromkeys(shown))


@pytest.mark.parametrize(
    ("stream", "term"),
    [
        pytest.param(io.StringIO(), "xterm", id="a pipe"),
        pytest.param(_Terminal(), "dumb", id="a terminal that cannot erase a line"),
    ],
)
def test_no_line(stream: io.StringIO, term: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", term)
    with redirect_stderr(stream), progress("reading"):
        time.sleep(0.05)
    assert stream.getvalue() == ""


def test_no_line_for_what_takes_less_than_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trailbell.command.progress.DELAY", 1.0)
    stream = _Terminal()
    with redirect_stderr(stream), progress("reading"):
        time.sleep(0.05)
    assert stream.getvalue() == ""


def test_the_line_is_replaced_and_then_removed() -> None:
    stream = _Terminal()
    with redirect_stderr(stream), progress("reading") as shown:
        _wait_until(lambda: "reading" in stream.getvalue())
        shown.update("comparing")
        _wait_until(lambda: "comparing" in stream.getvalue())
    assert _texts(stream.getvalue()) == ["reading", "comparing"]
    assert _screen(stream.getvalue()) == [""]


def test_a_function_says_what_is_true_now() -> None:
    stream, counts = _Terminal(), iter(range(1_000_000))
    with redirect_stderr(stream), progress(lambda: f"{next(counts)} records"):
        _wait_until(lambda: "2 records" in stream.getvalue())
    assert _texts(stream.getvalue())[:3] == ["0 records", "1 records", "2 records"]


def test_the_line_is_removed_before_other_output() -> None:
    stream = _Terminal()
    with redirect_stderr(stream), progress("reading") as shown:
        _wait_until(lambda: "reading" in stream.getvalue())
        output.print_lines([line("a record")], err=True)
        shown.update("again")
        _wait_until(lambda: "again" in stream.getvalue())
    assert _screen(stream.getvalue()) == ["a record", ""]


def test_output_to_a_file_leaves_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    stream, file = _Terminal(), io.StringIO()
    with redirect_stderr(stream), redirect_stdout(file), progress("reading"):
        _wait_until(lambda: "reading" in stream.getvalue())
        monkeypatch.setattr("trailbell.command.progress.DELAY", 1_000.0)
        output.print_lines([line("a record")])
        assert stream.getvalue().rpartition("\r\x1b[2K")[2] != ""
    assert file.getvalue() == "a record\n"


def test_the_name_of_a_file_cannot_control_the_terminal() -> None:
    stream = _Terminal()
    with redirect_stderr(stream), progress("reading a\x1b[2Jb"):
        _wait_until(lambda: "reading" in stream.getvalue())
    assert _texts(stream.getvalue()) == ["reading a\\x1b[2Jb"]


def test_a_line_that_is_too_long_is_cut() -> None:
    stream = _Terminal()
    with redirect_stderr(stream), progress("x" * 100):
        _wait_until(lambda: "x" in stream.getvalue())
    assert {len(part) for part in stream.getvalue().split("\r\x1b[2K")} == {0, 39}


def test_an_error_removes_the_line() -> None:
    def fail(shown: Progress) -> None:
        _wait_until(lambda: shown.is_visible)
        raise OSError("no network")

    stream = _Terminal()
    with (
        redirect_stderr(stream),
        pytest.raises(OSError, match="no network"),
        progress("reading") as shown,
    ):
        fail(shown)
    assert _screen(stream.getvalue()) == [""]
