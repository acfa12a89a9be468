"""
The module of a stack, and the test of it.

In:    a name; the pack that the stack deploys, if it does.
Out:   the texts of ``stacks/<name>.py`` and ``tests/test_<name>_stack.py``.
Never: a resource that costs something while it is not used, or that is open to other accounts.
"""

from trailbell.build.review_comments import REVIEW
from trailbell.catalog.pack import Pack
from trailbell.scaffold.python_source import Call, quoted, render


def stack_source(name: str) -> str:
    """A stack with one resource: an analyzer of IAM Access Analyzer, which costs nothing."""
    return _STACK.format(name=quoted(name), logical_id=logical_id(name))


def stack_test_source(name: str) -> str:
    return _STACK_TEST.format(name=name, module=module(name), logical_id=logical_id(name))


def pack_stack_source(name: str, pack: Pack) -> str:
    """A stack that deploys the detections of a pack, called like the pack or otherwise."""
    members = {"name": pack.name, "title": pack.title, "order": pack.order}
    constant = constant_of(pack.name)
    lines = [f'"""The pack ``{pack.name}``: detections of this project."""', ""]
    lines += ["from dataclasses import replace", ""] * (name != pack.name)
    lines += ["from stacks.pieces.pack import pack_stack", "from trailbell import Pack", ""]
    lines += [f"{REVIEW}the title says in a few words what the pack detects."]
    lines += [f"{constant} = {render(Call('Pack', (), members), used=len(constant) + 3)}"]
    stack = f"pack_stack({constant})"
    own_name = f"replace({stack}, name={quoted(name)})"
    return "\n".join([*lines, f"STACK = {stack if name == pack.name else own_name}", ""])


def pack_test_source(name: str, pack: Pack) -> str:
    return _PACK_TEST.format(
        name=name, module=module(name), pack=pack.name, constant=constant_of(pack.name)
    )


def module(name: str) -> str:
    """The name of the module of something in kebab case."""
    return name.replace("-", "_")


def constant_of(name: str) -> str:
    return module(name).upper()


def logical_id(name: str) -> str:
    """The name as a logical ID: ``ExternalAccess``."""
    return "".join(part.capitalize() for part in name.split("-"))


_STACK = '''"""An analyzer that reports which resources other accounts can use."""

from trailbell import Catalog, Piece, RegionScope, Stack, assemble, suppress_lint
from troposphere import Template, accessanalyzer

# Review: replace the resource and the texts with what you deploy.


def template(_: Catalog) -> Template:
    return assemble(
        "IAM Access Analyzer for this account and Region: reports resources that others can use.",
        Piece(metadata=suppress_lint("I4010", reason="The description explains the resource.")),
        Piece(resources=(accessanalyzer.Analyzer("{logical_id}Analyzer", Type="ACCOUNT"),)),
    )


STACK = Stack(
    name={name},
    summary="Analyzer for access from outside the account",
    template=template,
    region_scope=RegionScope.EVERY_REGION,
    without_bucket=True,
)
'''
_STACK_TEST = '''"""The resources of the stack {name}."""

from trailbell import Catalog, compile_template

from stacks.{module} import STACK


def test_it_has_an_analyzer_for_the_account() -> None:
    assert compile_template(STACK, Catalog(()))["Resources"] == {{
        "{logical_id}Analyzer": {{
            "Type": "AWS::AccessAnalyzer::Analyzer",
            "Properties": {{"Type": "ACCOUNT"}},
        }}
    }}
'''
_PACK_TEST = '''"""The alarms of the stack {name}."""

import pytest
from trailbell import compile_template, load_catalog

from stacks.{module} import {constant}, STACK


def test_it_has_an_alarm_for_each_detection_of_its_pack() -> None:
    detections = load_catalog().in_pack({constant}.name)
    if not detections:
        pytest.skip("the stack is built as soon as a detection names its pack")
    resources = compile_template(STACK)["Resources"]
    alarm = "AWS::CloudWatch::Alarm"
    alarms = {{name for name, each in resources.items() if each["Type"] == alarm}}
    assert alarms == {{f"{{detection.logical_id}}Alarm" for detection in detections}}
'''
