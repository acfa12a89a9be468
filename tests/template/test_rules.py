"""Rules are evaluated as far as they are certain."""

from typing import Any

import pytest

from trailbell.template.evaluate import UNKNOWN, Scope
from trailbell.template.rules import RuleCheck, Violation, check_rules, refers_to

_PARAMETERS = {
    "Home": {"Type": "String", "Default": "eu-west-1"},
    "Mode": {"Type": "String", "Default": "strict"},
    "Days": {"Type": "Number", "Default": 30},
    "Zones": {"Type": "CommaDelimitedList", "Default": "a, b"},
    "Token": {"Type": "String", "NoEcho": True, "Default": "geheim"},
    "Later": {"Type": "String"},
    "Image": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/image"},
}
_HOME, _MODE, _DAYS, _ZONES, _LATER = (
    {"Ref": name} for name in ("Home", "Mode", "Days", "Zones", "Later")
)
_YES, _NO, _UNSURE = (
    {"Fn::Equals": [_HOME, "eu-west-1"]},
    {"Fn::Equals": [_HOME, "us-east-1"]},
    {"Fn::Equals": [_LATER, "x"]},
)


def _check(rule: Any, **values: Any) -> RuleCheck:
    template = {"Parameters": _PARAMETERS, "Rules": {"R": rule}, "Resources": {}}
    return check_rules(template, Scope(parameters=values, pseudo={"AWS::Region": "eu-west-1"}))


def _outcome(assertion: Any) -> str:
    check = _check({"Assertions": [{"Assert": assertion}]})
    return "violated" if check.violations else "unknown" if check.unknown else "holds"


@pytest.mark.parametrize(
    ("assertion", "expected"),
    [
        pytest.param({"Fn::Equals": [_HOME, "us-east-1"]}, "violated", id="two texts differ"),
        pytest.param({"Fn::Equals": [_ZONES, ["a", "c"]]}, "violated", id="two lists differ"),
        pytest.param({"Fn::Equals": [_DAYS, 31]}, "violated", id="two numbers differ"),
        pytest.param(
            {"Fn::Equals": [_HOME, {"Ref": "AWS::Region"}]}, "holds", id="a pseudo parameter"
        ),
        pytest.param({"Fn::Equals": [_DAYS, 30]}, "holds", id="a number and its text"),
        pytest.param({"Fn::Equals": [_ZONES, ["a", "b"]]}, "holds", id="two lists"),
        pytest.param({"Fn::Equals": [_YES, True]}, "holds", id="a result and a boolean"),
        pytest.param({"Fn::Equals": [_ZONES, "a"]}, "unknown", id="a list and a text"),
        pytest.param({"Fn::Equals": [_LATER, "a"]}, "unknown", id="a value that is not known"),
        pytest.param({"Fn::Equals": [{"Ref": "Image"}, "a"]}, "unknown", id="a value of SSM"),
        pytest.param({"Fn::Equals": [_HOME]}, "unknown", id="one operand"),
        pytest.param({"Fn::Not": [_YES]}, "violated", id="not, of a true condition"),
        pytest.param({"Fn::Not": [_NO]}, "holds", id="not, of a false condition"),
        pytest.param({"Fn::Not": [_UNSURE]}, "unknown", id="not, of an unknown condition"),
        pytest.param({"Fn::Not": _NO}, "unknown", id="not, without a list"),
        pytest.param({"Fn::And": [_UNSURE, _NO]}, "violated", id="and, one is false"),
        pytest.param({"Fn::And": [_YES, _YES]}, "holds", id="and, all are true"),
        pytest.param({"Fn::And": [_YES, _UNSURE]}, "unknown", id="and, one is unknown"),
        pytest.param({"Fn::And": []}, "unknown", id="and, of nothing"),
        pytest.param({"Fn::Or": [_NO, _NO]}, "violated", id="or, all are false"),
        pytest.param({"Fn::Or": [_UNSURE, _YES]}, "holds", id="or, one is true"),
        pytest.param({"Fn::Or": [_UNSURE, _NO]}, "unknown", id="or, one is unknown"),
        pytest.param({"Fn::Contains": [["x", "y"], _HOME]}, "violated", id="not in the list"),
        pytest.param({"Fn::Contains": [_ZONES, "c"]}, "violated", id="not in a list parameter"),
        pytest.param({"Fn::Contains": [["x", _HOME], "eu-west-1"]}, "holds", id="in the list"),
        pytest.param({"Fn::Contains": [_ZONES, "b"]}, "holds", id="in a list parameter"),
        pytest.param(
            {"Fn::Contains": [["eu-west-1", _LATER], _HOME]}, "holds", id="next to an unknown entry"
        ),
        pytest.param(
            {"Fn::Contains": [["x", _LATER], _HOME]}, "unknown", id="perhaps the unknown entry"
        ),
        pytest.param({"Fn::Contains": ["eu-west-1", _HOME]}, "unknown", id="in a text"),
        pytest.param({"Fn::EachMemberEquals": [_ZONES, "a"]}, "violated", id="one member differs"),
        pytest.param(
            {"Fn::EachMemberEquals": [["eu-west-1"], _HOME]}, "holds", id="each member is equal"
        ),
        pytest.param(
            {"Fn::EachMemberEquals": [[], _HOME]}, "unknown", id="members of an empty list"
        ),
        pytest.param(
            {"Fn::EachMemberEquals": [{"Fn::ValueOfAll": ["AWS::EC2::VPC::Id", "Tags.T"]}, "IT"]},
            "unknown",
            id="attributes of resources",
        ),
        pytest.param(
            {"Fn::EachMemberIn": [_ZONES, ["a"]]}, "violated", id="one member is in no list"
        ),
        pytest.param(
            {"Fn::EachMemberIn": [_ZONES, ["b", "a", "c"]]}, "holds", id="each member is in a list"
        ),
        pytest.param(
            {"Fn::EachMemberIn": [["a"], {"Fn::RefAll": "AWS::EC2::VPC::Id"}]},
            "unknown",
            id="all values of a type",
        ),
        pytest.param(
            {"Fn::Equals": [{"Fn::ValueOf": ["Vpc", "Tags.T"]}, "IT"]},
            "unknown",
            id="an attribute of a resource",
        ),
        pytest.param({"Fn::If": ["C", _NO, _NO]}, "unknown", id="a function that is refused"),
        pytest.param({"Fn::Sub": "x"}, "unknown", id="a function of other sections"),
        pytest.param({"Condition": "C"}, "unknown", id="a condition of the template"),
        pytest.param("yes", "unknown", id="no function"),
    ],
)
def test_an_assertion(assertion: Any, expected: str) -> None:
    assert _outcome(assertion) == expected


@pytest.mark.parametrize(
    ("condition", "assertion", "expected"),
    [
        pytest.param(_NO, _NO, "holds", id="a false condition"),
        pytest.param(_YES, _NO, "violated", id="a true condition"),
        pytest.param(_UNSURE, _NO, "unknown", id="an unknown condition of a false assertion"),
        pytest.param(_UNSURE, _YES, "holds", id="an unknown condition of a true assertion"),
    ],
)
def test_a_condition(condition: Any, assertion: Any, expected: str) -> None:
    check = _check({"RuleCondition": condition, "Assertions": [{"Assert": assertion}]})
    assert ("violated" if check.violations else "unknown" if check.unknown else "holds") == expected


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param("none", id="a text"),
        pytest.param({"Assertions": "none"}, id="a text instead of assertions"),
        pytest.param({"Assertions": ["none"]}, id="a text instead of an assertion"),
        pytest.param({"RuleCondition": _YES}, id="no assertions"),
    ],
)
def test_a_malformed_rule_is_unknown(rule: Any) -> None:
    assert _check(rule) == RuleCheck(unknown=("R",))


def test_a_violation_has_what_the_rule_reads() -> None:
    rule = {
        "RuleCondition": {"Fn::Contains": [_ZONES, "a"]},
        "Assertions": [
            {"Assert": _YES},
            {
                "Assert": {
                    "Fn::And": [
                        {"Fn::Equals": [{"Ref": "Token"}, ""]},
                        {"Fn::Equals": [_LATER, {"Ref": "AWS::Region"}]},
                    ]
                },
                "AssertDescription": "It must be empty.",
            },
        ],
    }
    (violation,) = _check(rule, Later=UNKNOWN).violations
    assert violation == Violation(
        rule="R",
        description="It must be empty.",
        values={
            "Zones": '"a,b"',
            "Token": "(hidden, because of NoEcho)",
            "Later": "(unknown)",
        },
    )
    assert str(violation) == (
        'rule R: It must be empty. (Zones "a,b", Token (hidden, because of NoEcho), '
        "Later (unknown))"
    )


@pytest.mark.parametrize(
    ("violation", "text"),
    [
        pytest.param(Violation(rule="R", values={}), "rule R", id="without a description"),
        pytest.param(
            Violation(rule="R", values={"A": '"x"'}), 'rule R: (A "x")', id="with values only"
        ),
    ],
)
def test_a_violation_as_text(violation: Violation, text: str) -> None:
    assert str(violation) == text


def test_each_rule_is_evaluated() -> None:
    rules = {
        name: {"Assertions": [{"Assert": assertion}]}
        for name, assertion in {"A": _NO, "B": _UNSURE, "C": _YES, "D": _NO}.items()
    }
    check = check_rules({"Parameters": _PARAMETERS, "Rules": rules}, Scope())
    assert ([v.rule for v in check.violations], check.unknown) == (["A", "D"], ("B",))


def test_a_template_without_rules() -> None:
    assert check_rules({"Parameters": _PARAMETERS, "Resources": {}}, Scope()) == RuleCheck()


@pytest.mark.parametrize(
    ("name", "expected"), [("Home", True), ("AWS::Region", True), ("AWS::AccountId", False)]
)
def test_what_the_rules_refer_to(name: str, *, expected: bool) -> None:
    assertion = {"Fn::Equals": [_HOME, {"Ref": "AWS::Region"}]}
    rules = {"R": {"Assertions": [{"Assert": assertion}]}}
    assert refers_to({"Parameters": _PARAMETERS, "Rules": rules}, name) is expected
