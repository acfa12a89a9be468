"""
A file that a command writes at its end, checked at its start.

In:    a path; later the text.
Out:   the file, complete or unchanged.
Never: an hour of work whose result cannot be written.
"""

import os
from pathlib import Path

from trailbell.errors import OutputError
from trailbell.text_files import reason


def check_writable(path: Path) -> None:
    """Raise `OutputError` if a file cannot be written there."""
    folder = path.parent
    if str(path) == "-":
        raise OutputError("-", "standard output has the report already; name a file")
    if path.is_dir():
        raise OutputError(str(path), "this is a directory; name a file")
    if not folder.is_dir():
        raise OutputError(str(path), f"no such directory: {folder}")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise OutputError(str(path), "permission denied")


def write_file(path: Path, text: str) -> None:
    """Replace a file as a whole. Raises `OutputError`."""
    written = path.with_name(f".{path.name}.new")
    try:
        written.write_text(text, encoding="utf-8")
        written.replace(path)
    except OSError as error:
        written.unlink(missing_ok=True)
        raise OutputError(str(path), reason(error)) from error
