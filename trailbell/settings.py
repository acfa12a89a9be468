"""
``trailbell.toml``: found, read, and taken apart with errors that help.

In:    a file, and for each table the keys that its reader asks for.
Out:   a `Table`, whose getters check the kind of a value, and whose ``end`` refuses what
       nobody asked for.
Never: the meaning of a key. `deploy`, `rollout` and the catalogue read their own tables.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from trailbell import text_files
from trailbell.errors import SettingsError, UnreadableFileError

FILE = "trailbell.toml"
SECTIONS = frozenset({"catalogue", "environment", "lint", "rollout"})
"""Every top-level table that some part of Trailbell reads; any other is a slip of the pen."""

# Countries and partitions come and go; where in them a Region lies is told in few words.
REGION = re.compile(
    r"(?:[a-z]{2}|[a-z]{4}-[a-z]{2})(?:-gov|-iso[a-z]?)?"
    r"-(?:central|(?:north|south)(?:east|west)?|east|west)-[0-9]+"
)

T = TypeVar("T")

_KINDS: dict[type, str] = {
    str: "a text in quotes",
    bool: "true or false",
    int: "a whole number",
    list: "a list",
    dict: "a table",
}


@dataclass(frozen=True)
class Table:
    """One table of the file. ``path`` is how it is addressed, like ``environment.prod``.

    Getters return None for an absent key; they raise `SettingsError` for one of another kind.
    """

    file: str
    path: str
    values: Mapping[str, Any]
    read_keys: set[str] = field(default_factory=set, compare=False, repr=False)

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def names(self) -> tuple[str, ...]:
        """The keys, in the order of the file."""
        return tuple(self.values)

    def string(self, key: str) -> str | None:
        """A string."""
        return self._get(key, str)

    def boolean(self, key: str) -> bool | None:
        """A boolean."""
        return self._get(key, bool)

    def integer(self, key: str) -> int | None:
        """A whole number."""
        return self._get(key, int)

    def strings(self, key: str) -> tuple[str, ...] | None:
        """A list of strings."""
        found = self._get(key, list)
        if found is None:
            return None
        for entry in found:
            if not isinstance(entry, str):
                raise self.error(key, _shown(entry), "a list of texts in quotes")
        return tuple(found)

    def table(self, key: str) -> "Table | None":
        """A table below this one."""
        found = self._get(key, dict)
        return None if found is None else Table(self.file, self._address(key), found)

    def tables(self, key: str) -> "tuple[tuple[str, Table], ...]":
        """The named tables below a key: ``[key.NAME]``."""
        below = self.table(key)
        if below is None:
            return ()
        found = ((name, below.table(name)) for name in below.names())
        return tuple((name, table) for name, table in found if table is not None)

    def raw(self, key: str) -> Any:
        """A value of any kind; None if there is none."""
        self.read_keys.add(key)
        return self.values.get(key)

    def choice(self, key: str, known: frozenset[str]) -> str | None:
        """A string out of a few."""
        found = self.string(key)
        if found is not None and found not in known:
            raise self.error(key, _shown(found), "one of them", known=known, name=found)
        return found

    def reject_unknown_keys(self) -> None:
        """Say that all keys were asked for. Raises `SettingsError` on one that was not."""
        for key in self.values:
            if key not in self.read_keys:
                raise self.error(key, "", "nothing reads it", known=self.read_keys, name=key)

    def error(
        self,
        key: str,
        found: str,
        expected: str,
        *,
        known: frozenset[str] | set[str] = frozenset(),
        name: str = "",
    ) -> SettingsError:
        """The fault of one key, to be raised."""
        return SettingsError(
            file=self.file,
            key=self._address(key),
            problem=found,
            hint=expected,
            known=tuple(sorted(known)),
            name=name,
        )

    def _get(self, key: str, kind: type[T]) -> T | None:
        self.read_keys.add(key)
        found = self.values.get(key)
        if found is None:
            return None
        # TOML tells true from 1; Python does not.
        if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
            raise self.error(key, _shown(found), _KINDS[kind])
        return found

    def _address(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


def _shown(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case dict():
            return "a table"
        case list():
            return "a list"
        case str():
            return f'"{value}"'
        case _:
            return str(value)


def read(path: Path) -> Table:
    """The whole file. Raises `SettingsError` if it cannot be read or holds an unknown table."""
    try:
        values = tomllib.loads(text_files.read_text(path))
    except UnreadableFileError as error:
        raise SettingsError(
            file=str(path), key="", problem=error.reason, hint="name a file of TOML"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            file=str(path), key="", problem=f"not TOML: {error}", hint="mend that place"
        ) from error
    except ValueError as error:
        raise SettingsError(
            file=str(path), key="", problem="a number of thousands of digits", hint="shorten it"
        ) from error
    except RecursionError as error:
        raise SettingsError(
            file=str(path), key="", problem="nested too deeply", hint="no setting is"
        ) from error
    table = Table(str(path), "", values)
    table.read_keys.update(SECTIONS)
    table.reject_unknown_keys()
    return table


def load(given: Path | None, start: Path) -> Table:
    """The settings: the given file, or the one in ``start``, or none at all (an empty table)."""
    if given is not None:
        return read(given)
    path = start / FILE
    return read(path) if path.exists() else Table(FILE, "", {})
