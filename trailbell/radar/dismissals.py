"""
Dismissals: the operations that need no detection, each with a reason and a date.

In:    a TOML file with ``[[dismiss]]``: that of Trailbell, or ``radar.toml`` of a project.
Out:   `Dismissal`s, and an error for each entry that cannot be used.
Never: a name without a reason, or a wrong entry that hides the others.
"""

import datetime
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from trailbell.errors import ContentError, UnreadableFileError
from trailbell.radar.sweep import Dismissal
from trailbell.text_files import read_text

FILE = "radar.toml"
"""The dismissals of a project, next to its settings."""

SHIPPED = Path(__file__).resolve().parent / "dismissed.toml"
"""The dismissals for the detections of the baseline."""

_TABLE = "dismiss"
_HEADER = f"[[{_TABLE}]]"
_EXAMPLE = (
    f'{_HEADER} with service = "ec2", operations = ["DeleteVolume"], reason = "..." and '
    "date = 2026-11-26"
)
_REQUIRED = ("service", "operations", "reason", "date")
_KEYS = frozenset((*_REQUIRED, "without"))

Dismissals = tuple[tuple[Dismissal, ...], tuple[ContentError, ...]]
"""Those that can be used, and the errors of the others."""


def read_dismissals(path: Path, name: str, *, is_shipped: bool = False) -> Dismissals:
    """Read a file; ``name`` is how messages call it. Raises `ContentError` for the whole file."""
    try:
        text = read_text(path)
    except UnreadableFileError as error:
        raise ContentError(name, str(error), f"write {_EXAMPLE}") from error
    return parse_dismissals(text, name, is_shipped=is_shipped)


def parse_dismissals(text: str, name: str, *, is_shipped: bool = False) -> Dismissals:
    """The same for a text. Raises `ContentError` if it is not TOML, or has other tables."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ContentError(name, f"is not TOML: {error}", "fix the syntax") from error
    entries = document.pop(_TABLE, [])
    for key in document:
        raise ContentError(name, f'has the unknown key "{key}"', f"write {_EXAMPLE}")
    if not (isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)):
        raise ContentError(name, f'has "{_TABLE}", which is not a list of tables', _EXAMPLE)
    dismissals, errors = [], []
    for entry, line in zip(entries, _lines(text, len(entries)), strict=True):
        location = f"{name}:{line}" if line else name
        problem = next(_problems(entry), None)
        if problem is not None:
            errors.append(ContentError(location, *problem))
        else:
            dismissals.append(_dismissal(entry, location, is_shipped=is_shipped))
    return tuple(dismissals), tuple(errors)


def _lines(text: str, count: int) -> list[int]:
    """The line of the header of each entry; 0 if the entries are written in another way."""
    headers = [
        number
        for number, line in enumerate(text.splitlines(), start=1)
        if line.partition("#")[0].strip() == _HEADER
    ]
    return headers if len(headers) == count else [0] * count


def _problems(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in sorted(entry.keys() - _KEYS):
        yield f'has the unknown key "{key}"', f"known: {', '.join(sorted(_KEYS))}"
    for key in _REQUIRED:
        if key not in entry:
            yield f'has no "{key}"', f"write {_EXAMPLE}"
    for key in ("service", "reason"):
        if not _is_text(entry.get(key)):
            yield f'"{key}" is not text: {entry.get(key)!r}', f"write {_EXAMPLE}"
    for key in ("operations", "without"):
        names = entry.get(key, [])
        if not (isinstance(names, list) and all(map(_is_text, names))):
            yield f'"{key}" is not a list of names: {names!r}', f"write {_EXAMPLE}"
    if type(entry.get("date")) is not datetime.date:
        yield f'"date" is not a date: {entry.get("date")!r}', "write it as 2026-11-26"
    if not entry.get("operations") or "*" in entry["operations"]:
        yield '"operations" names no operation, or all of them', "name those with this reason"


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _dismissal(entry: Mapping[str, Any], location: str, *, is_shipped: bool) -> Dismissal:
    return Dismissal(
        service=entry["service"],
        operations=tuple(entry["operations"]),
        without=tuple(entry.get("without", ())),
        reason=" ".join(entry["reason"].split()),
        date=entry["date"].isoformat(),
        location=location,
        is_shipped=is_shipped,
    )
