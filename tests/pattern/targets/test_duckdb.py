"""Pitfalls of the JSON functions of DuckDB; test_agreement.py compares whole patterns."""

import json

import duckdb as engine
import pytest

from trailbell.errors import UnsupportedError
from trailbell.pattern import parse
from trailbell.pattern.targets import duckdb

CONNECTION = engine.connect()


def fires(pattern: str, event: dict[str, object]) -> bool:
    query = f"SELECT ({duckdb.condition(parse(pattern).tree)}) FROM (SELECT ?::JSON AS record)"
    row = CONNECTION.execute(query, [json.dumps(event)]).fetchone()
    return row is not None and row[0] is True


@pytest.mark.parametrize(
    ("pattern", "event"),
    [
        pytest.param('{ $.a = "x" }', {"a": {"b": 1}}, id="an object is not its JSON text"),
        pytest.param('{ $.a != "x" }', {"a": {"b": 1}}, id="an object does not differ from text"),
        pytest.param('{ $.a != "x" }', {"a": ["y"]}, id="an array does not differ from text"),
        pytest.param('{ $.a != "x" }', {"a": None}, id="null does not differ from text"),
        pytest.param('{ $.a != "x" }', {}, id="what is missing does not differ from text"),
        pytest.param('{ $.a != "*" }', {"a": "x"}, id="nothing differs from anything"),
        pytest.param('{ $.a = "*" }', {"a": None}, id="null is not just anything"),
        pytest.param("{ $.a NOT EXISTS }", {"a": None}, id="null is there"),
        pytest.param("{ $.a NOT EXISTS }", {"a": {}}, id="an empty object is there"),
        pytest.param("{ $.a IS NULL }", {}, id="what is missing is not null"),
        pytest.param("{ $.a IS TRUE }", {"a": "true"}, id="text is no boolean"),
        pytest.param("{ $.a > 5 }", {"a": "x"}, id="text has no order"),
        pytest.param('{ $.a = "12" }', {"a": 12.0}, id="12.0 is not written 12"),
        pytest.param('{ $.a = "a_c" }', {"a": "abc"}, id="an underscore is not LIKE's"),
        pytest.param('{ $.a = "%*" }', {"a": "x"}, id="a percent sign is not LIKE's"),
        pytest.param('{ $.a = "X*" }', {"a": "xy"}, id="case counts"),
        pytest.param('{ $.a.b = "x" }', {"a": [{"b": "x"}]}, id="nothing looks through an array"),
        pytest.param('{ $.a.b = "x" }', {"a.b": "x"}, id="a path is not a dotted name"),
        pytest.param('{ $.a[*] = "x" }', {"a": "x"}, id="text has no elements"),
        pytest.param('{ $.a[*] = "x" }', {"a": []}, id="an empty array has no element"),
    ],
)
def test_stays_silent(pattern: str, event: dict[str, object]) -> None:
    assert fires(pattern, event) is False


@pytest.mark.parametrize(
    ("pattern", "event"),
    [
        pytest.param('{ $.a = "it\'s" }', {"a": "it's"}, id="a quote"),
        pytest.param('{ $.a = "\\\\*" }', {"a": "\\x"}, id="a backslash before a star"),
        pytest.param('{ $.a = "a*c" }', {"a": "a\nc"}, id="a star spans lines"),
        pytest.param('{ $.a = "*" }', {"a": ""}, id="empty text is something"),
        pytest.param('{ $.a = "123" }', {"a": 123}, id="a number as it is written"),
        pytest.param('{ $.a = "12.5" }', {"a": 12.5}, id="a fraction as it is written"),
        pytest.param('{ $.a != "A*" }', {"a": 42}, id="a number differs from a word"),
        pytest.param("{ $.a = 12 }", {"a": 12.0}, id="a bare number by value"),
        pytest.param("{ $.a >= 1e1 }", {"a": 10}, id="an exponent"),
        pytest.param("{ $.['a.b'] = \"x\" }", {"a.b": "x"}, id="a dotted name"),
        pytest.param("{ $.['a b'].c[1] = \"x\" }", {"a b": {"c": [0, "x"]}}, id="an index"),
        pytest.param('{ $.a[*].b = "x" }', {"a": [1, {"b": "x"}]}, id="some element"),
        pytest.param("{ $.a.* IS FALSE }", {"a": {"b": 0, "c": False}}, id="some member"),
        pytest.param("{ $.a.b NOT EXISTS }", {"a": None}, id="nothing is below null"),
        pytest.param("{ $.eventName = %^Get[A-Z]% }", {"eventName": "GetX"}, id="an expression"),
    ],
)
def test_fires(pattern: str, event: dict[str, object]) -> None:
    assert fires(pattern, event) is True


@pytest.mark.parametrize(
    ("pattern", "clause", "reason"),
    [
        pytest.param(
            '{ $.a = "1*" }',
            '$.a = "1*"',
            "DuckDB does not keep how a number was written",
            id="a star where a number is possible",
        ),
        pytest.param(
            "{ $.a = %1.% }",
            "$.a = %1.%",
            "DuckDB does not keep how a number was written",
            id="an expression where a number is possible",
        ),
        pytest.param(
            '{ $.a[*] != "x" }',
            '$.a[*] != "x"',
            "AWS does not document whether one element or all elements must differ",
            id="not equal behind a wildcard",
        ),
        pytest.param(
            "{ $.a.* NOT EXISTS }",
            "$.a.* NOT EXISTS",
            "AWS does not document what a wildcard means that selects nothing",
            id="missing behind a wildcard",
        ),
        pytest.param(
            "{ $.['a*'] IS NULL }",
            "$.['a*'] IS NULL",
            "DuckDB has no path for the field name 'a*'",
            id="a star in a member's name",
        ),
        pytest.param(
            "{ $.a > 9007199254740992 }",
            "$.a > 9007199254740992",
            "numbers of this size are rounded",
            id="a number beyond a double",
        ),
        pytest.param(
            "ERROR",
            '"ERROR"',
            "the query matches JSON fields, not the text of an event",
            id="terms",
        ),
    ],
)
def test_unsupported(pattern: str, clause: str, reason: str) -> None:
    with pytest.raises(UnsupportedError) as error:
        duckdb.compile(parse(pattern).tree)
    assert (error.value.target, error.value.clause, error.value.reason) == (
        "DuckDB",
        clause,
        reason,
    )


def test_the_query_reads_files_as_delivered() -> None:
    assert duckdb.compile(parse('{ $.eventName = "StopLogging" }').tree) == (
        "SELECT record\n"
        "FROM (SELECT unnest(Records) AS record FROM read_json('*.json.gz', "
        "columns = {'Records': 'JSON[]'}, maximum_object_size = 268435456))\n"
        "WHERE (json_type(record, '$.\"eventName\"') = 'VARCHAR' "
        "AND (record ->> '$.\"eventName\"') = 'StopLogging');"
    )
