"""Templates of the tests: those in ``dist/``, and small ones."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from tests import PROJECT
from trailbell.cost.scope import PlacedTemplate
from trailbell.dist import manifest

Template = dict[str, Any]

_ENTRIES = manifest.read(PROJECT / "dist").stacks
STACKS = tuple(_ENTRIES)


@cache
def document(stack: str) -> Template:
    """The template of a stack in ``dist/``."""
    found: Template = json.loads((PROJECT / "dist" / f"{stack}.json").read_bytes())
    return found


def placed(*stacks: str, **parameters: str) -> list[PlacedTemplate]:
    """Stacks of ``dist/`` with these parameters, where they declare them."""
    return [
        of_template(stack, document(stack), _ENTRIES[stack].where, parameters) for stack in stacks
    ]


def of_template(
    stack: str, template: Template, where: str = "any Region", parameters: Mapping[str, str] = {}
) -> PlacedTemplate:
    """A template with those of the parameters that it declares."""
    declared = template.get("Parameters", {})
    values = {name: value for name, value in parameters.items() if name in declared}
    return PlacedTemplate(stack=stack, template=template, where=where, parameters=values)


def metric_filter(metric: str, namespace: Any = "Trailbell", **more: Any) -> Template:
    """A metric filter; ``DefaultValue=0`` for one that publishes in every hour."""
    transformation = {"MetricNamespace": namespace, "MetricName": metric, "MetricValue": "1"}
    return {
        "Type": "AWS::Logs::MetricFilter",
        "Properties": {"MetricTransformations": [transformation | more]},
    }


def template(**resources: Any) -> Template:
    """A template with a parameter ``Key``, a secret one, and conditions on both."""
    return {
        "Parameters": {
            "Key": {"Type": "String", "Default": "none"},
            "Needed": {"Type": "String"},
        },
        "Conditions": {
            "MakesKey": {"Fn::Equals": [{"Ref": "Key"}, "create"]},
            "IsNeeded": {"Fn::Equals": [{"Ref": "Needed"}, "yes"]},
        },
        "Resources": resources,
    }


def resource(type_: str, condition: str = "", **properties: Any) -> Template:
    """A resource."""
    made: Template = {"Type": type_, "Properties": properties}
    return made | ({"Condition": condition} if condition else {})


ALARM = resource("AWS::CloudWatch::Alarm")
KEY = resource("AWS::KMS::Key")
