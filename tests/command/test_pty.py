"""Commands on a real terminal of 80 columns, from the process to its last byte."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command.conftest import Project

_PROJECT = Path(__file__).resolve().parent.parent.parent


def _run(*arguments: str, cwd: Path = _PROJECT, **variables: str) -> tuple[int, str]:
    """The exit code of a command, and what its terminal shows."""
    ours, its = pty.openpty()
    try:
        plain = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
        with subprocess.Popen(
            [sys.executable, "build.py", *arguments],
            cwd=cwd,
            env=plain | {"TERM": "xterm", "COLUMNS": "80"} | variables,
            stdin=its,
            stdout=its,
            stderr=its,
        ) as process:
            os.close(its)
            shown = _read_all(ours)
        return process.returncode, shown.decode().replace("\r\n", "\n")
    finally:
        os.close(ours)


def _read_all(terminal: int) -> bytes:
    shown = b""
    while True:
        try:
            block = os.read(terminal, 65_536)
        except OSError:  # EIO: the last process that had the terminal has ended
            return shown
        if not block:
            return shown
        shown += block


_EXPLAINED = """\
<1>image-shared<0>: An AMI, SSM document or Lambda layer was shared with an account or
  made public
  severity  medium
  packs     exposure
  alarm     1 event in 300 seconds
"""


@pytest.mark.parametrize(
    ("no_color", "expected"),
    [
        pytest.param("", _EXPLAINED, id="colors"),
        pytest.param("1", re.sub("<.>", "", _EXPLAINED), id="no colors"),
    ],
)
def test_an_explanation(no_color: str, expected: str) -> None:
    code, shown = _run("explain", "image-shared", NO_COLOR=no_color)
    head, _, _ = re.sub(r"\x1b\[([\d;]+)m", r"<\1>", shown).partition("  defined")
    assert (code, head) == (0, expected)


def test_an_error() -> None:
    assert _run("plan", "trial") == (
        2,
        '\x1b[1;31merror\x1b[0m: unknown stack "trial"; did you mean "trail"?\n',
    )


def test_an_unchanged_build_is_shown_with_the_styles_of_the_first(pristine: Project) -> None:
    piped = pristine.run("build")
    code, shown = _run("build", cwd=pristine.root, XDG_CACHE_HOME=str(pristine.cache))
    plain = re.sub(r"\x1b\[[\d;]+m", "", shown)
    assert (code, plain.split()) == (0, piped.out.split())
    assert "\x1b[1mstack  " in shown
    assert shown.startswith("\x1b[2mignored: ")
    assert max(map(len, plain.split("\n"))) <= 80
