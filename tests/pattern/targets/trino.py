"""
As much of Trino as our queries use, inside DuckDB: the same text, translated by its syntax tree.

In:    a query or a condition for Athena, and CloudTrail records.
Out:   its rows, or which records it selects.
Never: a construct that no test compares with Trino's documentation: `NODES` and `FUNCTIONS` are all
       that may occur. Nor a proof of Athena itself: the table is filled as AWS describes the JSON
       SerDe: a text column contains text, or the JSON text of any other value.

https://trino.io/docs/current/functions/json.html
https://trino.io/docs/current/functions/array.html
https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html
"""

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache

import duckdb as engine
import sqlglot
from sqlglot import expressions as sql

from tests.pattern.strategies import Event
from trailbell.pattern.targets._athena_table import COLUMNS, TABLE

# ------------------------------------------------------------------------------ the dialect

# ``json_extract`` of a scalar that is no text (``->>`` of DuckDB has text for objects and null).
_FUNCTIONS = """
CREATE MACRO trino_scalar(document, path) AS
    CASE WHEN json_type(document, path) NOT IN ('OBJECT', 'ARRAY', 'NULL')
         THEN (document ->> path) END;
CREATE MACRO trino_array(document) AS
    CASE WHEN json_type(document) = 'ARRAY' THEN document::JSON[] END;
CREATE MACRO trino_map(document) AS
    CASE WHEN json_type(document) = 'OBJECT' THEN document::MAP(VARCHAR, JSON) END;
"""

NODES = frozenset(
    (
        *("Select", "From", "Where", "Order", "Ordered", "Subquery", "Table", "TableAlias"),
        *("Column", "Identifier", "Alias", "Dot", "Paren", "Literal", "Boolean", "Null"),
        *("And", "Or", "Not", "EQ", "NEQ", "GT", "GTE", "LT", "LTE", "In", "Is", "Between"),
        *("Like", "Escape", "RegexpLike", "Sub", "Neg", "Interval", "Var", "CurrentDate"),
        *("JSONExtract", "JSONExtractScalar", "JSONFormat", "JSONPath", "JSONPathRoot"),
        *("JSONPathKey", "JSONPathSubscript", "TryCast", "DataType", "Lambda", "Array"),
        *("ArrayFilter", "If", "Star", "DPipe", "TimeToStr", "ArrayToString", "Anonymous"),
    )
)
"""The kinds of nodes that may occur in a query."""

FUNCTIONS = frozenset(("any_match", "map_values"))
"""The functions that sqlglot does not know."""


def unknown_constructs(query: str) -> set[str]:
    """What occurs in a query and is not translated here."""
    nodes = list(sqlglot.parse_one(query, read="trino").walk())
    functions = {node.name.lower() for node in nodes if isinstance(node, sql.Anonymous)}
    return {type(node).__name__ for node in nodes} - NODES | functions - FUNCTIONS


@cache
def translated(query: str) -> str:
    """The query in the dialect of DuckDB."""
    unknown = unknown_constructs(query)
    assert unknown == set()
    tree = sqlglot.parse_one(query, read="trino")
    for node in reversed([*tree.walk()]):  # what is inside first
        if (other := _translated(node)) is not node:
            node.replace(other)
    return tree.sql(dialect="duckdb")


def _translated(node: sql.Expr) -> sql.Expr:
    match node:
        case sql.JSONExtractScalar(this=document, expression=path):
            return sql.Anonymous(this="trino_scalar", expressions=[document, _path(path)])
        case sql.JSONExtract(this=document, expression=path):
            return sql.Anonymous(this="json_extract", expressions=[document, _path(path)])
        case sql.JSONFormat(this=document):
            return sql.cast(document, "VARCHAR", copy=False)
        case sql.TryCast(this=document, args={"to": kind}) if kind.this == sql.DataType.Type.ARRAY:
            assert kind.sql() == "ARRAY<JSON>"
            return sql.Anonymous(this="trino_array", expressions=[document])
        case sql.TryCast(this=document, args={"to": kind}) if kind.this == sql.DataType.Type.MAP:
            assert kind.sql() == "MAP<VARCHAR, JSON>"
            return sql.Anonymous(this="trino_map", expressions=[document])
        case sql.Anonymous() if node.name.lower() == "any_match":
            mapped = sql.Anonymous(this="list_transform", expressions=node.expressions)
            return sql.Anonymous(this="list_bool_or", expressions=[mapped])
        case _:
            return node


def _path(path: sql.Expr) -> sql.Expr:
    """The path as DuckDB spells it: a name in quotes has no brackets."""
    words = ["$"]
    for step in path.expressions[1:]:
        name = step.this
        words.append(f"[{name}]" if isinstance(step, sql.JSONPathSubscript) else f'."{name}"')
    return sql.Literal.string("".join(words))


# ------------------------------------------------------------------------------ the table

PARTITIONS = ("account", "region", "timestamp")


def connect() -> engine.DuckDBPyConnection:
    """A connection with the functions and the empty table."""
    connection = engine.connect()
    connection.execute(_FUNCTIONS)
    described = ", ".join(f'"{name}" {kind}' for name, kind in _structure().items())
    connection.execute(f"CREATE TABLE {TABLE} ({described})")
    return connection


def _duckdb_type(glue: str) -> str:
    """
    >>> _duckdb_type("array<struct<arn:string,a:map<string,string>>>")
    'STRUCT("arn" VARCHAR, "a" MAP(VARCHAR, VARCHAR))[]'
    """
    name, _, inner = glue.partition("<")
    inner = inner[:-1]
    match name:
        case "array":
            return _duckdb_type(inner) + "[]"
        case "map":
            return f"MAP({', '.join(map(_duckdb_type, _split(inner)))})"
        case "struct":
            members = [member.split(":", 1) for member in _split(inner)]
            typed = [f'"{member}" {_duckdb_type(kind)}' for member, kind in members]
            return f"STRUCT({', '.join(typed)})"
        case _:
            return {"string": "VARCHAR", "int": "INTEGER"}[name]


def _split(inner: str) -> Iterator[str]:
    """Split at the commas outside of angle brackets."""
    depth = start = 0
    for place, character in enumerate(inner):
        depth += {"<": 1, ">": -1}.get(character, 0)
        if character == "," and not depth:
            yield inner[start:place]
            start = place + 1
    yield inner[start:]


def fill(connection: engine.DuckDBPyConnection, records: Sequence[Event]) -> None:
    """Replace the rows of the table; ``place`` is the position of a record."""
    rows = [_row(record) | {"place": place} for place, record in enumerate(records)]
    connection.execute(f"DELETE FROM {TABLE}")
    connection.execute(
        f"INSERT INTO {TABLE} BY NAME SELECT unnest(from_json(?::JSON, ?), max_depth := 2)",
        [json.dumps(rows), json.dumps([_structure()])],
    )


def _structure() -> dict[str, str]:
    columns = {**COLUMNS, **dict.fromkeys(PARTITIONS, "string"), "place": "int"}
    return {name: _duckdb_type(kind) for name, kind in columns.items()}


def select(
    connection: engine.DuckDBPyConnection, condition: str, records: Sequence[Event]
) -> list[bool]:
    """Whether a condition selects each of the records."""
    fill(connection, records)
    return matches(connection, condition, len(records))


def matches(connection: engine.DuckDBPyConnection, condition: str, records: int) -> list[bool]:
    """Whether a condition selects each of the records in the table."""
    query = translated(f"SELECT place FROM {TABLE} WHERE {condition}")
    places = {row[0] for row in connection.execute(query).fetchall()}
    return [place in places for place in range(records)]


def _row(record: Event) -> dict[str, object]:
    time = str(record.get("eventTime", ""))
    row: dict[str, object] = {
        "account": str(record.get("recipientAccountId", "")),
        "region": str(record.get("awsRegion", "")),
        "timestamp": re.sub("-", "/", time[:10]),
    }
    for name, value in record.items():
        kind = COLUMNS.get(name.lower())
        if kind is not None:
            row[name.lower()] = _lowered(value) if "<" in kind else _column(value)
    return row


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
