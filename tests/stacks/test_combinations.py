"""No combination of parameters makes a template that CloudFormation or a service would refuse."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from tests import PROJECT
from tests.stacks.combinations import (
    Values,
    combinations_of,
    first_values,
    problems,
    resolve,
    resource_names,
    scope,
)
from tests.stacks.matching_texts import matching_texts
from trailbell.dist import manifest
from trailbell.template.evaluate import Evaluator

_DOCUMENTS: dict[str, dict[str, Any]] = {
    stack: json.loads((PROJECT / "dist" / entry.json.name).read_bytes())
    for stack, entry in manifest.read(PROJECT / "dist").stacks.items()
}
_STACKS = sorted(_DOCUMENTS)
_MOST_EVERYDAY, _MOST_IN_SWEEP = 200, 6_000


@cache
def _rows(stack: str) -> list[Values]:
    return combinations_of(_DOCUMENTS[stack], strength=2, most=_MOST_EVERYDAY)


@cache
def _exports() -> Mapping[str, str]:
    """Everything that a stack exports in one of its first combinations."""
    return {
        output["Export"]["Name"]: output["Value"]
        for stack, document in _DOCUMENTS.items()
        if document.get("Outputs")
        for row in _rows(stack)[:100]
        for output in resolve(document, row)["Outputs"].values()
        if "Export" in output
    }


def _problems(stack: str, rows: list[Values]) -> dict[str, list[str]]:
    """Each problem with the parameters of the first combination that has it."""
    first: dict[str, list[str]] = {}
    for row in rows:
        for problem in problems(resolve(_DOCUMENTS[stack], row, _exports())):
            first.setdefault(problem, [f"{name}={value}" for name, value in row.items()])
    return first


@pytest.mark.parametrize("stack", _STACKS)
def test_a_template_is_complete_with_every_pair_of_parameter_values(stack: str) -> None:
    assert _problems(stack, _rows(stack)) == {}


@pytest.mark.slow
@pytest.mark.parametrize("stack", _STACKS)
def test_a_template_is_complete_with_every_three_parameter_values(stack: str) -> None:
    rows = combinations_of(_DOCUMENTS[stack], strength=3, most=_MOST_IN_SWEEP)
    assert _problems(stack, rows) == {}


def test_the_combinations_are_many() -> None:
    assert sum(len(_rows(stack)) for stack in _STACKS) >= 2_000


@pytest.mark.parametrize("stack", _STACKS)
def test_each_condition_is_true_in_one_combination_and_false_in_another(stack: str) -> None:
    """If this fails for a new condition, add values of its parameters to EXAMPLES."""
    document, seen = _DOCUMENTS[stack], defaultdict[str, set[bool | None]](set)
    for row in _rows(stack):
        evaluator = Evaluator(document, scope(document, row))
        for name in document.get("Conditions", {}):
            seen[name].add(evaluator.condition(name))
    assert {name: values for name, values in seen.items() if values != {True, False}} == {}


def test_the_stacks_of_an_installation_use_no_name_twice() -> None:
    """An installation has one of a stack and its alternative."""
    entries = manifest.read(PROJECT / "dist").stacks
    names = Counter(
        name
        for stack, entry in entries.items()
        if not entry.instead_of
        for document in (_DOCUMENTS[stack],)
        for name in resource_names(resolve(document, first_values(document), _exports()))
    )
    assert [name for name, count in names.items() if count > 1] == []


def _names_in(stack: str, installation: str) -> set[tuple[str, str]]:
    """The names of the resources and exports of a stack in an installation.

    StackSets have default names of their roles, so a second installation names its own.
    """
    document = _DOCUMENTS[stack]
    exports = {
        name.replace("security-alerts", installation, 1): value
        for name, value in _exports().items()
    }
    roles = {"AdministrationRoleName", "ExecutionRoleName"} & document["Parameters"].keys()
    values = {
        **first_values(document),
        "InstallationName": installation,
        **{name: f"{installation}-{name}" for name in roles},
    }
    resolved = resolve(document, values, exports)
    outputs = resolved["Outputs"].values()
    exported = {("export", output["Export"]["Name"]) for output in outputs if "Export" in output}
    return {*resource_names(resolved), *exported}


@pytest.mark.parametrize(
    "stack", [s for s in _STACKS if "InstallationName" in _DOCUMENTS[s]["Parameters"]]
)
def test_two_installations_have_no_name_in_common(stack: str) -> None:
    first, second = _names_in(stack, "first"), _names_in(stack, "second")
    assert (len(first), first & second) == (len(second), set())


# ------------------------------------------------------------------------------ the checks


def _template(resource: dict[str, Any], **sections: Any) -> dict[str, Any]:
    """A template with a parameter that switches a condition, a conditional resource, and one more
    resource."""
    return {
        "Parameters": {"Mode": {"Type": "String", "Default": "on", "AllowedValues": ["on", "off"]}},
        "Conditions": {"IsOn": {"Fn::Equals": [{"Ref": "Mode"}, "on"]}},
        "Resources": {
            "Optional": {"Type": "AWS::SNS::Topic", "Condition": "IsOn"},
            "Other": {"Type": "AWS::SNS::Topic"} | resource,
        },
        "Outputs": {},
        **sections,
    }


def _properties(**properties: Any) -> dict[str, Any]:
    return _template({"Properties": properties})


_NOT_MADE = "Resources.Other.Properties.TopicName cannot be resolved: "


@pytest.mark.parametrize(
    "template",
    [
        pytest.param(
            _properties(TopicName={"Fn::If": ["IsOn", {"Ref": "Optional"}, "none"]}),
            id="a reference in the branch of the same condition",
        ),
        pytest.param(
            _properties(TopicName={"Fn::If": ["IsOn", "on", {"Ref": "AWS::NoValue"}]}),
            id="a property that is left out",
        ),
        pytest.param(
            _template({"Condition": "IsOn", "DependsOn": ["Optional"]}),
            id="a dependency of a resource with the same condition",
        ),
        pytest.param(
            _properties(TopicName={"Fn::ImportValue": {"Fn::Sub": "${AWS::StackName}-Topic"}}),
            id="an import of what a stack exports",
        ),
    ],
)
def test_a_complete_template_has_no_problem(template: dict[str, Any]) -> None:
    rows = combinations_of(template, strength=2, most=10)
    exports = {"security-alerts-Topic": "topic"}
    assert [[*problems(resolve(template, row, exports))] for row in rows] == [[], []]


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        pytest.param(
            _properties(TopicName={"Ref": "Optional"}),
            _NOT_MADE + "{'Ref': 'Optional'}",
            id="Ref to a resource that is not made",
        ),
        pytest.param(
            _properties(TopicName={"Fn::GetAtt": ["Optional", "TopicName"]}),
            _NOT_MADE + "{'Fn::GetAtt': ['Optional', 'TopicName']}",
            id="GetAtt of a resource that is not made",
        ),
        pytest.param(
            _properties(TopicName={"Fn::Sub": "of-${Optional.TopicName}"}),
            _NOT_MADE + "{'Fn::Sub': 'of-${Optional.TopicName}'}",
            id="Sub with a resource that is not made",
        ),
        pytest.param(
            _properties(TopicName={"Fn::If": ["IsOn", "on", {"Ref": "Optional"}]}),
            _NOT_MADE + "{'Ref': 'Optional'}",
            id="a reference in the branch of the opposite condition",
        ),
        pytest.param(
            _properties(TopicName={"Fn::If": ["IsOff", "on", "off"]}),
            _NOT_MADE + "{'Fn::If': ['IsOff', 'on', 'off']}",
            id="a condition that is not defined",
        ),
        pytest.param(
            _properties(TopicName={"Fn::ImportValue": "nothing"}),
            _NOT_MADE + "{'Fn::ImportValue': 'nothing'}",
            id="an import of what no stack exports",
        ),
        pytest.param(
            _template({"DependsOn": "Optional"}),
            'Other depends on "Optional", which is not made',
            id="a dependency on a resource that is not made",
        ),
        pytest.param(
            _template({"DependsOn": ["Optional"]}),
            'Other depends on "Optional", which is not made',
            id="a list with a dependency on a resource that is not made",
        ),
        pytest.param(
            _template({}, Outputs={"Name": {"Value": {"Ref": "Optional"}}}),
            "Outputs.Name.Value cannot be resolved: {'Ref': 'Optional'}",
            id="an output of a resource that is not made",
        ),
        pytest.param(
            _template({}, Outputs={"Name": {"Value": {"Fn::If": ["IsOn", "on", ""]}}}),
            "output Name is empty",
            id="an output without text",
        ),
        pytest.param(
            _template(
                {},
                Outputs={
                    name: {"Value": "x", "Export": {"Name": {"Fn::If": ["IsOn", name, "same"]}}}
                    for name in ("A", "B")
                },
            ),
            '"same" is exported twice',
            id="two exports of the same name",
        ),
        pytest.param(
            _properties(TopicName={"Fn::If": ["IsOn", "on", ""]}),
            "Other.TopicName is empty: ''",
            id="an empty text as a property",
        ),
        pytest.param(
            _properties(TopicName={"Fn::If": ["IsOn", "on", {"Ref": "Key"}]})
            | {
                "Parameters": {
                    "Mode": {"Type": "String", "AllowedValues": ["off"]},
                    "Key": {"Type": "String", "Default": "none", "AllowedPattern": "^none$"},
                },
                "Conditions": {
                    "IsOn": {"Fn::Equals": [{"Ref": "Mode"}, "on"]},
                    "HasNoKey": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Key"}, "none"]}]},
                },
            },
            'Other.TopicName is "none", which is no value',
            id="a word that a parameter has instead of a value",
        ),
        pytest.param(
            _properties(
                TopicArn={
                    "Fn::Sub": [
                        "arn:aws:sns:eu-west-1:${O}:x",
                        {"O": {"Fn::If": ["IsOn", "1", ""]}},
                    ]
                }
            ),
            'Other.TopicArn is incomplete: "arn:aws:sns:eu-west-1::x"',
            id="an ARN without an account",
        ),
        pytest.param(
            _properties(
                Arn={"Fn::Sub": ["arn:aws:s3:::b/${P}/x", {"P": {"Fn::If": ["IsOn", "p", ""]}}]}
            ),
            'Other.Arn is incomplete: "arn:aws:s3:::b//x"',
            id="an ARN with an empty part",
        ),
        pytest.param(
            _properties(Tags=[{"Fn::If": ["IsOn", "on", {"Ref": "AWS::NoValue"}]}]),
            "Other.Tags is empty: []",
            id="an empty list as a property",
        ),
        pytest.param(
            _template(
                {"Properties": {"TopicName": "same"}},
                Resources={
                    name: {
                        "Type": "AWS::SNS::Topic",
                        "Properties": {"TopicName": {"Fn::If": ["IsOn", name, "same"]}},
                    }
                    for name in ("A", "B")
                },
            ),
            '2 resources of type AWS::SNS::Topic are called "same"',
            id="two resources of one type with the same name",
        ),
    ],
)
def test_a_problem_of_one_combination_is_reported(template: dict[str, Any], problem: str) -> None:
    rows = combinations_of(template, strength=2, most=10)
    assert {tuple(problems(resolve(template, row))) for row in rows} in (
        {(), (problem,)},
        {(problem,)},
    )


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        pytest.param("^$|^[a-z0-9][a-z0-9.-]{1,61}$", ("xx",), id="not the empty branch"),
        pytest.param("^none$|^create$|^arn:[^:]+$", ("none", "create", "arn:x"), id="branches"),
        pytest.param("^a(b|cd)?e$", ("abe", "acde"), id="the branches of a group"),
        pytest.param(r"^o-\w{10}(/\d+)?$", ("o-xxxxxxxxxx/0",), id="classes, an optional part"),
        pytest.param("^[^x0]*.$", ("Xx",), id="a class of what is excluded"),
    ],
)
def test_texts_are_made_that_match_a_pattern(pattern: str, texts: tuple[str, ...]) -> None:
    assert matching_texts(pattern) == texts
