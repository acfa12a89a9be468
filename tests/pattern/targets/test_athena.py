"""The SQL itself; test_agreement.py compares its results."""

import re

import pytest

from trailbell.errors import UnsupportedError
from trailbell.pattern import parse
from trailbell.pattern.record_schema import FIELD_SCHEMAS
from trailbell.pattern.targets import athena
from trailbell.pattern.targets._athena_table import COLUMNS, DOCUMENTS, SCALARS


@pytest.mark.parametrize(
    ("pattern", "clause", "reason"),
    [
        pytest.param(
            "{ $.userIdentity.inScopeOf.sourceArn = x }",
            '$.userIdentity.inScopeOf.sourceArn = "x"',
            "the table has no column for the field",
            id="a member that is no column does not exist for a query",
        ),
        pytest.param(
            "{ $.managementEvent IS TRUE }",
            "$.managementEvent IS TRUE",
            "the table has no column for the field",
            id="a boolean that is no column",
        ),
        pytest.param(
            '{ $.readOnly = "false" }',
            '$.readOnly = "false"',
            "the field is a boolean, not text; use IS TRUE or IS FALSE",
            id="a boolean as text",
        ),
        pytest.param(
            "{ $.tlsDetails NOT EXISTS }",
            "$.tlsDetails NOT EXISTS",
            "the table has no column for the field",
            id="an object without a member that is always there",
        ),
        pytest.param(
            "{ $.requestParameters.* != x }",
            '$.requestParameters.* != "x"',
            "AWS does not document whether one element or all elements must match",
            id="not equal to any member",
        ),
        pytest.param(
            "{ $.requestParameters.a[*].b NOT EXISTS }",
            "$.requestParameters.a[*].b NOT EXISTS",
            "AWS does not document whether one element or all elements must match",
            id="missing behind a wildcard",
        ),
        pytest.param(
            "{ $.requestParameters.port > 9007199254740993 }",
            "$.requestParameters.port > 9007199254740993",
            "numbers of this size are rounded",
            id="a number that is no double",
        ),
        pytest.param(
            "{ $.resources[*].ARN != x }",
            '$.resources[*].ARN != "x"',
            "AWS does not document whether one element or all elements must match",
            id="not equal behind a wildcard",
        ),
        pytest.param(
            "ERROR", '"ERROR"', "the table does not contain the text of an event", id="terms"
        ),
    ],
)
def test_unsupported(pattern: str, clause: str, reason: str) -> None:
    with pytest.raises(UnsupportedError) as error:
        athena.compile(parse(pattern).tree)
    assert (error.value.target, error.value.clause, error.value.reason) == (
        "Athena",
        clause,
        reason,
    )


@pytest.mark.parametrize(
    ("pattern", "condition"),
    [
        pytest.param(
            '{ $.userIdentity.type != "Root" }',
            "useridentity.type <> 'Root'",
            id="NULL guards a missing member",
        ),
        pytest.param(
            '{ $.eventName = "50%_*" }',
            r"eventname LIKE '50\%\_%' ESCAPE '\'",
            id="LIKE's own signs are escaped",
        ),
        pytest.param('{ $.userAgent = "it\'s" }', "useragent = 'it''s'", id="a quote is doubled"),
        pytest.param('{ $.eventName = "*" }', "eventname IS NOT NULL", id="anything"),
        pytest.param("{ $.eventName = %^Get% }", "regexp_like(eventname, '^Get')", id="a regex"),
        pytest.param(
            "{ $.userIdentity.invokedBy NOT EXISTS }",
            "useridentity.invokedby IS NULL",
            id="missing where null is not possible",
        ),
        pytest.param(
            "{ ($.errorCode NOT EXISTS) || ($.errorCode IS NULL) || ($.errorCode = x) }",
            "(errorcode IS NULL OR errorcode = 'x')",
            id="missing or null",
        ),
        pytest.param(
            "{ $.eventName != %^Get% }", "NOT regexp_like(eventname, '^Get')", id="not a regex"
        ),
        pytest.param("{ $.errorCode NOT EXISTS }", "errorcode IS NULL", id="missing, or null"),
        pytest.param("{ $.errorCode IS NULL }", "errorcode IS NULL", id="null, or missing"),
        pytest.param(
            "{ $.requestParameters IS NULL }", "requestparameters IS NULL", id="a document of null"
        ),
        pytest.param(
            "{ $.userIdentity.type IS NULL }", "false", id="null where null is not possible"
        ),
        pytest.param(
            "{ $.userIdentity.sessionContext NOT EXISTS }",
            "useridentity.sessioncontext.attributes.creationdate IS NULL",
            id="an object is missing if what it always has is missing",
        ),
        pytest.param("{ $.readOnly IS FALSE }", "readonly = 'false'", id="a boolean column"),
        pytest.param(
            "{ ($.eventName = A) || ($.eventName = B) }", "eventname IN ('A', 'B')", id="a list"
        ),
        pytest.param(
            "{ $.requestParameters.['a.b'][0].c = x }",
            """json_extract_scalar(requestparameters, '$["a.b"][0].c') = 'x'""",
            id="a dotted name below a document",
        ),
        pytest.param(
            "{ $.requestParameters.port > 1024 }",
            "(json_format(json_extract(requestparameters, '$.port')) NOT LIKE '\"%' AND "
            "TRY_CAST(json_extract_scalar(requestparameters, '$.port') AS DOUBLE) > 1024)",
            id="digits in text are no number",
        ),
        pytest.param(
            '{ $.requestParameters.port = "80*" }',
            r"json_extract_scalar(requestparameters, '$.port') LIKE '80%' ESCAPE '\'",
            id="a number is compared as it is spelled",
        ),
        pytest.param(
            r"{ $.requestParameters.policyDocument = %\x22Allow\x22% }",
            r"regexp_like(json_extract_scalar(requestparameters, '$.policyDocument'), "
            r"'\x22Allow\x22')",
            id="a regex below a document",
        ),
        pytest.param(
            "{ $.requestParameters.* = x }",
            "any_match(map_values(TRY_CAST(json_extract(requestparameters, '$') AS "
            "MAP(VARCHAR, JSON))), e -> json_extract_scalar(e, '$') = 'x')",
            id="any member",
        ),
        pytest.param(
            "{ $.requestParameters.flag IS TRUE }",
            "json_format(json_extract(requestparameters, '$.flag')) = 'true'",
            id="a boolean is not text",
        ),
        pytest.param(
            "{ $.responseElements.x NOT EXISTS }",
            "json_extract(responseelements, '$.x') IS NULL",
            id="missing below a document",
        ),
        pytest.param(
            "{ $.resources[*].ARN = x* }",
            r"any_match(resources, r -> r.arn LIKE 'x%' ESCAPE '\')",
            id="some resource",
        ),
        pytest.param(
            "{ $.requestParameters.a[*].b IS NULL }",
            "any_match(TRY_CAST(json_extract(requestparameters, '$.a') AS ARRAY(JSON)), "
            "e -> json_format(json_extract(e, '$.b')) = 'null')",
            id="some element of a document",
        ),
    ],
)
def test_conditions(pattern: str, condition: str) -> None:
    assert athena.condition(parse(pattern).tree) == condition


@pytest.mark.parametrize(
    ("pattern", "clauses"),
    [
        pytest.param("{ $.errorCode = x }", (), id="a comparison is exact"),
        pytest.param("{ $.userIdentity.invokedBy NOT EXISTS }", (), id="no null is possible"),
        pytest.param("{ $.requestParameters.a IS NULL }", (), id="JSON has null"),
        pytest.param(
            "{ ($.errorCode NOT EXISTS) || ($.errorCode IS NULL) }", (), id="both as alternatives"
        ),
        pytest.param("ERROR", (), id="terms"),
        pytest.param("{ $.errorCode IS NULL }", ("$.errorCode IS NULL",), id="null alone"),
        pytest.param(
            "{ ($.a = b) && (($.errorCode NOT EXISTS) || ($.requestParameters IS NULL)) }",
            ("$.errorCode NOT EXISTS", "$.requestParameters IS NULL"),
            id="alternatives about two columns",
        ),
        pytest.param(
            "{ ($.errorCode NOT EXISTS) && ($.errorCode IS NULL) }",
            ("$.errorCode NOT EXISTS", "$.errorCode IS NULL"),
            id="both, but not as alternatives",
        ),
    ],
)
def test_the_clauses_that_match_more(pattern: str, clauses: tuple[str, ...]) -> None:
    assert athena.differences(parse(pattern).tree) == clauses


def test_the_query_names_the_published_table() -> None:
    assert athena.compile(parse('{ $.eventName = "StopLogging" }').tree) == (
        "SELECT eventtime, eventsource, eventname, awsregion, sourceipaddress, "
        "useridentity.arn, errorcode, eventid\n"
        "FROM cloudtrail_logs\n"
        "WHERE eventname = 'StopLogging'\n"
        "ORDER BY eventtime DESC;"
    )


def test_the_query_says_where_it_may_select_more() -> None:
    query = athena.compile(parse("{ $.errorCode NOT EXISTS }").tree)
    assert query.splitlines()[0] == (
        "-- Also selects what is null, or missing: $.errorCode NOT EXISTS"
    )


def test_every_column_has_a_known_type() -> None:
    """A column of an unknown type would not be supported, with a misleading reason."""
    assert SCALARS.keys() <= FIELD_SCHEMAS.keys()


def test_every_column_is_in_the_table() -> None:
    assert set(DOCUMENTS.values()) <= COLUMNS.keys()
    assert {column.split(".")[0] for column in SCALARS.values()} <= COLUMNS.keys()
    nested = {column for column in SCALARS.values() if "." in column}
    assert {
        column
        for column in nested
        if not re.search(rf"\b{column.split('.')[-1]}:string", COLUMNS[column.split(".")[0]])
    } == set()
