"""The rule W9820: the texts of a JSON template contain no values that a caller can choose."""

import pytest

from tests.validate.rule_matches import (
    Matches,
    Resources,
    fires,
    ref,
    resource,
    rule_matches,
    silent,
)
from trailbell.validate.template_rules.InputTransformerUnsafeValue import (
    InputTransformerUnsafeValue,
)

_API_CALL: dict[str, object] = {"detail-type": ["AWS API Call via CloudTrail"]}


def _rule(template: object, path: str, pattern: object = None) -> Resources:
    transformer = {"InputTemplate": template, "InputPathsMap": {"a": path}}
    entry = {"Id": "t", "Arn": ref("Arn"), "InputTransformer": transformer}
    return {"R": resource("Events::Rule", EventPattern=pattern or _API_CALL, Targets=[entry])}


_IN_TEXT = '{"text": "It is <a>."}'
_PATH = "R.Properties.Targets.0.InputTransformer.InputTemplate"


def _finding(path: str) -> tuple[str, str]:
    return _PATH, (
        f"<a> is inside of a text of JSON, but a caller can choose the value at {path}, and "
        "EventBridge does not escape it: a quote makes the message invalid. Use it as a value of "
        "its own, without quotes."
    )


_CASES = [
    silent("a name that AWS writes", _rule(_IN_TEXT, "$.detail.eventName")),
    silent("a field of another name", _rule(_IN_TEXT, "$.detail.userAgents")),
    silent("a value of its own", _rule('{"text": <a>}', "$.detail.userAgent")),
    silent("a line, which is not JSON", _rule('"It is <a>."', "$.detail.userAgent")),
    silent(
        "an event of another service",
        _rule(_IN_TEXT, "$.detail.resources[0]", {"source": ["aws.config"]}),
    ),
    silent("a pattern from a parameter", _rule(_IN_TEXT, "$.detail.userAgent", ref("Pattern"))),
    silent("the type of identity", _rule(_IN_TEXT, "$.detail.userIdentity.type")),
    silent(
        "the name of a role, in which IAM allows no quotes",
        _rule(_IN_TEXT, "$.detail.userIdentity.sessionContext.sessionIssuer.userName"),
    ),
    silent("the account of an event", _rule(_IN_TEXT, "$.account")),
    silent(
        "text in quotes next to it", _rule('{"text": "It is:", "a": <a>}', "$.detail.userAgent")
    ),
    fires("the user agent", _rule(_IN_TEXT, "$.detail.userAgent"), _finding("$.detail.userAgent")),
    fires(
        "a part of the request",
        _rule(_IN_TEXT, "$.detail.requestParameters.name"),
        _finding("$.detail.requestParameters.name"),
    ),
    fires("the whole record", _rule(_IN_TEXT, "$.detail"), _finding("$.detail")),
    fires(
        "a pattern with a suffix, as text",
        _rule(
            _IN_TEXT,
            "$.detail.userIdentity.arn",
            '{"detail-type": [{"suffix": " via CloudTrail"}]}',
        ),
        _finding("$.detail.userIdentity.arn"),
    ),
    fires(
        "a pattern with alternatives",
        _rule(_IN_TEXT, "$.detail.errorMessage", {"$or": [{"source": ["a"]}, _API_CALL]}),
        _finding("$.detail.errorMessage"),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(InputTransformerUnsafeValue(), resources) == findings
