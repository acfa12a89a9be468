"""The rule W9816: a filter pattern says what was meant."""

import pytest

from tests.validate.judged import Found, Resources, fires, judged, ref, resource, silent
from trailbell.validate.rules.FilterPatternSlip import FilterPatternSlip


def _filter(pattern: object) -> Resources:
    return {"F": resource("Logs::MetricFilter", FilterPattern=pattern)}


_NEVER = (
    "never-true, at character 4: the pattern never matches: "
    '$.eventName = "StopLogging" and $.eventName = "StartLogging" exclude each other; '
    "remove it or correct it"
)
_AT = "F.Properties.FilterPattern"
_CASES = [
    silent("a pattern", _filter('{ $.eventName = "StopLogging" }')),
    silent("a pattern from a parameter", _filter(ref("Pattern"))),
    silent("what is no pattern, which another rule tells", _filter("{ $.eventName }")),
    fires(
        "what never matches",
        _filter('{ ($.eventName = "StopLogging") && ($.eventName = "StartLogging") }'),
        (
            _AT,
            _NEVER,
        ),
    ),
]


@pytest.mark.parametrize(("resources", "found"), _CASES)
def test_rule(resources: Resources, found: Found) -> None:
    assert judged(FilterPatternSlip(), resources) == found
