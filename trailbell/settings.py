"""
``trailbell.toml``: find it, read it, and hand out its values with errors that help.

In:    a file, and for each table the keys that its reader asks for.
Out:   a `Table`, whose getters check the type of a value, and whose `Table.reject_unknown_keys`
       rejects the keys that no getter asked for.
Never: the meaning of a key. The catalog, `deploy` and `rollout` read their own tables.

A key that was renamed is read by its current name and its former names. The file may have one of
them; messages use the name that the file has, hints offer the current one::

    >>> table = Table("trailbell.toml", "environment.prod", {"after": ["trail"]})
    >>> table.strings("depends_on", "after")
    ('trail',)
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from trailbell import __version__, text_files
from trailbell.errors import ProjectError, SettingsError, UnreadableFileError
from trailbell.project.root import FILE, project_root
from trailbell.template.limits import TAGS

_SECTIONS: Mapping[str, tuple[str, ...]] = {
    "project": (),
    "baseline": (),
    "catalog": ("catalogue",),
    "environment": (),
    "lint": (),
    "rollout": (),
}
"""The top-level tables that some part of Trailbell reads, with their former names."""

# Countries and partitions change; the directions within them are a short list.
REGION = re.compile(
    r"(?:[a-z]{2}|[a-z]{4}-[a-z]{2})(?:-gov|-iso[a-z]?)?"
    r"-(?:central|(?:north|south)(?:east|west)?|east|west)-[0-9]+"
)

T = TypeVar("T")

_TYPES: dict[type, str] = {
    str: "a text in quotes",
    bool: "true or false",
    int: "a whole number",
    list: "a list",
    dict: "a table",
}


RESERVED_TAG = 'keys that begin with "aws:" are reserved for AWS'


def is_reserved_tag(key: str) -> bool:
    """Whether AWS rejects this tag key.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Tag.html
    """
    return key.lower().startswith("aws:")


@dataclass(frozen=True)
class Table:
    """One table of the file. ``path`` is its address, such as ``environment.prod``.

    Getters take the current name of a key and its former names. They return None if the file has
    none of them, and raise `SettingsError` for a value of another type or if the file has two.
    ``spellings`` maps the current names that were asked for to the names in the file.
    """

    file: str
    path: str
    values: Mapping[str, Any]
    spellings: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    def names(self) -> tuple[str, ...]:
        """The keys, in the order of the file."""
        return tuple(self.values)

    def spelling(self, key: str, *former: str) -> str:
        """The name by which the file has a key; the current one if it has none of them.

        Raises `SettingsError` if the file has the key by two names.
        """
        written = [name for name in (key, *former) if name in self.values]
        if len(written) > 1:
            raise SettingsError(
                file=self.file,
                key=self._address(written[1]),
                problem=f'is the former name of "{key}", and both are given'
                if written[0] == key
                else f'means the same as "{written[0]}", and both are given',
                hint=f'keep "{key}" only',
            )
        self.spellings[key] = written[0] if written else key
        return self.spellings[key]

    def string(self, key: str, *former: str) -> str | None:
        """A string."""
        return self._get(key, former, str)

    def boolean(self, key: str, *former: str) -> bool | None:
        """A boolean."""
        return self._get(key, former, bool)

    def integer(self, key: str, *former: str) -> int | None:
        """A whole number."""
        return self._get(key, former, int)

    def strings(self, key: str, *former: str) -> tuple[str, ...] | None:
        """A list of strings."""
        values = self._get(key, former, list)
        if values is None:
            return None
        for value in values:
            if not isinstance(value, str):
                raise self.error(
                    key, f"invalid value {_shown(value)}", "write a list of texts in quotes"
                )
        return tuple(values)

    def table(self, key: str, *former: str) -> "Table | None":
        """A table below this one."""
        values = self._get(key, former, dict)
        return None if values is None else Table(self.file, self._address(key), values)

    def tables(self, key: str, *former: str) -> "tuple[tuple[str, Table], ...]":
        """The named tables below a key: ``[key.NAME]``."""
        below = self.table(key, *former)
        if below is None:
            return ()
        tables = ((name, below.table(name)) for name in below.names())
        return tuple((name, table) for name, table in tables if table is not None)

    def tags(self) -> dict[str, str]:
        """The tags of a stack: the table ``tags``, empty if there is none."""
        below = self.table("tags")
        if below is None:
            return {}
        tags = {key: below.string(key) or "" for key in below.names()}
        if len(tags) > TAGS:
            raise self.error("tags", f"has {len(tags)} tags", f"CloudFormation accepts {TAGS}")
        for key in tags:
            if is_reserved_tag(key):
                raise self.error(f"tags.{key}", RESERVED_TAG, "choose another key")
        return tags

    def raw(self, key: str, *former: str) -> Any:
        """A value of any type; None if there is none."""
        return self.values.get(self.spelling(key, *former))

    def choice(self, key: str, known: frozenset[str], *former: str) -> str | None:
        """A string out of a few."""
        value = self.string(key, *former)
        if value is not None and value not in known:
            raise self.error(key, f"unknown value {_shown(value)}", "", known=known, name=value)
        return value

    def reject_unknown_keys(self) -> None:
        """Raise `SettingsError` for the first key that no getter asked for."""
        written = frozenset(self.spellings.values())
        for key in self.values:
            if key not in written:
                raise self.error(key, "unknown key", "", known=frozenset(self.spellings), name=key)

    def error(
        self,
        key: str,
        problem: str,
        hint: str,
        *,
        known: frozenset[str] = frozenset(),
        name: str = "",
    ) -> SettingsError:
        """An error about one key, to be raised. ``key`` is a current name."""
        return SettingsError(
            file=self.file,
            key=self._address(key),
            problem=problem,
            hint=hint,
            known=tuple(sorted(known)),
            name=name,
        )

    def _get(self, key: str, former: tuple[str, ...], expected: type[T]) -> T | None:
        value = self.values.get(self.spelling(key, *former))
        if value is None:
            return None
        # In TOML, true is not the number 1; in Python it is.
        if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
            raise self.error(key, f"invalid value {_shown(value)}", f"write {_TYPES[expected]}")
        return value

    def _address(self, key: str) -> str:
        """The address of a key, by the name that the file has."""
        name = self.spellings.get(key, key)
        return f"{self.path}.{name}" if self.path else name


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
    """Read a settings file. Raises `SettingsError` if it is not TOML or has an unknown table."""
    table = Table(str(path), "", _parse(path))
    _check_version(table)
    for section, former in _SECTIONS.items():
        table.spelling(section, *former)
    table.reject_unknown_keys()
    return table


_VERSION = re.compile(r"\d+(\.\d+){0,2}")


def _check_version(settings: Table) -> None:
    """Raise `ProjectError` if a project is for a newer version of Trailbell.

    Such a project can have keys that this version does not know, so this comes first.
    """
    table = settings.table("project")
    if table is None:
        return
    minimum = table.string("minimum_version")
    table.reject_unknown_keys()
    if minimum is None:
        return
    if not _VERSION.fullmatch(minimum):
        raise table.error(
            "minimum_version", f"invalid value {_shown(minimum)}", 'write a version, like "0.2.0"'
        )
    if _numbers(minimum) > _numbers(__version__):
        raise ProjectError(
            f"{settings.file}: this project is for Trailbell {minimum} or newer, and {__version__} "
            "is installed",
            'install what the project requires: "pip install -r requirements.txt"',
        )


def _numbers(version: str) -> tuple[int, ...]:
    """``0.2`` and ``0.2.0`` are equal. What follows the numbers, such as ``rc1``, is ignored."""
    numbers = re.match(r"[\d.]*", version)
    parts = [int(part) for part in (numbers[0] if numbers else "").split(".") if part]
    return tuple([*parts, 0, 0][:3])


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text_files.read_text(path))
    except UnreadableFileError as error:
        raise _unusable(path, error.reason, "name a TOML file") from error
    except tomllib.TOMLDecodeError as error:
        hint = "correct the file at that position"
        raise _unusable(path, f"not TOML: {error}", hint) from error
    except ValueError as error:
        raise _unusable(path, "contains a number that is too long", "shorten it") from error
    except RecursionError as error:
        raise _unusable(path, "is nested too deeply", "no setting needs that") from error


def _unusable(path: Path, problem: str, hint: str) -> SettingsError:
    return SettingsError(file=str(path), key="", problem=problem, hint=hint)


def load(path: Path | None) -> Table:
    """Read the settings from ``path``, or else those of the project, if it has any.

    Raises `ProjectError` and `SettingsError`.
    """
    if path is not None:
        return read(path)
    default = project_root() / FILE
    return read(default) if default.exists() else Table(FILE, "", {})
