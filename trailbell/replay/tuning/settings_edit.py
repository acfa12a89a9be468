"""
``trailbell.toml`` with one more exclusion, or with another threshold.

In:    the text of a valid file.
Out:   the same text with the one change: comments, order, quotes and line breaks are kept.
Never: a result that was not read again. If no edit gives exactly the old settings and the one
       value, it raises `SettingsError` and names the line to add by hand.

tomlkit edits the one statement that has the value. Where a new statement goes is decided here:
tomlkit appends it after the comments that belong to the next table.
"""

import copy
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import tomlkit

from trailbell import settings
from trailbell.errors import SettingsError
from trailbell.project.root import FILE
from trailbell.replay.tuning.toml_statements import (
    Kind,
    Path,
    Statement,
    quoted,
    quoted_key,
    statements_of,
)
from trailbell.settings import Table

_OWN_TABLE = 3
"""Names in the address of the table of a detection: ``catalog.detection.ID``."""

Value = int | list[str]


def with_exclusion(text: str, detection: str, key: str, value: str, *, file: str = FILE) -> str:
    """Settings in which ``exclude`` of a detection has this value, once.

    Raises `SettingsError` if the settings, or the value in them, cannot be used.
    """
    path, former = _find(settings.parse(text, file), ("detection", detection, "exclude", key))
    values = former or []
    return text if value in values else _edit(text, path, [*values, value], file)


def with_threshold(
    text: str,
    detection: str,
    threshold: int | None,
    period: int | None,
    *,
    file: str = FILE,
) -> str:
    """Settings in which a detection has this threshold, and this period in seconds.

    None leaves what is there. Raises `SettingsError`.
    """
    given = (("threshold", threshold), ("period", period))
    for key, value in ((key, value) for key, value in given if value is not None):
        path, former = _find(settings.parse(text, file), ("detection", detection, key))
        text = text if former == value else _edit(text, path, value, file)
    return text


def _find(table: Table, names: Path) -> tuple[Path, Any]:
    """The address of a key of the catalog, with the names that the file has, and its value."""
    path: list[str] = []
    below: Table | None = table
    for name in ("catalog", *names[:-1]):
        path.append(below.spelling(name) if below else name)
        below = below.table(name) if below else None
    last = names[-1]
    if below is None:
        return (*path, last), None
    return (*path, below.spelling(last)), below.raw(last)


def _edit(text: str, path: Path, value: Value, file: str) -> str:
    expected = _with_value(tomllib.loads(text), path, value)
    for edited in _candidates(text, path, value):
        if _is_valid(edited, expected):
            settings.parse(edited, file)
            return edited
    raise SettingsError(
        file=file,
        key=".".join(path[:-1]),
        problem=f"cannot be edited without changing more than {path[-1]}",
        hint=f"add it by hand: {quoted_key(path)} = {_literal(value)}",
    )


def _with_value(values: dict[str, Any], path: Path, value: Value) -> dict[str, Any]:
    result = copy.deepcopy(values)
    below = result
    for name in path[:-1]:
        below = below.setdefault(name, {})
    below[path[-1]] = value
    return result


def _is_valid(text: str, expected: dict[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == expected
    except tomllib.TOMLDecodeError:
        return False


def _candidates(text: str, path: Path, value: Value) -> Iterator[str]:
    """Texts with the value at the address, the most natural first. Some may not be valid."""
    statements = statements_of(text)
    for number, statement in enumerate(statements):
        if statement.kind is Kind.PAIR and statement.path == path[: len(statement.path)]:
            before, after = statements[:number], statements[number + 1 :]
            edited = _edit_statement(statement, path, value)
            yield _joined(before) + edited + _joined(after)
            return
    for length in range(len(path) - 1, _OWN_TABLE - 1, -1):
        yield from _in_table(text, statements, path, length, value)
    yield _with_new_table(text, statements, path, value)
    for length in range(_OWN_TABLE - 1, -1, -1):
        yield from _in_table(text, statements, path, length, value)


def _joined(statements: Sequence[Statement]) -> str:
    return "".join(statement.text for statement in statements)


def _edit_statement(statement: Statement, path: Path, value: Value) -> str:
    """A pair whose value is, or is a table above, the value at the address."""
    has_crlf = "\r\n" in statement.text
    document = tomlkit.parse(statement.text.replace("\r\n", "\n"))
    below: Any = document
    rest = path[len(statement.table) :]
    while len(rest) > 1 and rest[0] in below:
        below, rest = below[rest[0]], rest[1:]
    if isinstance(value, list) and rest[0] in below:
        below[rest[0]].append(value[-1])
    else:
        _put_into(below, rest[0], _item(rest[1:], value))
    edited = tomlkit.dumps(document)
    return edited.replace("\n", "\r\n") if has_crlf else edited


def _put_into(table: Any, key: str, item: Any) -> None:
    """Replace a value, or append it to an inline table with the spaces that it has."""
    if key in table:
        table[key] = item
    elif table.as_string().endswith(" }"):
        table[key] = item
        table.add(tomlkit.ws(" "))
    else:
        table.append(key, item)


def _item(rest: Path, value: Value) -> Any:
    """The value, or the inline tables with it."""
    text = _literal(value)
    for name in reversed(rest):
        text = f"{{ {quoted_key((name,))} = {text} }}"
    return tomlkit.value(text)


def _in_table(
    text: str, statements: Sequence[Statement], path: Path, length: int, value: Value
) -> Iterator[str]:
    """A new pair in the table whose address are the first ``length`` names: below its header, or
    next to the dotted keys that make it.
    """
    table = path[:length]
    below = _last(statements, lambda s: s.table == table and s.kind is not Kind.BLANK)
    if below is not None and _has_header(statements, table):
        yield _insert(text, statements, below, _assignment(path[length:], value))
    beside = _last(statements, lambda s: s.table != s.path[:length] == table and bool(s.key))
    if beside is not None:
        rest = path[len(statements[beside].table) :]
        yield _insert(text, statements, beside, f"{quoted_key(rest)} = {_literal(value)}")


def _has_header(statements: Sequence[Statement], table: Path) -> bool:
    return any(s.kind is Kind.HEADER and s.table == table for s in statements)


def _last(statements: Sequence[Statement], is_wanted: Callable[[Statement], bool]) -> int | None:
    numbers = (n for n in reversed(range(len(statements))) if is_wanted(statements[n]))
    return next(numbers, None)


def _assignment(rest: Path, value: Value) -> str:
    """A pair: ``exclude = { roles = ["Deployer"] }``, or ``threshold = 3``."""
    *above, key = rest
    if not above or isinstance(value, int):
        return f"{quoted_key(rest)} = {_literal(value)}"
    return f"{quoted_key(tuple(above))} = {{ {quoted_key((key,))} = {_literal(value)} }}"


def _literal(value: Value) -> str:
    if isinstance(value, int):
        return str(value)
    return f"[{', '.join(map(quoted, value))}]"


def _insert(text: str, statements: Sequence[Statement], number: int, pair: str) -> str:
    """The pair on the line after a statement and the comments that are directly below it."""
    indentation = re.match(r"[ \t]*", statements[number].text)
    new = (indentation[0] if indentation else "") + pair
    before = statements[: _end_of_block(statements, number)]
    return _put_after(text, _joined(before), new)


def _put_after(text: str, before: str, new: str) -> str:
    """The text with new lines after its beginning. It ends with a line break if it did."""
    line_break = "\r\n" if "\r\n" in text else "\n"
    new = new.replace("\n", line_break)
    after = text[len(before) :]
    if before and not before.endswith("\n"):
        return before + line_break + new + after
    return before + new + line_break + after


def _end_of_block(statements: Sequence[Statement], number: int) -> int:
    """The end of the comments directly below a statement, unless they are directly above another
    one, whose comments they are then.
    """
    end = number + 1
    while end < len(statements) and _is_comment(statements[end]):
        end += 1
    is_above_another = end < len(statements) and statements[end].kind is not Kind.BLANK
    return number + 1 if is_above_another else end


def _is_comment(statement: Statement) -> bool:
    return statement.kind is Kind.BLANK and bool(statement.text.strip())


def _last_within(statements: Sequence[Statement], table: Path) -> int | None:
    """The last statement in a table, or in one below it."""
    return _last(statements, lambda s: s.path[: len(table)] == table)


def _last_of_table(statements: Sequence[Statement], number: int) -> int:
    """The last statement below the same header."""
    table = statements[number].table
    last = _last(statements, lambda s: s.table == table and s.kind is not Kind.BLANK)
    return number if last is None else last


def _with_new_table(text: str, statements: Sequence[Statement], path: Path, value: Value) -> str:
    """A table for the detection below those of other detections, or of the catalog, or last."""
    own = path[:_OWN_TABLE]
    new = f"[{quoted_key(own)}]\n{_assignment(path[_OWN_TABLE:], value)}"
    neighbors = (_last_within(statements, own[:length]) for length in (2, 1))
    neighbor = next((number for number in neighbors if number is not None), None)
    end = len(statements)
    if neighbor is not None:
        end = _end_of_block(statements, _last_of_table(statements, neighbor))
    before, after = _joined(statements[:end]), statements[end:]
    gap = "\n" if before.strip() and not re.search(r"\n[ \t\r]*\n\Z", before) else ""
    needs_gap_below = bool(after) and bool(after[0].text.strip())
    return _put_after(text, before, gap + new + ("\n" if needs_gap_below else ""))
