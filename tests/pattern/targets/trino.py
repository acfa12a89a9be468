"""
As much of Trino as a compiled condition uses, inside DuckDB.

In:    a condition for Athena, and CloudTrail records.
Out:   which records it selects.
Never: a proof of Athena itself. The functions are written here from Trino's documentation
       (https://trino.io/docs/current/functions/json.html), the table is filled as the JSON SerDe
       fills it: a text column contains text, or the JSON text of any other value.
"""

import json
import re
from collections.abc import Sequence

import duckdb as engine

from tests.pattern.strategies import Event
from trailbell.pattern.targets._athena_table import DOCUMENTS, ROWS, SCALARS

_FUNCTIONS = r"""
CREATE MACRO placed(path) AS regexp_replace(path, '\["([^"]*)"\]', '."\1"', 'g');
CREATE MACRO trino_extract(document, path) AS json_extract(document, placed(path));
CREATE MACRO json_format(document) AS document::VARCHAR;
CREATE MACRO elements(document) AS
    CASE WHEN json_type(document) = 'ARRAY' THEN document::JSON[] END;
CREATE MACRO json_extract_scalar(document, path) AS
    CASE WHEN json_type(document, placed(path)) NOT IN ('OBJECT', 'ARRAY', 'NULL')
         THEN (document ->> placed(path)) END;
CREATE MACRO regexp_like(text, expression) AS regexp_matches(text, expression);
"""


def connect() -> engine.DuckDBPyConnection:
    connection = engine.connect()
    connection.execute(_FUNCTIONS)
    return connection


def select(
    connection: engine.DuckDBPyConnection, condition: str, records: Sequence[Event]
) -> list[bool]:
    rows = connection.execute(
        f"SELECT coalesce({_translated(condition)}, false) "
        "FROM (SELECT unnest(from_json(?::JSON, ?), max_depth := 2))",
        [json.dumps([_row(record) for record in records]), json.dumps([_structure()])],
    ).fetchall()
    return [row[0] for row in rows]


def _translated(condition: str) -> str:
    """Replace casts to arrays and lambdas, which have another syntax in DuckDB."""
    condition = condition.replace("json_extract(", "trino_extract(")
    condition = re.sub(r"TRY_CAST\((.*?) AS ARRAY\(JSON\)\)", r"elements(\1)", condition)
    while (start := condition.find("any_match(")) >= 0:
        end = _closing(condition, start + len("any_match"))
        array, _, body = condition[start + len("any_match(") : end].partition(" -> ")
        array, _, name = array.rpartition(", ")
        replaced = f"coalesce(len(list_filter({array}, lambda {name}: {body})) > 0, false)"
        condition = condition[:start] + replaced + condition[end + 1 :]
    return condition


def _closing(text: str, opening: int) -> int:
    depth, quoted = 0, False
    for place in range(opening, len(text)):
        if text[place] == "'":
            quoted = not quoted
        elif not quoted:
            depth += {"(": 1, ")": -1}.get(text[place], 0)
            if depth == 0:
                return place
    raise AssertionError(text)


def _structure() -> dict[str, object]:
    structure: dict[str, object] = {
        "resources": [dict.fromkeys(ROWS.values(), "VARCHAR")],
        **dict.fromkeys(DOCUMENTS.values(), "VARCHAR"),
    }
    for column in SCALARS.values():
        place = structure
        *outer, last = column.split(".")
        for name in outer:
            inner = place.setdefault(name, {})
            assert isinstance(inner, dict)
            place = inner
        place[last] = "VARCHAR"
    return structure


def _row(record: Event) -> dict[str, object]:
    return {
        name.lower(): _lowered(value) if name in ("userIdentity", "tlsDetails") else _column(value)
        for name, value in record.items()
        if name != "resources"
    } | {"resources": _lowered(record.get("resources"))}


def _lowered(value: object) -> object:
    """A column with a structure: its names in lower case."""
    match value:
        case dict():
            return {name.lower(): _lowered(inner) for name, inner in value.items()}
        case list():
            return [_lowered(inner) for inner in value]
        case _:
            return _column(value)


def _column(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)
