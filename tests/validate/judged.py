"""What one rule finds in a few resources, as data."""

from typing import Any

import pytest
from cfnlint.decode.decode import decode_str
from cfnlint.rules import CloudFormationLintRule
from cfnlint.template import Template

from trailbell.compiler import render

Resources = dict[str, Any]
Found = list[tuple[str, str]]


def judged(rule: CloudFormationLintRule, resources: Resources, **sections: Any) -> Found:
    """Path (below Resources) and message of each finding, read as cfn-lint reads templates."""
    template, faults = decode_str(render.to_yaml({"Resources": resources} | sections))
    assert faults == []
    return [
        (".".join(map(str, match.path)).removeprefix("Resources."), match.message)
        for match in rule.match(Template("template.yaml", template, ["us-east-1"]))
    ]


def silent(what: str, resources: Resources) -> Any:
    """A row of a table: resources that a rule has nothing to say about."""
    return pytest.param(resources, [], id=f"silent: {what}")


def fires(what: str, resources: Resources, *found: tuple[str, str]) -> Any:
    """A row of a table: resources, and each path and message that a rule finds."""
    return pytest.param(resources, list(found), id=f"fires: {what}")


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    """One resource."""
    return {"Type": f"AWS::{kind}", "Properties": properties}


def either(yes: Any, no: Any) -> dict[str, Any]:
    """A value that depends on a condition."""
    return {"Fn::If": ["Some", yes, no]}


def ref(name: str) -> dict[str, str]:
    """A reference."""
    return {"Ref": name}


def sub(text: str) -> dict[str, str]:
    """Text with variables."""
    return {"Fn::Sub": text}


NO_VALUE = ref("AWS::NoValue")
