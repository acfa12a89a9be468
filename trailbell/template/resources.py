"""
The sections and resources of a template.

In:    a template in long form.
Out:   its sections, its resources and their properties, the parameters with secret values.
Never: a value that only a deployment knows.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.template import Template, loops

ALARM_TYPES = (
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::CloudWatch::LogAlarm",
)
"""The types of alarms. Each notifies topics in its actions."""


def section(template: Template, name: str) -> Mapping[str, Any]:
    """A section of a template, or any other mapping in it; empty if there is none."""
    value = template.get(name)
    return value if isinstance(value, Mapping) else {}


def resources(template: Template) -> Mapping[str, Mapping[str, Any]]:
    """The resources by logical ID, without those that a macro or a loop creates."""
    return {
        logical_id: resource
        for logical_id, resource in section(template, "Resources").items()
        if isinstance(resource, Mapping) and not logical_id.startswith("Fn::")
    }


def resources_of_type(template: Any, *types: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The logical ID and properties of every resource of these types, including those in loops."""
    for logical_id, resource, _ in loops.entries(template.get("Resources")):
        if isinstance(resource, dict) and resource.get("Type") in types:
            values = resource.get("Properties")
            yield logical_id, values if isinstance(values, dict) else {}


def properties(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    """The properties of a resource."""
    return section(resource, "Properties")


def type_of(resource: Mapping[str, Any]) -> str:
    """The type of a resource; empty if it has none."""
    resource_type = resource.get("Type")
    return resource_type if isinstance(resource_type, str) else ""


def secret_parameters(template: Template) -> frozenset[str]:
    """The parameters with NoEcho, whose values must not be shown."""
    return frozenset(
        name
        for name, parameter in section(template, "Parameters").items()
        if isinstance(parameter, Mapping) and str(parameter.get("NoEcho", "")).lower() == "true"
    )


def macro_input(template: Template) -> Mapping[str, Any]:
    """What macros create resources from: the sections that they read, and ``Fn::ForEach`` and
    ``Fn::Transform`` among the resources.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/transform-section-structure.html
    """
    sections = {name: template[name] for name in ("Transform", "Globals") if name in template}
    entries = section(template, "Resources").items()
    return sections | {name: value for name, value in entries if name.startswith("Fn::")}
