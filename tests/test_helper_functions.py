"""Every helper function of troposphere compiles, also inside ``If`` where it is allowed."""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
import troposphere
from troposphere import (
    And,
    AWSHelperFn,
    Base64,
    Cidr,
    Condition,
    Equals,
    Export,
    FindInMap,
    GenericHelperFn,
    GetAtt,
    GetAZs,
    GetStackOutput,
    If,
    ImportValue,
    Join,
    Name,
    Not,
    Or,
    Ref,
    Select,
    Split,
    Sub,
    Tag,
    Tags,
    Template,
    autoscaling,
    cloudformation,
    sns,
)

from trailbell.catalog.detection import Catalog
from trailbell.compiler import provenance
from trailbell.compiler.compile import CompiledStack, compile_stack
from trailbell.compiler.stack import Stack
from trailbell.template.parse import parse_yaml

_ON = Equals(Ref("AWS::Region"), "us-east-1")
_INIT = cloudformation.InitConfig(commands={"a": {"command": "b"}})

# Each class, one of it, and what it is in a template.
_EXAMPLES: tuple[tuple[AWSHelperFn, Any], ...] = (
    (And(_ON, Condition("C")), {"Fn::And": [_ON.to_dict(), {"Condition": "C"}]}),
    (Base64("x"), {"Fn::Base64": "x"}),
    (Cidr("10.0.0.0/16", 2, 8), {"Fn::Cidr": ["10.0.0.0/16", 2, 8]}),
    (Condition("C"), {"Condition": "C"}),
    (Equals("a", Ref("P")), {"Fn::Equals": ["a", {"Ref": "P"}]}),
    (Export(Sub("${P}-x")), {"Name": {"Fn::Sub": "${P}-x"}}),
    (FindInMap("M", "a", "b"), {"Fn::FindInMap": ["M", "a", "b"]}),
    (GenericHelperFn({"Fn::Length": [1]}), {"Fn::Length": [1]}),
    (GetAZs(), {"Fn::GetAZs": ""}),
    (GetAtt("R", "Arn"), {"Fn::GetAtt": ["R", "Arn"]}),
    (
        GetStackOutput("trail", "Arn", Region="eu-west-1"),
        {"Fn::GetStackOutput": {"StackName": "trail", "OutputName": "Arn", "Region": "eu-west-1"}},
    ),
    (If("C", Tags(A="b"), Ref("AWS::NoValue")),
     {"Fn::If": ["C", [{"Key": "A", "Value": "b"}], {"Ref": "AWS::NoValue"}]}),
    (ImportValue(Sub("${P}-x")), {"Fn::ImportValue": {"Fn::Sub": "${P}-x"}}),
    (Join("-", ["a", Ref("P")]), {"Fn::Join": ["-", ["a", {"Ref": "P"}]]}),
    (Name("x"), "x"),
    (Not(_ON), {"Fn::Not": [_ON.to_dict()]}),
    (Or(_ON, Condition("C")), {"Fn::Or": [_ON.to_dict(), {"Condition": "C"}]}),
    (Ref("P"), {"Ref": "P"}),
    (Select(0, GetAZs()), {"Fn::Select": [0, {"Fn::GetAZs": ""}]}),
    (Split(",", Ref("P")), {"Fn::Split": [",", {"Ref": "P"}]}),
    (Sub("${X}", X=Ref("P")), {"Fn::Sub": ["${X}", {"X": {"Ref": "P"}}]}),
    (Tag("A", "b"), {"Key": "A", "Value": "b"}),
    (Tags({"A": Ref("P")}, If("C", Tag("B", "c"), Ref("AWS::NoValue"))),
     [{"Fn::If": ["C", {"Key": "B", "Value": "c"}, {"Ref": "AWS::NoValue"}]},
      {"Key": "A", "Value": {"Ref": "P"}}]),
    (autoscaling.Tag("A", "b", propogate=True),
     {"Key": "A", "Value": "b", "PropagateAtLaunch": True}),
    (autoscaling.Tags(A="b", C=("d", False)),
     [{"Key": "A", "Value": "b", "PropagateAtLaunch": True},
      {"Key": "C", "Value": "d", "PropagateAtLaunch": False}]),
    (autoscaling.Metadata(cloudformation.Init({"config": _INIT})),
     {"AWS::CloudFormation::Init": {"config": _INIT.to_dict()}}),
    (cloudformation.Authentication({"a": cloudformation.AuthenticationBlock(type="S3")}),
     {"AWS::CloudFormation::Authentication": {"a": {"type": "S3"}}}),
    (cloudformation.Init({"config": _INIT}),
     {"AWS::CloudFormation::Init": {"config": _INIT.to_dict()}}),
    (cloudformation.InitConfigSets(a=["config"]), {"a": ["config"]}),
    (cloudformation.InitFileContext({"a": Ref("P")}), {"a": {"Ref": "P"}}),
    (cloudformation.InitFiles({"/a": cloudformation.InitFile(content="b")}),
     {"/a": {"content": "b"}}),
    (cloudformation.InitServices({"a": cloudformation.InitService(enabled=True)}),
     {"a": {"enabled": True}}),
    (cloudformation.Metadata(cloudformation.Init({"config": _INIT}), {"Mine": {"a": "b"}}),
     {"AWS::CloudFormation::Init": {"config": _INIT.to_dict()}, "Mine": {"a": "b"}}),
)  # fmt: skip


def _classes(of: type[AWSHelperFn]) -> Iterator[type[AWSHelperFn]]:
    for found in of.__subclasses__():
        if found.__module__.startswith("troposphere"):
            yield found
        yield from _classes(found)


def _program(value: Any) -> CompiledStack:
    def template(_: Catalog) -> Template:
        made = Template("d", {"Value": value, "InIf": If("C", value, Ref("AWS::NoValue"))})
        made.add_resource(sns.Topic("T"))
        return made

    with provenance.record_locations():
        return compile_stack(Stack(name="x", summary="s", template=template), Catalog(()))


def test_there_is_an_example_of_every_helper_class() -> None:
    for module in pkgutil.walk_packages(troposphere.__path__, "troposphere."):
        importlib.import_module(module.name)
    assert {*_classes(AWSHelperFn)} - {type(example) for example, _ in _EXAMPLES} == set()


@pytest.mark.parametrize(
    ("value", "expected"),
    [pytest.param(*example, id=f"{type(example[0]).__module__}.{type(example[0]).__name__}")
     for example in _EXAMPLES],
)  # fmt: skip
def test_it_compiles_alone_and_within_if(value: AWSHelperFn, expected: Any) -> None:
    made = _program(value)
    metadata = {"Value": expected, "InIf": {"Fn::If": ["C", expected, {"Ref": "AWS::NoValue"}]}}
    assert made.document["Metadata"] == metadata
    assert json.loads(made.json) == made.document
    assert parse_yaml(made.yaml) == made.document


def test_a_helper_of_a_program_s_own_compiles_whatever_it_keeps() -> None:
    class Own(AWSHelperFn):  # type: ignore[misc] # troposphere has no types
        def __init__(self) -> None:
            self.kept = "x"

        def to_dict(self) -> Any:
            return {"Fn::Sub": self.kept}

    assert _program(Own()).document["Metadata"]["Value"] == {"Fn::Sub": "x"}
