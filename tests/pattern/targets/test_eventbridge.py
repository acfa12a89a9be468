"""The event patterns themselves; test_agreement.py compares their results."""

import pytest

from trailbell.errors import UnsupportedError
from trailbell.pattern import parse
from trailbell.pattern.targets import eventbridge


def detail(pattern: str) -> object:
    return eventbridge.compile(parse(pattern).tree)["detail"]


@pytest.mark.parametrize(
    ("pattern", "clause", "reason"),
    [
        pytest.param(
            "{ $.requestParameters.items.name = x }",
            '$.requestParameters.items.name = "x"',
            "the type of the field is not known, and EventBridge treats arrays differently",
            id="a member that may be an array",
        ),
        pytest.param(
            "{ $.userIdentity.onBehalfOf NOT EXISTS }",
            "$.userIdentity.onBehalfOf NOT EXISTS",
            "exists does not match objects or arrays; use a field inside it",
            id="a missing object",
        ),
        pytest.param(
            "{ $.resources IS NULL }",
            "$.resources IS NULL",
            "EventBridge would match a null inside the array",
            id="an array that is null",
        ),
        pytest.param(
            "{ $.errorCode != x }",
            '$.errorCode != "x"',
            "anything-but matches null, and the field can be null",
            id="not equal where null is possible",
        ),
        pytest.param(
            "{ $.eventName = %^Get[A-Z]% }",
            "$.eventName = %^Get[A-Z]%",
            "event patterns have no regular expressions",
            id="a regular expression",
        ),
        pytest.param(
            r"{ $.eventName = %^\*% }",
            r"$.eventName = %^\*%",
            "event patterns have no regular expressions",
            id="a literal star in a longer text",
        ),
        pytest.param(
            r"{ $.eventName != %^\*$% }",
            r"$.eventName != %^\*$%",
            "event patterns have no regular expressions",
            id="a literal star that is unwanted",
        ),
        pytest.param(
            "{ $.errorCode != %^a% }",
            "$.errorCode != %^a%",
            "anything-but matches null, and the field can be null",
            id="another text, where null is possible",
        ),
        pytest.param(
            "{ $.readOnly = true }",
            '$.readOnly = "true"',
            "the field is a boolean, not text; use IS TRUE or IS FALSE",
            id="a boolean as text",
        ),
        pytest.param(
            "{ ($.eventName = Get*) && ($.eventName != GetObject) }",
            '($.eventName = "Get*") && ($.eventName != "GetObject")',
            "an event pattern cannot combine these conditions on one field",
            id="a prefix, but not one of them",
        ),
        pytest.param(
            "{ ($.resources[*].ARN = x) && ($.resources[*].type = y) }",
            '($.resources[*].ARN = "x") && ($.resources[*].type = "y")',
            "an event pattern cannot require that one array element meets two conditions",
            id="two conditions on elements",
        ),
        pytest.param(
            "{ ($.requestParameters IS NULL) && ($.requestParameters.keyId NOT EXISTS) }",
            "($.requestParameters IS NULL) && ($.requestParameters.keyId NOT EXISTS)",
            "an event pattern cannot match a field and a field inside it at once",
            id="a member and what is inside it",
        ),
        pytest.param(
            "{ ($.eventName = A) && ($.eventName = B) }",
            '{ ($.eventName = "A") && ($.eventName = "B") }',
            "no event can match it, and an event pattern cannot express that",
            id="a contradiction",
        ),
        pytest.param(
            "{ $.additionalEventData.bytesTransferredIn > 5000000001 }",
            "$.additionalEventData.bytesTransferredIn > 5000000001",
            "the maximum for numbers is 5,000,000,000",
            id="a large number",
        ),
        pytest.param(
            "ERROR", '"ERROR"', "event patterns match fields, not the text of an event", id="terms"
        ),
    ],
)
def test_unsupported(pattern: str, clause: str, reason: str) -> None:
    with pytest.raises(UnsupportedError) as error:
        eventbridge.compile(parse(pattern).tree)
    assert (error.value.target, error.value.clause, error.value.reason) == (
        "EventBridge",
        clause,
        reason,
    )


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        pytest.param('{ $.eventName = "x" }', {"eventName": ["x"]}, id="equal"),
        pytest.param('{ $.eventName = "x*" }', {"eventName": [{"prefix": "x"}]}, id="a prefix"),
        pytest.param('{ $.eventName = "*x" }', {"eventName": [{"suffix": "x"}]}, id="a suffix"),
        pytest.param(
            '{ $.eventName = "a**\\\\*b" }',
            {"eventName": [{"wildcard": "a*\\\\*b"}]},
            id="stars: never two in a row, backslashes escaped",
        ),
        pytest.param('{ $.eventName = "*" }', {"eventName": [{"exists": True}]}, id="anything"),
        pytest.param(
            '{ $.errorCode = "*" }', {"errorCode": [{"prefix": ""}]}, id="any text, not null"
        ),
        pytest.param(
            r"{ $.eventName = %^\*$% }", {"eventName": ["*"]}, id="a star, as a regular expression"
        ),
        pytest.param(
            r"{ ($.eventName = %^Get\x41%) || ($.eventName = %\.y%) }",
            {"eventName": [{"prefix": "GetA"}, {"wildcard": "*.y*"}]},
            id="a text at the start and anywhere, as regular expressions",
        ),
        pytest.param(
            "{ $.eventName = %s$% }",
            {"eventName": [{"suffix": "s"}]},
            id="a text at the end, as a regular expression",
        ),
        pytest.param(
            "{ $.userIdentity.sessionContext NOT EXISTS }",
            {
                "userIdentity": {
                    "sessionContext": {"attributes": {"creationDate": [{"exists": False}]}}
                }
            },
            id="a missing object, by a member that it always has",
        ),
        pytest.param(
            "{ ($.eventName != a) && ($.eventName != b*) && ($.eventName != *c) }",
            {"eventName": [{"anything-but": {"wildcard": ["a", "b*", "*c"]}}]},
            id="one anything-but for all that is unwanted",
        ),
        pytest.param(
            "{ ($.eventName != a*) && ($.eventName != b*) }",
            {"eventName": [{"anything-but": {"prefix": ["a", "b"]}}]},
            id="prefixes, which need no wildcard",
        ),
        pytest.param(
            "{ ($.eventName != *a) && ($.eventName != *b) }",
            {"eventName": [{"anything-but": {"suffix": ["a", "b"]}}]},
            id="suffixes, which need no wildcard",
        ),
        pytest.param(
            "{ ($.eventName != a) && ($.eventName != b) }",
            {"eventName": [{"anything-but": ["a", "b"]}]},
            id="whole texts need no wildcard",
        ),
        pytest.param(
            "{ (($.eventName = Ab) || ($.eventName = Bc)) && ($.eventName != A*) }",
            {"eventName": ["Bc"]},
            id="a value that is required and excluded is decided at compile time",
        ),
        pytest.param(
            "{ ($.errorCode NOT EXISTS) || ($.errorCode IS NULL) }",
            {"errorCode": [{"exists": False}, None]},
            id="missing or null",
        ),
        pytest.param(
            "{ ((($.eventName = A) && ($.requestParameters.zzz = x)) || ($.awsRegion = R)) && "
            "($.eventName = B) }",
            {"awsRegion": ["R"], "eventName": ["B"]},
            id="a field of an unknown type in an alternative that no event can match",
        ),
        pytest.param("{ $.readOnly IS FALSE }", {"readOnly": [False]}, id="a boolean"),
        pytest.param(
            "{ $.userIdentity.accountId = 111122223333 }",
            {"userIdentity": {"accountId": ["111122223333"]}},
            id="digits of a member that is text",
        ),
        pytest.param(
            "{ $.additionalEventData.bytesTransferredIn != 5 }",
            {
                "additionalEventData": {
                    "bytesTransferredIn": [{"numeric": ["<", 5]}, {"numeric": [">", 5]}]
                }
            },
            id="another number",
        ),
        pytest.param(
            "{ ($.userIdentity.type = Root) && (($.eventName = A) || ($.readOnly IS TRUE)) }",
            {
                "userIdentity": {"type": ["Root"]},
                "$or": [{"eventName": ["A"]}, {"readOnly": [True]}],
            },
            id="what all alternatives share stays outside",
        ),
        pytest.param(
            "{ ($.eventName = A) && (($.eventName = A) || ($.readOnly IS TRUE)) }",
            {"eventName": ["A"]},
            id="an alternative that is implied disappears",
        ),
        pytest.param(
            "{ ($.eventName != A) && (($.eventName != B) || ($.readOnly IS TRUE)) }",
            {
                "$or": [
                    {"eventName": [{"anything-but": ["A", "B"]}]},
                    {"eventName": [{"anything-but": ["A"]}], "readOnly": [True]},
                ]
            },
            id="a member inside $or is never named outside as well",
        ),
        pytest.param(
            "{ (($.eventName = A) || ($.readOnly IS TRUE)) && "
            "(($.awsRegion = R) || ($.eventType = T)) }",
            {
                "$or": [
                    {"eventName": ["A"], "$or": [{"awsRegion": ["R"]}, {"eventType": ["T"]}]},
                    {"readOnly": [True], "$or": [{"awsRegion": ["R"]}, {"eventType": ["T"]}]},
                ]
            },
            id="alternatives of alternatives are multiplied out",
        ),
        pytest.param(
            "{ ($.userIdentity.userName = a) || ($.userIdentity.principalId = b) || "
            "(($.userIdentity.type = Root) && ($.awsRegion = R)) }",
            {
                "$or": [
                    {"userIdentity": {"$or": [{"userName": ["a"]}, {"principalId": ["b"]}]}},
                    {"userIdentity": {"type": ["Root"]}, "awsRegion": ["R"]},
                ]
            },
            id="alternatives in one object are written in it",
        ),
    ],
)
def test_details(pattern: str, expected: object) -> None:
    assert detail(pattern) == expected


@pytest.mark.parametrize(
    ("pattern", "source", "detail_type"),
    [
        pytest.param(
            "{ $.awsRegion = x }",
            [{"prefix": "aws."}],
            [{"suffix": " via CloudTrail"}],
            id="any service",
        ),
        pytest.param(
            '{ $.eventSource = "monitoring.amazonaws.com" }',
            [{"prefix": "aws."}],
            [{"suffix": " via CloudTrail"}],
            id="a service whose source no page shows",
        ),
        pytest.param(
            '{ ($.eventSource = "iam.amazonaws.com") && ($.eventType = "AwsApiCall") }',
            ["aws.iam"],
            ["AWS API Call via CloudTrail"],
            id="an API call",
        ),
        pytest.param(
            "{ $.eventName = ConsoleLogin }",
            [{"prefix": "aws."}],
            ["AWS Console Sign In via CloudTrail", "AWS Console Signin via CloudTrail"],
            id="both spellings of a sign-in",
        ),
        pytest.param(
            '{ ($.eventType = "AwsServiceEvent") || ($.eventType = "AwsConsoleSignIn") }',
            [{"prefix": "aws."}],
            [
                "AWS Service Event via CloudTrail",
                "AWS Console Sign In via CloudTrail",
                "AWS Console Signin via CloudTrail",
            ],
            id="two types of event",
        ),
    ],
)
def test_envelope(pattern: str, source: object, detail_type: object) -> None:
    compiled = eventbridge.compile(parse(pattern).tree)
    assert (compiled["source"], compiled["detail-type"]) == (source, detail_type)


def test_too_long_a_pattern_is_not_supported() -> None:
    text = " || ".join(f'($.eventName = "{"Name" * 8}{number:04}")' for number in range(60))
    with pytest.raises(UnsupportedError) as error:
        eventbridge.compile(parse(f"{{ {text} }}", max_length=None).tree)
    assert error.value.reason == (
        "the event pattern has 2,440 characters, but the maximum is 2,048; "
        "split it into several rules"
    )


def test_alternatives_are_not_grouped_if_that_makes_too_many_combinations() -> None:
    alternatives = [
        f"(($.eventName = N{group}) && ($.awsRegion = R{group}) && ($.{field} = v{group}))"
        for group in range(8)
        for field in ("eventSource", "eventType", "userAgent")
    ]
    compiled = eventbridge.compile(
        parse(f"{{ {' || '.join(alternatives)} }}", max_length=None).tree
    )
    alternatives_of = compiled["detail"]["$or"]  # type: ignore[index] # an object
    assert len(alternatives_of) == 24
