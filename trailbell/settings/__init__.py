"""
``trailbell.toml``: find it, read it, check it, and hand out its values.

In:    a file.
Out:   a `Table`. Every key of the file is known, and every value has the right type and form,
       whichever command reads it and whichever tables that command needs.
Never: the meaning of a key. The catalog, `deploy` and `rollout` read their own tables.
"""

import tomllib
from pathlib import Path
from typing import Any

from trailbell import text_files
from trailbell.errors import SettingsError, UnreadableFileError
from trailbell.settings.check import check
from trailbell.settings.table import RESERVED_TAG, Table, is_reserved_tag

__all__ = ["FILE", "RESERVED_TAG", "Table", "is_reserved_tag", "load", "parse", "read"]

FILE = "trailbell.toml"


def load(path: Path | None, directory: Path) -> Table:
    """Read the settings from ``path``, or else from the file in ``directory``, if there is one."""
    if path is not None:
        return read(path)
    default = directory / FILE
    return read(default) if default.exists() else Table(FILE, "", {})


def read(path: Path) -> Table:
    """Read a settings file, and check all of it. Raises `SettingsError`."""
    try:
        text = text_files.read_text(path)
    except UnreadableFileError as error:
        raise _unusable(str(path), error.reason, "name a TOML file") from error
    return parse(text, str(path))


def parse(text: str, file: str = FILE) -> Table:
    """Read settings from a text, and check all of it. Raises `SettingsError`."""
    table = Table(file, "", _parse_toml(text, file))
    check(table)
    return table


def _parse_toml(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        hint = "correct the file at that position"
        raise _unusable(file, f"not TOML: {error}", hint) from error
    except ValueError as error:
        raise _unusable(file, "contains a number that is too long", "shorten it") from error
    except RecursionError as error:
        raise _unusable(file, "is nested too deeply", "no setting needs that") from error


def _unusable(file: str, problem: str, hint: str) -> SettingsError:
    return SettingsError(file=file, key="", problem=problem, hint=hint)
