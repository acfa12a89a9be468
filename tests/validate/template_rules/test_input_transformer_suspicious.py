"""The rule W9824: an input transformer has text in quotes, and whole events outside of them."""

import pytest

from tests.validate.rule_matches import (
    Matches,
    Resources,
    fires,
    ref,
    resource,
    rule_matches,
    silent,
    sub,
)
from trailbell.validate.template_rules.InputTransformerSuspicious import InputTransformerSuspicious


def _rule(template: object) -> Resources:
    transformer = {"InputTemplate": template, "InputPathsMap": {"a": "$.detail.a"}}
    entry = {"Id": "t", "Arn": ref("Arn"), "InputTransformer": transformer}
    return {"R": resource("Events::Rule", Targets=[entry])}


_PATH = "R.Properties.Targets.0.InputTransformer.InputTemplate"
_CASES = [
    silent("a line", _rule('"It is <a>."')),
    silent("a variable alone", _rule("<a>")),
    silent("JSON", _rule('{"a": <a>, "e": <aws.events.event>}')),
    silent("a fault of another rule", _rule('"<b>"')),
    silent("a variable that may have quotes", _rule(sub("${Line} <a>"))),
    silent("two lines", _rule('"It is <a>."\n"See above."')),
    silent("the name of the rule in a text", _rule('{"text": "From <aws.events.rule-name>"}')),
    silent("a whole event as a list", _rule('[<aws.events.event.json>, "<a>"]')),
    silent("a template from a parameter", _rule(ref("Template"))),
    silent("a quote in a text", _rule('"It is \\"<a>\\"."')),
    fires(
        "text without quotes",
        _rule("It is <a>."),
        (
            _PATH,
            (
                "unquoted-text: the template has text outside of quotes; put each line in double "
                "quotes of its own"
            ),
        ),
    ),
    fires(
        "a line of two without quotes",
        _rule('"It is <a>."\nSee above.'),
        (
            _PATH,
            (
                "unquoted-text: the template has text outside of quotes; put each line in double "
                "quotes of its own"
            ),
        ),
    ),
    fires(
        "a whole event inside of quotes",
        _rule('{"e": "<aws.events.event.json>"}'),
        (
            _PATH,
            (
                "event-in-text: <aws.events.event.json> is inside of quotes; use it only as the "
                "value of a JSON member, without quotes"
            ),
        ),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(InputTransformerSuspicious(), resources) == findings
