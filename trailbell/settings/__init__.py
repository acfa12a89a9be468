"""
``trailbell.toml``: find it, read it, check it, and hand out its values.

In:    a file.
Out:   a `Table`. Every key of the file is known, and every value has the right type and form,
       whichever command reads it and whichever tables that command needs.
Never: the meaning of a key. The catalog, `deploy` and `rollout` read their own tables.
"""

import re
import tomllib
from pathlib import Path
from typing import Any

from trailbell import __version__, text_files
from trailbell.errors import ProjectError, SettingsError, UnreadableFileError
from trailbell.project.root import FILE, project_root
from trailbell.settings.check import check
from trailbell.settings.keys import VERSION
from trailbell.settings.table import RESERVED_TAG, Table, is_reserved_tag

__all__ = ["RESERVED_TAG", "Table", "is_reserved_tag", "load", "parse", "read"]


def load(path: Path | None) -> Table:
    """Read the settings from ``path``, or else those of the project, if it has any.

    Raises `ProjectError` and `SettingsError`.
    """
    if path is not None:
        return read(path)
    default = project_root() / FILE
    return read(default) if default.exists() else Table(FILE, "", {})


def read(path: Path) -> Table:
    """Read a settings file, and check all of it. Raises `ProjectError` and `SettingsError`."""
    try:
        text = text_files.read_text(path)
    except UnreadableFileError as error:
        raise _unusable(str(path), error.reason, "name a TOML file") from error
    return parse(text, str(path))


def parse(text: str, file: str = FILE) -> Table:
    """Read settings from a text, and check all of it. Raises `ProjectError` and `SettingsError`."""
    table = Table(file, "", _parse_toml(text, file))
    _check_version(table)
    check(table)
    return table


def _check_version(settings: Table) -> None:
    """Raise `ProjectError` if a project is for a newer version of Trailbell.

    Such a project can have keys that this version does not know, so this comes first.
    """
    match settings.values.get("project"):
        case {"minimum_version": str(minimum)} if re.fullmatch(VERSION.pattern, minimum):
            if _numbers(minimum) > _numbers(__version__):
                raise ProjectError(
                    f"{settings.file}: this project is for Trailbell {minimum} or newer, and "
                    f"{__version__} is installed",
                    'install what the project requires: "pip install -r requirements.txt"',
                )


def _numbers(version: str) -> tuple[int, ...]:
    """``0.2`` and ``0.2.0`` are equal. What follows the numbers, such as ``rc1``, is ignored."""
    numbers = re.match(r"[\d.]*", version)
    parts = [int(part) for part in (numbers[0] if numbers else "").split(".") if part]
    return tuple([*parts, 0, 0][:3])


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
