"""Rules are evaluated as far as they are certain."""

from typing import Any

import pytest

from trailbell.template.parameter_rules import violated_rules

CONTAINS = {"Fn::Contains": [["eu-central-1", "eu-west-1"], {"Ref": "Home"}]}
EQUALS = {"Fn::Equals": [{"Ref": "Mode"}, "strict"]}


def template(**rule: Any) -> dict[str, Any]:
    """A template with one rule."""
    return {
        "Parameters": {"Home": {"Type": "String"}, "Mode": {"Type": "String", "Default": "strict"}},
        "Rules": {"Homes": rule},
        "Resources": {},
    }


@pytest.mark.parametrize(
    ("rule", "home", "expected"),
    [
        pytest.param({"Assertions": [{"Assert": CONTAINS}]}, "eu-west-1", [], id="it holds"),
        pytest.param(
            {
                "RuleCondition": {"Fn::Not": [EQUALS]},
                "Assertions": [{"Assert": CONTAINS}],
            },
            "us-east-1",
            [],
            id="its condition does not hold",
        ),
        pytest.param(
            {"Assertions": [{"Assert": {"Fn::EachMemberIn": [["a"], ["b"]]}}]},
            "us-east-1",
            [],
            id="a function that is not known here",
        ),
        pytest.param(
            {"Assertions": [{"Assert": {"Fn::Or": [CONTAINS, EQUALS]}}]},
            "us-east-1",
            [],
            id="one of two holds",
        ),
        pytest.param({"Assertions": "none"}, "us-east-1", [], id="a malformed rule"),
        pytest.param(
            {"Assertions": [{"Assert": CONTAINS, "AssertDescription": "Home must be in Europe."}]},
            "us-east-1",
            ["rule Homes: Home must be in Europe."],
            id="it does not hold",
        ),
        pytest.param(
            {"RuleCondition": EQUALS, "Assertions": [{"Assert": {"Fn::And": [EQUALS, CONTAINS]}}]},
            "us-east-1",
            ["rule Homes"],
            id="its condition holds and one of two does not",
        ),
    ],
)
def test_rules_that_values_violate(rule: Any, home: str, expected: list[str]) -> None:
    assert list(violated_rules(template(**rule), {"Home": home})) == expected
