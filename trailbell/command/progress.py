"""
What a command is doing, while that takes more than a second.

In:    a text, or a function that returns the text of now.
Out:   one line on standard error, replaced every tenth of a second, and removed at the end.
Never: a line where there is no terminal, or in the middle of other output: what prints something
       does so while the line is `removed`.

rich's ``Live`` would redirect standard output, which may be a file, and hide the cursor, which an
interruption may not bring back.
"""

import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO

from trailbell.text_files import printable

DELAY = 1.0
"""Seconds without output after which the line appears."""

_INTERVAL = 0.1
_FRAMES = "|/-\\"
_START_OF_LINE = "\r\x1b[2K"
_lock = threading.RLock()
_shown: list["Progress"] = []


@dataclass
class Progress:
    """The text of the line. `update` may be called often, and by threads."""

    text: Callable[[], str]
    started: float = field(default_factory=time.monotonic)
    quiet_since: float = field(default_factory=time.monotonic)
    is_visible: bool = False

    def update(self, text: str) -> None:
        """Say what is done now."""
        self.text = lambda: text


@contextmanager
def progress(text: str | Callable[[], str]) -> Iterator[Progress]:
    """Show the line while the block runs, from a second after its last output."""
    made = Progress(text if callable(text) else lambda: text)
    if not _is_possible():
        yield made
        return
    end = threading.Event()
    thread = threading.Thread(target=_keep_current, args=(made, end), daemon=True)
    _shown.append(made)
    thread.start()
    try:
        yield made
    finally:
        end.set()
        thread.join()
        _remove(made)
        _shown.remove(made)


@contextmanager
def removed(stream: TextIO) -> Iterator[None]:
    """Remove the line while the block prints to a stream, unless that is a file or a pipe."""
    with _lock:
        for each in _shown if stream.isatty() else ():
            _remove(each)
        yield


def _is_possible() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def _keep_current(shown: Progress, end: threading.Event) -> None:
    number = 0
    while not end.wait(_INTERVAL):
        with _lock:
            now = time.monotonic()
            if now - shown.quiet_since >= DELAY and not end.is_set():
                number += 1
                seconds = now - shown.started
                text = printable(shown.text())  # names of files can be in it
                line = f"{_FRAMES[number % len(_FRAMES)]} {text} ({seconds:.0f} s)"
                width = shutil.get_terminal_size().columns - 1
                sys.stderr.write(f"{_START_OF_LINE}{line[:width]}")
                sys.stderr.flush()
                shown.is_visible = True


def _remove(shown: Progress) -> None:
    with _lock:
        shown.quiet_since = time.monotonic()
        if shown.is_visible:
            sys.stderr.write(_START_OF_LINE)
            sys.stderr.flush()
            shown.is_visible = False
