"""
A file that a command writes at its end, checked at its start.

In:    a path; later the text.
Out:   the file, complete or unchanged. A symbolic link stays one.
Never: an hour of work whose result cannot be written, or a device that becomes a file.
"""

import contextlib
import os
import tempfile
from pathlib import Path

from trailbell.errors import OutputError
from trailbell.text_files import reason


def check_writable(path: Path) -> None:
    """Raise `OutputError` if a file cannot be written there."""
    if str(path) == "-":
        raise OutputError("-", "standard output has the report already; name a file")
    if path.is_dir():
        raise OutputError(str(path), "this is a directory; name a file")
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise OutputError(str(path), f"no such directory: {target.parent}")
    needed = [target] if target.exists() else []
    if not _is_special(target):
        needed.append(target.parent)  # a new file takes the place of the former
    if not all(os.access(each, os.W_OK) for each in needed):
        raise OutputError(str(path), "permission denied")


def write_file(path: Path, text: str) -> None:
    """Replace a file as a whole, or write to a device. Raises `OutputError`."""
    target = Path(os.path.realpath(path))
    try:
        if _is_special(target):
            target.write_text(text, encoding="utf-8")
        else:
            _replace(target, text)
    except OSError as error:
        raise OutputError(str(path), reason(error)) from error


def _is_special(path: Path) -> bool:
    """Whether it is a device or a pipe, such as /dev/stdout, which must not be replaced."""
    return path.exists() and not path.is_file()


def _replace(path: Path, text: str) -> None:
    # The name cannot be guessed: in a folder of all users, it could be the link of another one.
    descriptor, written = tempfile.mkstemp(prefix=".trailbell-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        Path(written).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        Path(written).replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            Path(written).unlink()
        raise


def _umask() -> int:
    """The permissions that new files do not get. It can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
