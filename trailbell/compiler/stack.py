"""
What a stack is, and the pieces of which it is composed.

In:    functions in ``stacks/`` that return pieces.
Out:   a `Stack`, whose ``template`` function returns a troposphere template for a catalog.
Never: text or files. `trailbell.compiler.render` writes.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

import troposphere

from trailbell.catalog.detection import Catalog
from trailbell.catalog.pack import Pack
from trailbell.source_location import SourceLocation, definition_location

T = TypeVar("T")


class RegionScope(StrEnum):
    """The Regions in which a stack can be deployed."""

    HOME_REGION = "home Region of the trail"
    EVERY_REGION = "any Region"


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A template that can be deployed.

    ``template`` is called with the catalog and returns a ``troposphere.Template``. ``name`` is the
    name of the files in ``dist/`` and the default name of the CloudFormation stack. Only one of a
    stack and its ``alternative_to`` is deployed. A stack deploys the detections of its ``pack``. It
    is built only if the settings enable the pack and it has detections, unless it is of use
    ``without_detections``. A stack that must deploy ``without_bucket`` can have 51,200 bytes, any
    other 1 MB: ``trailbell deploy --template-bucket`` uploads it.

    Raises `ValueError` if CloudFormation would not accept the name.
    """

    name: str
    summary: str
    template: Callable[[Catalog], troposphere.Template]
    region_scope: RegionScope = RegionScope.EVERY_REGION
    pack: Pack | None = None
    without_detections: bool = False
    alternative_to: str = ""
    without_bucket: bool = False
    location: SourceLocation | None = field(
        default_factory=definition_location, init=False, compare=False, repr=False
    )

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,127}", self.name):
            raise ValueError(
                f'"{self.name}" is not a stack name: a letter, then letters, digits and hyphens'
            )
        if self.name.lower() == "manifest":
            raise ValueError(f'stack name "{self.name}" is reserved for dist/manifest.json')


@dataclass(frozen=True, kw_only=True)
class ParameterInput:
    """A parameter, with its label and group in the CloudFormation console."""

    parameter: troposphere.Parameter
    label: str
    group: str


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Resources with the parameters, rules, conditions, mappings and outputs that they need.

    ``rules`` say which values of parameters contradict each other, by name; see `rule`.

    ``metadata`` is about the template: `trailbell.compiler.suppressions`.
    """

    metadata: dict[str, Any] = field(default_factory=dict)
    inputs: tuple[ParameterInput, ...] = ()
    rules: dict[str, Any] = field(default_factory=dict)
    conditions: dict[str, Any] = field(default_factory=dict)
    mappings: dict[str, Any] = field(default_factory=dict)
    resources: tuple[Any, ...] = ()
    outputs: tuple[troposphere.Output, ...] = ()


def is_set(parameter: str) -> troposphere.Not:
    """The condition that an optional parameter is not empty."""
    return troposphere.Not(troposphere.Equals(troposphere.Ref(parameter), ""))


def rule(description: str, assertion: Any, *, when: Any = None) -> dict[str, Any]:
    """A rule with one assertion, which applies only if the condition ``when`` is true.

    CloudFormation shows the description if it refuses the parameters. A template with any other
    function than Ref and the rule functions in its rules is invalid.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-rules.html
    """
    condition = {} if when is None else {"RuleCondition": when}
    return {**condition, "Assertions": [{"Assert": assertion, "AssertDescription": description}]}


def assemble(description: str, *pieces: Piece) -> troposphere.Template:
    """Combine pieces to a template. Pieces may share all but resources and outputs.

    Raises `ValueError` if two pieces use the same name for different ones.
    """
    inputs = _shared("input", ((i.parameter.title, i) for piece in pieces for i in piece.inputs))
    template = troposphere.Template(Description=description)
    template.set_version("2010-09-09")
    template.set_metadata(
        {
            "AWS::CloudFormation::Interface": _console_form(inputs.values()),
            **_shared("metadata", _named(pieces, "metadata")),
        }
    )
    for entry in inputs.values():
        template.add_parameter(entry.parameter)
    for name, parameter_rule in _shared("rule", _named(pieces, "rules")).items():
        template.add_rule(name, parameter_rule)
    for name, mapping in _shared("mapping", _named(pieces, "mappings")).items():
        template.add_mapping(name, mapping)
    for name, condition in _shared("condition", _named(pieces, "conditions")).items():
        template.add_condition(name, condition)
    for piece in pieces:
        template.add_resource(list(piece.resources))
        template.add_output(list(piece.outputs))
    return template


def _named(pieces: Iterable[Piece], attribute: str) -> Iterator[tuple[str, Any]]:
    for piece in pieces:
        yield from getattr(piece, attribute).items()


def _shared(noun: str, entries: Iterable[tuple[str, T]]) -> dict[str, T]:
    shared: dict[str, T] = {}
    for name, entry in entries:
        if shared.setdefault(name, entry) != entry:
            raise ValueError(f'two pieces define the {noun} "{name}" differently')
    return shared


def _console_form(inputs: Iterable[ParameterInput]) -> dict[str, Any]:
    """The groups and labels of the parameters in the CloudFormation console.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudformation-interface.html
    """
    groups: dict[str, list[str]] = {}
    for entry in inputs:
        groups.setdefault(entry.group, []).append(entry.parameter.title)
    return {
        "ParameterGroups": [
            {"Label": {"default": group}, "Parameters": names} for group, names in groups.items()
        ],
        "ParameterLabels": {i.parameter.title: {"default": i.label} for i in inputs},
    }
