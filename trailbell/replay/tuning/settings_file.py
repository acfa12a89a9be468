"""
The file of the settings: read once, and written as a whole or not at all.

In:    a path.
Out:   the text, and later a file with another text.
Never: a file that someone else changed in between.
"""

import contextlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from trailbell import text_files
from trailbell.errors import OutputError, SettingsError, UnreadableFileError

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class SettingsFile:
    """A file as it was read; ``content`` is None if there is none."""

    path: Path
    content: bytes | None

    @property
    def text(self) -> str:
        """The text without a byte order mark; empty without a file."""
        return (self.content or b"").removeprefix(_BYTE_ORDER_MARK).decode("utf-8")


def read_settings_file(path: Path) -> SettingsFile:
    """Read a file that may not exist. Raises `SettingsError`."""
    if not path.exists():
        return SettingsFile(path, None)
    try:
        text_files.read_text(path)
    except UnreadableFileError as error:
        raise SettingsError(
            file=str(path), key="", problem=error.reason, hint="name a TOML file"
        ) from error
    return SettingsFile(path, path.read_bytes())


def write_settings_file(file: SettingsFile, text: str) -> None:
    """Replace the file, which keeps its permissions and its byte order mark.

    Raises `OutputError` if it cannot be written, or is not the one that was read.
    """
    path = file.path.resolve()  # a symbolic link remains one
    mark = _BYTE_ORDER_MARK if (file.content or b"").startswith(_BYTE_ORDER_MARK) else b""
    written = path.with_name(f".{path.name}.new")
    try:
        if (path.read_bytes() if path.exists() else None) != file.content:
            raise OutputError(str(file.path), "it was changed while the records were read")
        written.write_bytes(mark + text.encode("utf-8"))
        if path.exists():
            shutil.copymode(path, written)
        written.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            written.unlink(missing_ok=True)
        raise OutputError(str(file.path), text_files.reason(error)) from error
