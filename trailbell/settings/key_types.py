"""
What ``trailbell.toml`` can have: keys, the types of their values, and tables of keys.

In:    nothing.
Out:   the types with which the settings are described.
Never: the settings themselves, which `trailbell.settings.keys` describes, or what a value means.

Patterns are regular expressions for whole values. They use what Python and JSON Schema both know.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text. ``noun`` is what it is in the documentation, ``hint`` what a message advises."""

    noun: str = "text"
    plural: str = "texts"
    pattern: str = ""
    hint: str = "write a text in quotes"


@dataclass(frozen=True)
class Choice:
    """One of a few texts."""

    values: tuple[str, ...]


@dataclass(frozen=True)
class Boolean:
    """``true`` or ``false``."""


@dataclass(frozen=True)
class Decimal:
    """A number with a fraction."""


@dataclass(frozen=True, kw_only=True)
class Number:
    """A whole number: a multiple of one from ``minimum`` to ``maximum``, or one of ``also``."""

    minimum: int | None = None
    maximum: int | None = None
    multiple_of: int = 1
    also: tuple[int, ...] = ()
    hint: str = ""

    def accepts(self, number: int) -> bool:
        """Whether it is a valid value."""
        if number in self.also:
            return True
        below = self.minimum is not None and number < self.minimum
        above = self.maximum is not None and number > self.maximum
        return not (below or above or number % self.multiple_of)


@dataclass(frozen=True, kw_only=True)
class ListOf:
    """A list. ``if_empty`` is the hint of a list that must have entries."""

    item: "Type" = field(default_factory=Text)
    maximum: int | None = None
    unique: bool = False
    if_empty: str = ""


@dataclass(frozen=True, kw_only=True)
class Either:
    """A value of one of several types, which differ in TOML, too."""

    alternatives: "tuple[Type, ...]"
    hint: str


@dataclass(frozen=True, kw_only=True)
class Key:
    """A key. ``summary`` is one sentence, or a few, about the value.

    ``default`` is the value that means the same as no value. Where there is none, ``without`` says
    what applies. ``former`` are names from before the first release; ``former_type`` is the type of
    the value by these names, if it is another one.
    """

    type: "Type"
    summary: str
    default: Any = None
    without: str = ""
    former: tuple[str, ...] = ()
    former_type: "Type | None" = None
    required: bool = False


@dataclass(frozen=True)
class Section:
    """A table whose keys are known."""

    keys: Mapping[str, Key]

    def current_name(self, name: str) -> str | None:
        """The current name of a key in a file; None if the key is unknown."""
        if name in self.keys:
            return name
        return next((key for key, each in self.keys.items() if name in each.former), None)

    def names_of(self, current: str) -> tuple[str, ...]:
        """The names that a file may have for a key. Raises `KeyError` for an unknown one."""
        return current, *self.keys[current].former

    def type_of(self, name: str) -> "Type":
        """The type of the value of a key, by a name that a file may have for it."""
        key = self.keys[self.current_name(name) or name]
        return key.former_type if key.former_type and name in key.former else key.type


@dataclass(frozen=True, kw_only=True)
class Named:
    """A table whose keys users choose. ``label`` represents one of them in the documentation."""

    label: str
    type: "Type"
    pattern: str = ""
    problem: str = ""
    hint: str = ""
    maximum: int | None = None

    def current_name(self, name: str) -> str:
        """The name itself."""
        return name

    def names_of(self, current: str) -> tuple[str, ...]:
        """The name itself."""
        return (current,)

    def type_of(self, _name: str) -> "Type":
        """The type of all values."""
        return self.type


TableType = Section | Named
Type = Text | Choice | Boolean | Decimal | Number | ListOf | Either | Section | Named


def table_of(described: Type) -> TableType | None:
    """The table that a type is or has among its alternatives; None if there is none."""
    match described:
        case Section() | Named():
            return described
        case Either(alternatives=alternatives):
            return next((each for each in alternatives if isinstance(each, TableType)), None)
        case _:
            return None


def below(keys: Mapping[str, Key], without: str) -> dict[str, Key]:
    """The same keys in a table for a part, where they are otherwise as ``without`` says."""
    return {name: replace(key, default=None, without=without) for name, key in keys.items()}
