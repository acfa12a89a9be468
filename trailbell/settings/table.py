"""
One table of the settings, whose values are handed out by the names of their keys.

In:    the values of a table, and the description of its keys.
Out:   a `Table`, whose getters take the current name of a key; errors with its address.
Never: a key that is not described: that is a mistake of ours, and raises `KeyError`. The types of
       values are checked before, by `trailbell.settings.check`.

A key that was renamed is read by its current name and its former names. The file may have one of
them; messages use the name that the file has, hints offer the current one::

    >>> table = Table("trailbell.toml", "", {"catalogue": {"off": ["iam-changes"]}})
    >>> table.table("catalog").strings("disable")
    ('iam-changes',)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from trailbell.errors import SettingsError
from trailbell.settings.key_types import TableType, table_of
from trailbell.settings.keys import ROOT

RESERVED_TAG = 'keys that begin with "aws:" are reserved for AWS'

T = TypeVar("T")


def is_reserved_tag(key: str) -> bool:
    """Whether AWS rejects this tag key.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Tag.html
    """
    return key.lower().startswith("aws:")


@dataclass(frozen=True)
class Table:
    """One table of the file. ``path`` is its address, such as ``environment.prod``.

    Getters return None if the file does not have the key.
    """

    file: str
    path: str
    values: Mapping[str, Any]
    described: TableType = field(default=ROOT, compare=False, repr=False)

    def names(self) -> tuple[str, ...]:
        """The keys, in the order of the file."""
        return tuple(self.values)

    def spelling(self, key: str) -> str:
        """The name by which the file has a key; the current one if it has none of them."""
        names = self.described.names_of(key)
        return next((name for name in names if name in self.values), key)

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
        values = self._get(key, list)
        return None if values is None else tuple(values)

    def table(self, key: str) -> "Table | None":
        """A table below this one."""
        values = self._get(key, dict)
        return None if values is None else self.below(key, values)

    def below(self, key: str, values: Mapping[str, Any]) -> "Table":
        """The table with these values of a key, by any of its names."""
        described = table_of(self.described.type_of(key))
        if described is None:
            raise KeyError(key)
        return Table(self.file, self.address(key), values, described)

    def tables(self, key: str) -> "tuple[tuple[str, Table], ...]":
        """The named tables below a key: ``[key.NAME]``."""
        below = self.table(key)
        if below is None:
            return ()
        tables = ((name, below.table(name)) for name in below.names())
        return tuple((name, table) for name, table in tables if table is not None)

    def tags(self) -> dict[str, str]:
        """The tags of a stack: the table ``tags``, empty if there is none."""
        below = self.table("tags")
        if below is None:
            return {}
        for key in below.names():
            if is_reserved_tag(key):
                raise below.error(key, RESERVED_TAG, "choose another key")
        return {key: below.string(key) or "" for key in below.names()}

    def raw(self, key: str) -> Any:
        """A value of any type."""
        return self.values.get(self.spelling(key))

    def error(
        self,
        key: str,
        problem: str,
        hint: str,
        *,
        known: frozenset[str] = frozenset(),
        name: str = "",
    ) -> SettingsError:
        """An error about one key, to be raised. ``key`` is a current name or that in the file."""
        return SettingsError(
            file=self.file,
            key=self.address(key),
            problem=problem,
            hint=hint,
            known=tuple(sorted(known)),
            name=name,
        )

    def address(self, key: str) -> str:
        """The address of a key, by the name that the file has."""
        name = key
        if self.described.current_name(key) == key:
            name = self.spelling(key)
        return f"{self.path}.{name}" if self.path else name

    def _get(self, key: str, expected: type[T]) -> T | None:
        value = self.raw(key)
        if value is not None and not isinstance(value, expected):
            raise TypeError(f"{self.address(key)} was not checked")
        return value
