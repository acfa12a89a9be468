"""
What people give us to read: text, and JSON in it.

In:    a path, standard input, a text.
Out:   the text; the value that it holds.
Never: Python's words for what is wrong. `UnreadableFileError` says it in plain ones, and who calls
       says where it was and what would be right.
"""

import json
import sys
from pathlib import Path
from typing import Any

from trailbell.errors import UnreadableFileError

MAX_DEPTH = 100
"""Levels of arrays and objects. Templates have a dozen; parsers and walks fail at some hundreds."""

TOO_DEEP = f"nested too deeply (more than {MAX_DEPTH} levels)"


def read_text(path: Path) -> str:
    """The text of a file. Raises `UnreadableFileError`."""
    try:
        return _decoded(path.read_bytes())
    except OSError as error:
        raise UnreadableFileError(_reason(error)) from error
    except ValueError as error:  # no file's name has a zero byte in it
        raise UnreadableFileError("no such file") from error


def read_stdin() -> str:
    """The text that is piped in. Raises `UnreadableFileError`."""
    try:
        return _decoded(sys.stdin.buffer.read())
    except OSError as error:
        raise UnreadableFileError(_reason(error)) from error


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFileError(f"not text in UTF-8 (byte {error.start + 1:,})") from error


def _reason(error: OSError) -> str:
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return "no such file"
        case IsADirectoryError():
            return "a folder, not a file"
        case PermissionError():
            return "not allowed to read it"
        case _:
            return (error.strerror or str(error)).lower()


def parse_json(text: str) -> Any:
    """The value that JSON text holds, `MAX_DEPTH` levels deep at most. Raises
    `UnreadableFileError`.
    """
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise UnreadableFileError(f"not JSON at {place}" if text.strip() else "empty") from error
    except ValueError as error:
        raise UnreadableFileError("JSON with a number of thousands of digits") from error
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
