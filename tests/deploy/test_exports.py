"""Exports and imports are checked before the first change."""

from typing import Any

import pytest

from tests.deploy.conftest import Deployer, target
from tests.deploy.fake import Fault
from trailbell.deploy.environment import StackOutput
from trailbell.deploy.target import StackToDeploy

_PARAMETERS = {
    "Name": {"Type": "String", "Default": "alerts", "Description": "First part of all names."},
    "Bucket": {"Type": "String", "Default": "import", "Description": "The bucket to watch."},
    "Topic": {"Type": "String", "NoEcho": True, "Default": "geheim"},
}


def _output(suffix: str, **attributes: Any) -> dict[str, Any]:
    return {"Value": "x", "Export": {"Name": {"Fn::Sub": f"${{Name}}-{suffix}"}}} | attributes


def _base(name: str = "base", *suffixes: str, **values: Any) -> StackToDeploy:
    outputs = {f"O{number}": _output(each) for number, each in enumerate(suffixes or ("Topic",))}
    document = {
        "Parameters": _PARAMETERS,
        "Conditions": {"Later": {"Fn::Equals": [{"Ref": "Bucket"}, "later"]}},
        "Resources": {"A": {"Type": "AWS::SNS::Topic"}},
        "Outputs": outputs | {"L": _output("Later", Condition="Later")},
    }
    return target(name, document, parameters=values)


def _pack(**values: Any) -> StackToDeploy:
    """It imports a topic, and a bucket unless a parameter names one."""
    bucket = {"Fn::If": ["Imports", {"Fn::ImportValue": {"Fn::Sub": "${Name}-Bucket"}}, "given"]}
    topic = {"Fn::ImportValue": {"Fn::Sub": "${Name}-Topic"}}
    document = {
        "Parameters": _PARAMETERS,
        "Conditions": {
            "Asked": {"Fn::Equals": [{"Ref": "Bucket"}, "import"]},
            "Imports": {"Fn::And": [{"Condition": "Asked"}, {"Condition": "Asked"}]},
        },
        "Resources": {
            "A": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": topic}},
            "B": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": bucket}},
            "C": {
                "Type": "AWS::SNS::Topic",
                "Condition": "Asked",
                "Properties": {"DisplayName": topic},
            },
        },
    }
    return target("pack", document, parameters=values)


def _texts(deployer: Deployer, *targets: StackToDeploy) -> dict[str, str]:
    """The texts of the refused stacks. Nothing must have been changed."""
    results = deployer.deploy(*targets)
    assert deployer.fake.effects() == []
    return {result.name: result.text for result in results if result.status == "refused"}


_WAY_OUT = (
    "A name can exist once in an account and Region. Give this stack another Name, or delete the "
    "other stack."
)


@pytest.mark.parametrize(
    ("stack", "exports"),
    [
        pytest.param(_base(), {}, id="nothing is exported yet"),
        pytest.param(_base(), {"alerts-Topic": "base"}, id="the stack itself exports it"),
        pytest.param(_base(), {"alerts-Bucket": "other"}, id="another stack has another name"),
        pytest.param(_base(), {"alerts-Later": "other"}, id="the output has a false condition"),
        pytest.param(_base(Name="second"), {"alerts-Topic": "other"}, id="the parameter differs"),
    ],
)
def test_exports_without_a_conflict(
    deployer: Deployer, stack: StackToDeploy, exports: dict[str, str]
) -> None:
    deployer.fake.exports, deployer.fake.exporters = dict.fromkeys(exports, "v"), exports
    assert deployer.status(stack) == [("base", "deployed")]


def test_an_export_of_another_stack_is_refused(deployer: Deployer) -> None:
    deployer.fake.exporters = {
        "alerts-Topic": "StackSet-base-1", "alerts-Bucket": "old", "alerts-A": "old",
        "alerts-B": "old", "alerts-C": "old",
    }  # fmt: skip
    deployer.fake.exports = dict.fromkeys(deployer.fake.exporters, "v")
    assert _texts(deployer, _base("base", "Topic", "Bucket", "A", "B", "C")) == {
        "base": (
            'exports "alerts-A", "alerts-B", "alerts-Bucket" and 1 more, which stack old exports '
            f"already\n{_WAY_OUT}\n"
            f'exports "alerts-Topic", which stack StackSet-base-1 exports already\n{_WAY_OUT}'
        )
    }


def test_two_stacks_with_the_same_export_are_refused(deployer: Deployer) -> None:
    assert _texts(deployer, _base("one"), _base("two"), _base("three", Name="x")) == {
        "two": f'exports "alerts-Topic", as stack one does\n{_WAY_OUT}'
    }


def test_a_fixed_name_has_another_way_out(deployer: Deployer) -> None:
    output = {"O": {"Value": "x", "Export": {"Name": "fixed"}}}
    document = {"Resources": {"A": {"Type": "AWS::SNS::Topic"}}, "Outputs": output}
    deployer.fake.exports = {"fixed": "v"}
    assert _texts(deployer, target("base", document)) == {
        "base": (
            'exports "fixed", which stack another exports already\nA name can exist once in an '
            "account and Region. Change the names, or delete the other stack."
        )
    }


def test_missing_imports_name_the_parameters_that_decide(deployer: Deployer) -> None:
    assert _texts(deployer, _pack(Name="second")) == {
        "pack": (
            'imports "second-Bucket", which no stack in us-east-1 exports\n'
            "Deploy the stack that exports it, or correct the parameters:\n"
            '  Name "second": First part of all names.\n'
            '  Bucket "import": The bucket to watch.\n'
            'imports "second-Topic", which no stack in us-east-1 exports\n'
            "Deploy the stack that exports it, or correct the parameters:\n"
            '  Name "second": First part of all names.'
        )
    }


@pytest.mark.parametrize(
    "stacks",
    [
        pytest.param([_pack(Bucket="given")], id="a branch that is not taken"),
        pytest.param([_pack(Bucket=StackOutput("base", "O"))], id="a branch that may not be taken"),
    ],
)
def test_an_import_that_is_not_certain_is_not_refused(
    deployer: Deployer, stacks: list[StackToDeploy]
) -> None:
    deployer.fake.exports = {"alerts-Topic": "v"}
    deployer.fake.put("base", "CREATE_COMPLETE", outputs={"O": "given"})
    assert {status for _, status in deployer.status(*stacks)} == {"deployed"}


def test_an_export_with_an_unknown_name_may_be_the_imported_one(deployer: Deployer) -> None:
    deployer.fake.put("later", "CREATE_COMPLETE", outputs={"O": "alerts"})
    base = _base("base", "Topic", "Bucket", Name=StackOutput("later", "O"))
    assert {status for _, status in deployer.status(base, _pack())} == {"deployed"}


def test_exports_that_may_not_be_listed_are_named(deployer: Deployer) -> None:
    deployer.fake.fault("ListExports", Fault.DENIED)
    assert deployer.status(_base()) == [("base", "deployed")]
    assert deployer.ui.messages[0].startswith(
        "The exports of the account could not be read, so the names that the stacks export and "
        "import are not checked: "
    )


def _exporting(name: Any = "t", value: Any = "x", **attributes: Any) -> StackToDeploy:
    """A stack that exports a value."""
    document = {
        "Parameters": _PARAMETERS,
        "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
        "Resources": {"A": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {"O": {"Value": value, "Export": {"Name": name}} | attributes},
    }
    return target("base", document)


def _warnings(deployer: Deployer, stack: StackToDeploy, replacement: str = "False") -> list[str]:
    """The warnings about exports in the plan of a stack that exports "t", which pack imports."""
    change = {
        "Action": "Modify",
        "LogicalResourceId": "A",
        "ResourceType": "AWS::SNS::Topic",
        "Replacement": replacement,
        "Details": [],
    }
    deployer.fake.changes = [change]
    deployed = deployer.fake.put("base", "CREATE_COMPLETE", outputs={"O": "x"})
    deployed.exports = {"O": "t"}
    deployer.fake.imports = {"t": ["pack", "queries"]}
    deployer.deploy(stack)
    (plan,) = deployer.ui.plans
    return [notice.text for notice in plan.stacks[0].notices if "xport" in notice.text]


_ADVICE = (
    "but it is in use by pack, queries. CloudFormation will reject that and roll back. Change "
    "these stacks first so that they no longer import it."
)


@pytest.mark.parametrize(
    ("stack", "replacement"),
    [
        pytest.param(_exporting(), "True", id="the value stays"),
        pytest.param(_exporting(value={"Ref": "A"}), "False", id="only the deployment knows it"),
        pytest.param(
            _exporting({"Fn::Sub": "${Missing}"}), "False", id="only the deployment knows the name"
        ),
    ],
)
def test_an_export_that_stays(deployer: Deployer, stack: StackToDeploy, replacement: str) -> None:
    assert _warnings(deployer, stack, replacement) == []


@pytest.mark.parametrize(
    ("stack", "replacement", "verb"),
    [
        pytest.param(_exporting("another"), "False", "removed", id="another name"),
        pytest.param(_exporting(Condition="Never"), "False", "removed", id="a false condition"),
        pytest.param(_exporting(value="y"), "False", "changed", id="another value"),
        pytest.param(
            _exporting(value={"Ref": "A"}), "True", "changed", id="its resource is replaced"
        ),
    ],
)
def test_an_export_that_changes_while_it_is_in_use(
    deployer: Deployer, stack: StackToDeploy, replacement: str, verb: str
) -> None:
    assert _warnings(deployer, stack, replacement) == [f'Export "t" is {verb}, {_ADVICE}']


def test_an_export_that_changes_and_that_no_stack_imports(deployer: Deployer) -> None:
    deployed = deployer.fake.put("base", "CREATE_COMPLETE", outputs={"O": "x"})
    deployed.exports = {"O": "t"}
    deployer.deploy(_exporting("another"))
    (plan,) = deployer.ui.plans
    assert [n.text for n in plan.stacks[0].notices if "xport" in n.text] == []


def test_importers_that_may_not_be_listed_are_unknown(deployer: Deployer) -> None:
    deployer.fake.fault("ListImports", Fault.DENIED)
    (text,) = _warnings(deployer, _exporting("another"))
    assert text.startswith('Export "t" is removed. Whether other stacks import it is not known: ')
