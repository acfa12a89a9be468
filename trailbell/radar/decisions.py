"""
Decisions: operations that need no detection, and services that are not watched, with reasons.

In:    a TOML file with ``[[dismiss]]`` and ``[[unwatched]]``: that of Trailbell, or ``radar.toml``.
Out:   `Decisions`, with an error for each entry that cannot be used.
Never: a name without a reason, or a wrong entry that hides the others.
"""

import datetime
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trailbell.errors import ContentError, UnreadableFileError
from trailbell.radar.new_services import Unwatched
from trailbell.radar.sweep import Dismissal
from trailbell.text_files import read_text

FILE = "radar.toml"
"""What a project decides, next to its settings."""

SHIPPED = Path(__file__).resolve().parent / "decisions.toml"
"""What is decided for the detections of the baseline."""

_DISMISS = "dismiss"
_UNWATCHED = "unwatched"
_EXAMPLE = (
    f'[[{_DISMISS}]] with service = "ec2", operations = ["DeleteVolume"], reason = "..." and '
    "date = 2026-11-26"
)
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    _DISMISS: ("service", "operations", "reason", "date"),
    _UNWATCHED: ("services", "reason", "date"),
}
_TEXTS = ("service", "reason")
_LISTS = ("operations", "without", "services")


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a file decides, and the errors of its entries that cannot be used."""

    dismissals: tuple[Dismissal, ...] = ()
    unwatched: tuple[Unwatched, ...] = ()
    errors: tuple[ContentError, ...] = ()

    def __add__(self, other: "Decisions") -> "Decisions":
        return Decisions(
            self.dismissals + other.dismissals,
            self.unwatched + other.unwatched,
            self.errors + other.errors,
        )


def read_decisions(path: Path, name: str, *, is_shipped: bool = False) -> Decisions:
    """Read a file; ``name`` is how messages call it. Raises `ContentError` for the whole file."""
    try:
        text = read_text(path)
    except UnreadableFileError as error:
        raise ContentError(name, str(error), f"write {_EXAMPLE}") from error
    return parse_decisions(text, name, is_shipped=is_shipped)


def parse_decisions(text: str, name: str, *, is_shipped: bool = False) -> Decisions:
    """The same for a text. Raises `ContentError` if it is not TOML, or has other tables."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ContentError(name, f"is not TOML: {error}", "fix the syntax") from error
    decisions = Decisions()
    for table, entries in document.items():
        if table not in _REQUIRED:
            raise ContentError(name, f'has the unknown key "{table}"', f"write {_EXAMPLE}")
        if not (isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)):
            raise ContentError(name, f'has "{table}", which is not a list of tables', _EXAMPLE)
        lines = _lines(text, f"[[{table}]]", len(entries))
        for entry, line in zip(entries, lines, strict=True):
            location = f"{name}:{line}" if line else name
            decisions += _decide(table, entry, location, is_shipped=is_shipped)
    return decisions


def _decide(table: str, entry: Mapping[str, Any], location: str, *, is_shipped: bool) -> Decisions:
    problem = next(_problems(entry, _REQUIRED[table]), None)
    if problem is not None:
        return Decisions(errors=(ContentError(location, *problem),))
    reason, date = " ".join(entry["reason"].split()), entry["date"].isoformat()
    if table == _UNWATCHED:
        services = tuple(entry["services"])
        return Decisions(unwatched=(Unwatched(services, reason, date, location, is_shipped),))
    dismissal = Dismissal(
        service=entry["service"],
        operations=tuple(entry["operations"]),
        without=tuple(entry.get("without", ())),
        reason=reason,
        date=date,
        location=location,
        is_shipped=is_shipped,
    )
    return Decisions(dismissals=(dismissal,))


def _lines(text: str, header: str, count: int) -> list[int]:
    """The line of the header of each entry; 0 if the entries are written in another way."""
    headers = [
        number
        for number, line in enumerate(text.splitlines(), start=1)
        if line.partition("#")[0].strip() == header
    ]
    return headers if len(headers) == count else [0] * count


def _problems(entry: Mapping[str, Any], required: Sequence[str]) -> Iterator[tuple[str, str]]:
    known = (*required, "without") if "operations" in required else required
    for key in sorted(entry.keys() - {*known}):
        yield f'has the unknown key "{key}"', f"known: {', '.join(sorted(known))}"
    for key in required:
        if key not in entry:
            yield f'has no "{key}"', f"write {_EXAMPLE}"
    for key, value in entry.items():
        yield from _problems_of_value(key, value)


def _problems_of_value(key: str, value: object) -> Iterator[tuple[str, str]]:
    if key in _TEXTS and not _is_text(value):
        yield f'"{key}" is not text: {value!r}', f"write {_EXAMPLE}"
    if key in _LISTS and not (isinstance(value, list) and all(map(_is_text, value))):
        yield f'"{key}" is not a list of names: {value!r}', f"write {_EXAMPLE}"
    elif key in _LISTS and value in ([], ["*"]):
        yield f'"{key}" names none, or all of them', "name those with this reason"
    if key == "date" and type(value) is not datetime.date:
        yield f'"date" is not a date: {value!r}', "write it as 2026-11-26"


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
