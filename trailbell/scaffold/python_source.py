"""
Values and calls as Python source, formatted like the code of a project.

In:    text, numbers, lists, dicts; `Call`, `Method`, `Name` and `Merged` for what is no literal.
Out:   source that evaluates to the value, in lines of at most 100 columns where it can be split.
Never: text that ends its own string: names in a record are chosen by callers, also by attackers.
       Whatever is not printable ASCII is escaped.

The layout is that of the Black style: on one line if it fits, otherwise an entry on each line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

WIDTH = 100
_INDENT = "    "


@dataclass(frozen=True)
class Call:
    """A call of a function, by the name under which it is imported."""

    function: str
    arguments: tuple[Any, ...] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Method:
    """A call of a method of the result of a call: ``field("eventName").equals("StopLogging")``."""

    receiver: Call
    call: Call


@dataclass(frozen=True)
class Name:
    """A constant of the module. ``value`` is what it is."""

    name: str
    value: Any


@dataclass(frozen=True)
class Merged:
    """A dict with other values for some of its members: ``_REQUEST | {...}``."""

    first: Any
    changes: Mapping[str, Any]


@dataclass(frozen=True)
class _Group:
    """Brackets around entries, each with what is written before it: a key, or a keyword."""

    opening: str
    entries: tuple[tuple[str, Any], ...]
    closing: str
    comma: bool = False


def render(value: Any, *, level: int = 0, used: int = 0) -> str:
    """The source of a value at a level of indentation; ``used`` columns are taken by other text."""
    line = _one_line(value)
    if len(_INDENT) * level + used + len(line) <= WIDTH:
        return line
    match value:
        case str():
            return _split_text(value, level)
        case Merged(first, changes):
            before = f"{render(first, level=level, used=used)}\n{_INDENT * level}| "
            return before + render(dict(changes), level=level, used=3)
        case Method(receiver, call):
            before = f"{_one_line(receiver)}."
            return before + render(call, level=level, used=used + len(before))
        case Call() | dict() | list() | tuple() if (group := _group(value)).entries:
            return _split_group(group, level)
        case _:
            return line


def quoted(text: str) -> str:
    """A string literal of ASCII, in double quotes unless single ones need fewer escapes."""
    body = "".join(ascii(character)[1:-1] for character in text)
    if text.count('"') > text.count("'"):
        return "'" + body.replace("'", "\\'") + "'"
    return '"' + body.replace('"', '\\"') + '"'


def _one_line(value: Any) -> str:
    match value:
        case str():
            return quoted(value)
        case Name(name):
            return name
        case Merged(first, changes):
            return f"{_one_line(first)} | {_one_line(dict(changes))}"
        case Method(receiver, call):
            return f"{_one_line(receiver)}.{_one_line(call)}"
        case Call() | dict() | list() | tuple():
            group = _group(value)
            entries = [before + _one_line(entry) for before, entry in group.entries]
            last = "," if group.comma else ""
            return f"{group.opening}{', '.join(entries)}{last}{group.closing}"
        case None | bool() | int() | float():
            return repr(value)
        case _:
            raise TypeError(f"no source for {type(value).__name__}")


def _group(value: Any) -> _Group:
    match value:
        case Call(function, arguments, keywords):
            entries = [("", argument) for argument in arguments]
            entries += [(f"{name}=", argument) for name, argument in keywords.items()]
            return _Group(f"{function}(", tuple(entries), ")")
        case dict():
            return _Group("{", tuple((f"{quoted(k)}: ", v) for k, v in value.items()), "}")
        case list():
            return _Group("[", tuple(("", entry) for entry in value), "]")
        case _:
            return _Group("(", tuple(("", entry) for entry in value), ")", len(value) == 1)


def _split_group(group: _Group, level: int) -> str:
    inner = level + 1
    lines = [
        f"{_INDENT * inner}{before}{render(entry, level=inner, used=len(before) + 1)},"
        for before, entry in group.entries
    ]
    return "\n".join([group.opening, *lines, _INDENT * level + group.closing])


def _split_text(text: str, level: int) -> str:
    """Text that is too long for a line, as strings that Python joins, split at spaces."""
    available = WIDTH - len(_INDENT) * (level + 1) - 2
    parts, rest = [], text
    while len(quoted(rest)) - 2 > available:
        end = rest.rfind(" ", 1, available) + 1 or available // 2
        while len(quoted(rest[:end])) - 2 > available:
            end = max(1, end // 2)
        parts.append(rest[:end])
        rest = rest[end:]
    lines = [_INDENT * (level + 1) + quoted(part) for part in (*parts, rest) if part]
    return "\n".join(["(", *lines, _INDENT * level + ")"])
