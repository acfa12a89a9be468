"""
Reading text files, standard input, and JSON.

In:    a path, standard input, a text.
Out:   the text; the JSON value in it.
Never: an exception of Python's. `UnreadableFileError` says what is wrong in plain words, and the
       caller adds where, and what would be right.
"""

import json
import sys
from pathlib import Path
from typing import Any

from trailbell.errors import UnreadableFileError

MAX_DEPTH = 100
"""Levels of arrays and objects. Templates have about ten; Python's parsers fail at hundreds."""

TOO_DEEP = f"nested too deeply (more than {MAX_DEPTH} levels)"


def read_text(path: Path) -> str:
    """The text of a file. Raises `UnreadableFileError`."""
    try:
        return _decode(path.read_bytes())
    except OSError as error:
        raise UnreadableFileError(_read_reason(error)) from error
    except ValueError as error:  # a file name cannot contain a zero byte
        raise UnreadableFileError("no such file") from error


def read_stdin() -> str:
    """The text on standard input. Raises `UnreadableFileError`."""
    try:
        return _decode(sys.stdin.buffer.read())
    except OSError as error:
        raise UnreadableFileError(_read_reason(error)) from error


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFileError(not_utf8(error)) from error


def not_utf8(error: UnicodeDecodeError) -> str:
    """What is wrong with text that is not UTF-8, and where."""
    return f"not UTF-8 text (byte {error.start + 1:,})"


def reason(error: OSError) -> str:
    """Why an operation on a file failed, in the operating system's words: ``permission denied``."""
    return (error.strerror or str(error)).lower()


def _read_reason(error: OSError) -> str:
    """Why a file cannot be read: ``no such file`` also where a directory is missing."""
    missing = isinstance(error, FileNotFoundError | NotADirectoryError)
    return "no such file" if missing else reason(error)


def parse_json(text: str) -> Any:
    """The value of a JSON text. Raises `UnreadableFileError`, also for more than `MAX_DEPTH`
    levels.
    """
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        position = f"line {error.lineno}, column {error.colno}"
        raise UnreadableFileError(f"not JSON at {position}" if text.strip() else "empty") from error
    except ValueError as error:
        raise UnreadableFileError("contains a number that is too long") from error
    except RecursionError as error:
        raise UnreadableFileError(TOO_DEEP) from error
    if is_too_deep(value):
        raise UnreadableFileError(TOO_DEEP)
    return value


def is_too_deep(value: Any) -> bool:
    """Whether a value has more than `MAX_DEPTH` levels."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return bool(level)


def printable(text: str) -> str:
    r"""Escape the characters that could control a terminal, in text from an untrusted source.

    >>> printable("from \x1b[2J")
    'from \\x1b[2J'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
