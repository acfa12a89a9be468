"""The rule W9816: a filter pattern can match the intended events."""

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
from trailbell.validate.template_rules.FilterPatternSuspicious import FilterPatternSuspicious


def _filter(pattern: object) -> Resources:
    return {"F": resource("Logs::MetricFilter", FilterPattern=pattern)}


_NEVER = (
    "never-true, at character 4: the pattern never matches: "
    '$.eventName = "StopLogging" and $.eventName = "StartLogging" exclude each other; '
    "correct or remove it"
)
_PATH = "F.Properties.FilterPattern"
_CASES = [
    silent("a pattern", _filter('{ $.eventName = "StopLogging" }')),
    silent("a pattern from a parameter", _filter(ref("Pattern"))),
    silent("an invalid pattern, which E9815 reports", _filter("{ $.eventName }")),
    silent(
        "an exclusion of fields that may be missing",
        _filter('{ ($.userIdentity.userName NOT EXISTS) || ($.userIdentity.userName != "a") }'),
    ),
    silent(
        "a name that only the deployment knows",
        _filter(sub('{ ($.eventSource = "iam.amazonaws.com") && ($.eventName = "${Name}") }')),
    ),
    silent("the log of an application", _filter('{ ($.eventname = "x") && ($.level = "error") }')),
    silent("terms", _filter("?ERROR ?WARN")),
    fires(
        "a pattern that never matches",
        _filter('{ ($.eventName = "StopLogging") && ($.eventName = "StartLogging") }'),
        (
            _PATH,
            _NEVER,
        ),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(FilterPatternSuspicious(), resources) == findings
