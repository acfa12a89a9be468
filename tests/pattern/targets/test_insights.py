"""The queries themselves, since no local engine runs them."""

import pytest

from trailbell.errors import UnsupportedError
from trailbell.pattern import parse
from trailbell.pattern.targets import insights

SHOWN = (
    "@timestamp, eventSource, eventName, awsRegion, sourceIPAddress, userIdentity.arn, errorCode"
)


@pytest.mark.parametrize(
    ("pattern", "clause", "reason"),
    [
        pytest.param(
            "{ $.errorCode NOT EXISTS }",
            "$.errorCode NOT EXISTS",
            "Insights treats null as missing; use NOT EXISTS || IS NULL together",
            id="missing where null is possible",
        ),
        pytest.param(
            "{ $.userIdentity.sessionContext NOT EXISTS }",
            "$.userIdentity.sessionContext NOT EXISTS",
            "AWS documents ispresent for text and numbers only",
            id="a missing object",
        ),
        pytest.param(
            "{ $.requestParameters.x != y }",
            '$.requestParameters.x != "y"',
            "the field is not known to be text in every event",
            id="not equal on a member of any shape",
        ),
        pytest.param(
            '{ $.requestParameters.x = "12" }',
            '$.requestParameters.x = "12"',
            "Insights compares text that is a number by value",
            id="digits on a member of any shape",
        ),
        pytest.param(
            "{ $.requestParameters.x IS TRUE }",
            "$.requestParameters.x IS TRUE",
            "Insights does not distinguish a boolean from a number or text",
            id="a boolean where a number is possible",
        ),
        pytest.param(
            "{ $.resources[*].ARN = x }",
            '$.resources[*].ARN = "x"',
            "Insights has no name for the field",
            id="any element",
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
        insights.compile(parse(pattern).tree)
    assert (error.value.target, error.value.clause, error.value.reason) == (
        "Logs Insights",
        clause,
        reason,
    )


@pytest.mark.parametrize(
    ("pattern", "condition"),
    [
        pytest.param(
            '{ $.eventName != "x" }',
            '(ispresent(eventName) and eventName != "x")',
            id="not equal is guarded: Insights calls it true of a missing field",
        ),
        pytest.param(
            '{ $.eventName != "Get*" }',
            "(ispresent(eventName) and eventName not like /^Get/)",
            id="not like is guarded too",
        ),
        pytest.param(
            "{ $.userIdentity.invokedBy NOT EXISTS }",
            "not ispresent(userIdentity.invokedBy)",
            id="missing",
        ),
        pytest.param(
            "{ ($.errorCode IS NULL) || ($.errorCode NOT EXISTS) }",
            "not ispresent(errorCode)",
            id="missing or null",
        ),
        pytest.param(
            "{ ($.eventName = A) || ($.eventName = B) }", 'eventName in ["A", "B"]', id="a list"
        ),
        pytest.param('{ $.eventName = "a*b" }', r"eventName like /^a[\s\S]*b$/", id="inside"),
        pytest.param('{ $.userAgent = "*a/b.c*" }', r"userAgent like /a\/b\.c/", id="a slash"),
        pytest.param(
            '{ $.userAgent = "say \\"hi\\" \\\\" }',
            r"userAgent like /^say \x22hi\x22 \x5c$/",
            id="quotes and backslashes go by number",
        ),
        pytest.param("{ $.eventName = %a/b% }", r"eventName like /a\/b/", id="a regex"),
        pytest.param('{ $.eventName = "*" }', "ispresent(eventName)", id="anything"),
        pytest.param('{ $.eventName != "*" }', "not ispresent(@message)", id="nothing"),
    ],
)
def test_discovered_fields(pattern: str, condition: str) -> None:
    assert insights.compile(parse(pattern).tree) == (
        f"fields {SHOWN}\n| filter {condition}\n| sort @timestamp desc"
    )


@pytest.mark.parametrize(
    ("pattern", "condition"),
    [
        pytest.param(
            '{ $.eventType != "x" }',
            '(ispresent(record.eventType) and record.eventType != "x")',
            id="what comes after two hundred fields is lost to discovery",
        ),
        pytest.param(
            "{ $.readOnly IS FALSE }",
            '(record.readOnly = 0 or record.readOnly = "false")',
            id="booleans are numbers, or text",
        ),
        pytest.param(
            "{ $.requestParameters.['x-amz.acl'][0].y = z }",
            'record.requestParameters.`x-amz.acl`[0].y = "z"',
            id="names with other characters, and indexes",
        ),
    ],
)
def test_fields_of_the_parsed_message(pattern: str, condition: str) -> None:
    assert insights.compile(parse(pattern).tree) == (
        f"fields {SHOWN}, jsonParse(@message) as record\n"
        f"| filter {condition}\n| sort @timestamp desc"
    )
