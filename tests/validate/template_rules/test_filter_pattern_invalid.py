"""The rule E9815: a filter pattern is valid."""

import pytest

from tests.validate.rule_matches import (
    Matches,
    Resources,
    either,
    fires,
    ref,
    resource,
    rule_matches,
    silent,
    sub,
)
from trailbell.validate.template_rules.FilterPatternInvalid import FilterPatternInvalid


def _filter(pattern: object) -> Resources:
    return {"F": resource("Logs::MetricFilter", FilterPattern=pattern)}


_UNFINISHED = (
    "The filter pattern is invalid, at character 15: unexpected '}'; expected a comparison: = "
    "!= < <= > >=, IS NULL, IS TRUE, IS FALSE or NOT EXISTS"
)
_PATH = "F.Properties.FilterPattern"
_CASES = [
    silent("a pattern", _filter('{ $.eventName = "StopLogging" }')),
    silent("a pattern of terms", _filter("ERROR -timeout")),
    silent("a pattern from a parameter", _filter(ref("Pattern"))),
    silent("a pattern with a variable", _filter(sub('{ $.a.b = "${Name}" }'))),
    fires(
        "a single &",
        _filter('{ ($.eventName = "a") & ($.eventName = "b") }'),
        (_PATH, "The filter pattern is invalid, at character 23: unexpected '&'; use '&&'"),
    ),
    fires(
        "one branch of two",
        _filter(either("ERROR", "{ $.eventName }")),
        (
            f"{_PATH}.Fn::If.2",
            _UNFINISHED,
        ),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(FilterPatternInvalid(), resources) == findings
