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
_SINGLE_AND = (
    "The filter pattern is invalid, at character 8: unexpected '&'; expected a comparison: = != "
    "< <= "
    "> >=, IS NULL, IS TRUE, IS FALSE or NOT EXISTS"
)
_PARAMETERS = {
    "Clauses": {"Type": "String", "Default": '($.a = "b") || ($.c = "d")'},
    "Wrong": {"Type": "String", "Default": "{ $.eventName }"},
    "Chosen": {"Type": "String", "AllowedValues": ["ERROR", "{ $.eventName }"]},
}
_MAPPINGS = {"M": {"a": {"p": "{ $.eventName }"}}}
_PATH = "F.Properties.FilterPattern"
_CASES = [
    silent("a pattern", _filter('{ $.eventName = "StopLogging" }')),
    silent("a pattern of terms", _filter("ERROR -timeout")),
    silent("a pattern from a parameter", _filter(ref("Pattern"))),
    silent("a pattern with a variable", _filter(sub('{ $.a.b = "${Name}" }'))),
    silent("a clause in a variable", _filter(sub('{ ($.a = "b") && ${Clause} }'))),
    silent("a clause in the default of a parameter", _filter(sub("{ ${Clauses} }"))),
    silent("a dynamic reference", _filter("{{resolve:ssm:/p/filter}}")),
    silent("part of a pattern in another stack", _filter(sub("{ $.a = ${Other.Out} }"))),
    silent("a key of a mapping that is not there", _filter({"Fn::FindInMap": ["M", "b", "p"]})),
    silent("fields of a line", _filter("[ip, user, time, request, status=4*, size > 1000]")),
    silent("a regular expression", _filter("{ $.errorCode = %Denied|Unauthorized% }")),
    silent("an entry of a list", _filter('{ $.resources[0].ARN = "*:key/*" }')),
    fires(
        "a fault in a mapping",
        _filter({"Fn::FindInMap": ["M", "a", "p"]}),
        (_PATH, _UNFINISHED),
    ),
    fires(
        "a fault in the default of a parameter",
        _filter(ref("Wrong")),
        (_PATH, _UNFINISHED),
    ),
    fires(
        "a fault in an allowed value",
        _filter(ref("Chosen")),
        (_PATH, _UNFINISHED),
    ),
    fires(
        "parts that are joined",
        _filter({"Fn::Join": [" ", ["{", "$.eventName", "}"]]}),
        (_PATH, _UNFINISHED),
    ),
    fires(
        "a fault before what is not known",
        _filter(sub('{ ($.a & "b") && ${Clause} }')),
        (_PATH, _SINGLE_AND),
    ),
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
    matches = rule_matches(
        FilterPatternInvalid(), resources, Parameters=_PARAMETERS, Mappings=_MAPPINGS
    )
    assert matches == findings
