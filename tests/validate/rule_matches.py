"""The matches of one rule in a few resources, as data."""

from typing import Any

import pytest
from cfnlint.decode.decode import decode_str
from cfnlint.rules import CloudFormationLintRule
from cfnlint.template import Template

from trailbell.compiler import render

Resources = dict[str, Any]
Matches = list[tuple[str, str]]


def rule_matches(rule: CloudFormationLintRule, resources: Resources, **sections: Any) -> Matches:
    """Path (below Resources) and message of each match, in a template parsed by cfn-lint."""
    template, errors = decode_str(render.to_yaml({"Resources": resources} | sections))
    assert errors == []
    return [
        (".".join(map(str, match.path)).removeprefix("Resources."), match.message)
        for match in rule.match(Template("template.yaml", template, ["us-east-1"]))
    ]


def silent(description: str, resources: Resources) -> Any:
    """A test case: resources without a match."""
    return pytest.param(resources, [], id=f"silent: {description}")


def fires(description: str, resources: Resources, *matches: tuple[str, str]) -> Any:
    """A test case: resources, and the path and message of each match."""
    return pytest.param(resources, list(matches), id=f"fires: {description}")


def resource(resource_type: str, **properties: Any) -> dict[str, Any]:
    """One resource."""
    return {"Type": f"AWS::{resource_type}", "Properties": properties}


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
