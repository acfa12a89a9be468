"""Each construct of our queries has in DuckDB the value that Trino documents."""

import duckdb as engine
import pytest

from tests.pattern.targets import trino

JSON = "https://trino.io/docs/current/functions/json.html"
ARRAYS = "https://trino.io/docs/current/functions/array.html"
TEXT = "https://trino.io/docs/current/functions/string.html"
REGEX = "https://trino.io/docs/current/functions/regexp.html"
DATES = "https://trino.io/docs/current/functions/datetime.html"
COMPARISON = "https://trino.io/docs/current/functions/comparison.html"
CONDITIONS = "https://trino.io/docs/current/functions/conditional.html"
CONVERSION = "https://trino.io/docs/current/functions/conversion.html"
LOGIC = "https://trino.io/docs/current/functions/logical.html"


@pytest.fixture(scope="module")
def connection() -> engine.DuckDBPyConnection:
    return trino.connect()


@pytest.mark.parametrize(
    ("expression", "value", "page"),
    [
        pytest.param("json_extract_scalar('{}', '$.a')", None, JSON, id="no member"),
        pytest.param(
            """json_extract_scalar('{"a":{"b":1}}', '$.a')""", None, JSON, id="an object is none"
        ),
        pytest.param(
            """json_extract_scalar('{"a":[1]}', '$.a')""", None, JSON, id="an array is no scalar"
        ),
        pytest.param(
            """json_extract_scalar('{"a":null}', '$.a')""", None, JSON, id="null is no scalar"
        ),
        pytest.param("""json_extract_scalar('{"a":12.5}', '$.a')""", "12.5", JSON, id="a number"),
        pytest.param("""json_extract_scalar('{"a":true}', '$.a')""", "true", JSON, id="a boolean"),
        pytest.param(
            """json_extract_scalar('{"a":"it''s \\"x\\""}', '$.a')""", 'it\'s "x"', JSON, id="text"
        ),
        pytest.param(
            """json_extract_scalar('{"a.b":[0,{"c":"x"}]}', '$["a.b"][1].c')""",
            "x",
            JSON,
            id="a path with brackets",
        ),
        pytest.param("json_extract(NULL, '$.a') IS NULL", True, JSON, id="nothing in NULL"),
        pytest.param("""json_extract('{"b":1}', '$.a') IS NULL""", True, JSON, id="missing"),
        pytest.param(
            """json_extract('{"a":null}', '$.a') IS NULL""", False, JSON, id="null is a value"
        ),
        pytest.param(
            """json_format(json_extract('{"a":null}', '$.a'))""", "null", JSON, id="null as JSON"
        ),
        pytest.param(
            """json_format(json_extract('{"a":"x"}', '$.a'))""", '"x"', JSON, id="text as JSON"
        ),
        pytest.param(
            """json_format(json_extract('"x"', '$'))""", '"x"', JSON, id="the path of the whole"
        ),
        pytest.param(
            """any_match(TRY_CAST(json_extract('{"a":{"b":1}}', '$.a') AS ARRAY(JSON)),
            e -> true)""",
            None,
            JSON,
            id="an object is no array",
        ),
        pytest.param(
            """any_match(TRY_CAST(json_extract('{"a":["x","y"]}', '$.a') AS ARRAY(JSON)),
            e -> json_extract_scalar(e, '$') = 'y')""",
            True,
            JSON,
            id="an element of an array",
        ),
        pytest.param(
            """any_match(map_values(TRY_CAST(json_extract('["x"]', '$') AS MAP(VARCHAR, JSON))),
            e -> true)""",
            None,
            JSON,
            id="an array is no map",
        ),
        pytest.param(
            """any_match(map_values(TRY_CAST(json_extract('{"a":1,"b":{"c":"x"}}', '$')
            AS MAP(VARCHAR, JSON))), e -> json_extract_scalar(e, '$.c') = 'x')""",
            True,
            "https://trino.io/docs/current/functions/map.html",
            id="a value of a map",
        ),
        pytest.param("any_match(ARRAY[1, 2], x -> x = 3)", False, ARRAYS, id="no element"),
        pytest.param("any_match(ARRAY[1, 2], x -> x = 2)", True, ARRAYS, id="one element"),
        pytest.param(
            "array_join(filter(ARRAY[IF(1 = 2, 'a'), IF(1 = 1, 'b')], d -> d IS NOT NULL), ' ')",
            "b",
            ARRAYS,
            id="what is not NULL of an array",
        ),
        pytest.param("IF(NULL, 'a')", None, CONDITIONS, id="unknown is not true"),
        pytest.param("NULL <> 'v'", None, LOGIC, id="nothing differs from NULL"),
        pytest.param("NULL NOT LIKE 'v%' ESCAPE '\\'", None, LOGIC, id="nor is it unlike a text"),
        pytest.param("NOT regexp_like(NULL, 'v')", None, LOGIC, id="nor does it not match"),
        pytest.param("'b' IN ('a', 'b')", True, COMPARISON, id="a list"),
        pytest.param("'aXb' LIKE 'a_b' ESCAPE '\\'", True, COMPARISON, id="one character"),
        pytest.param("'aXb' LIKE 'a\\_b' ESCAPE '\\'", False, COMPARISON, id="an escaped sign"),
        pytest.param("'a\nb' LIKE 'a%b' ESCAPE '\\'", True, COMPARISON, id="% matches lines"),
        pytest.param("'2026' BETWEEN '2025' AND '2026'", True, COMPARISON, id="between"),
        pytest.param("'x' || 'y' || 'z'", "xyz", TEXT, id="text with text"),
        pytest.param("regexp_like('1a 2b 14m', '\\d+b')", True, REGEX, id="a part matches"),
        pytest.param(
            "regexp_like('say \"hi\"', '\\x22hi\\x22$')", True, REGEX, id="a code, an end"
        ),
        pytest.param("TRY_CAST('12x' AS DOUBLE)", None, CONVERSION, id="no number"),
        pytest.param("TRY_CAST('12.5' AS DOUBLE) > 12", True, CONVERSION, id="a number in text"),
        pytest.param(
            "date_format(current_date - interval '0' day, '%Y/%m/%d') >= '2020/01/01'",
            True,
            DATES,
            id="the day as text",
        ),
    ],
)
def test_value(
    connection: engine.DuckDBPyConnection, expression: str, value: object, page: str
) -> None:
    assert page.startswith("https://trino.io/docs/current/functions/")
    row = connection.execute(trino.translated(f"SELECT {expression}")).fetchone()
    assert row == (value,)


@pytest.mark.parametrize(
    ("query", "constructs"),
    [
        pytest.param("SELECT a FROM t WHERE b = 'x'", set(), id="all of it is known"),
        pytest.param("SELECT count(*) FROM t", {"Count"}, id="a function that sqlglot knows"),
        pytest.param(
            "SELECT zip_with(a, b) FROM t", {"zip_with"}, id="a function that it does not"
        ),
        pytest.param("SELECT a FROM t GROUP BY a", {"Group"}, id="a clause"),
    ],
)
def test_unknown_constructs(query: str, constructs: set[str]) -> None:
    assert trino.unknown_constructs(query) == constructs
