"""
What is deployed: a stack, and the pieces it is composed of.

In:    functions in ``stacks/`` that return pieces.
Out:   a `Stack`, whose ``template`` turns a catalogue into a troposphere template.
Never: text or files. `trailbell.compiler.render` writes.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

import troposphere

from trailbell.catalog.detection import Catalog, Pack
from trailbell.source_location import SourceLocation, caller_location

T = TypeVar("T")


class RegionScope(StrEnum):
    """Where a stack belongs."""

    HOME_REGION = "home Region of the trail"
    EVERY_REGION = "any Region"


@dataclass(frozen=True, kw_only=True)
class Stack:
    """One deployable template.

    ``template`` is called with the catalogue and returns a ``troposphere.Template``; ``name`` is
    the name of the files in ``dist/`` and the suggested name of the CloudFormation stack. A stack
    that is deployed ``instead_of`` another one never stands beside it. The
    stack of a ``pack`` is built only if the catalogue chooses it and has detections for it.
    One that must deploy ``without_bucket`` has to fit into 51,200 bytes; any other may have 1 MB,
    which the AWS CLI takes with ``--s3-bucket`` and ``build.py deploy`` with
    ``--template-bucket``.
    Raises `ValueError` if CloudFormation would not take the name.
    """

    name: str
    summary: str
    template: Callable[[Catalog], troposphere.Template]
    region_scope: RegionScope = RegionScope.EVERY_REGION
    pack: Pack | None = None
    alternative_to: str = ""
    without_bucket: bool = False
    location: SourceLocation | None = field(
        default_factory=caller_location, init=False, compare=False, repr=False
    )

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,127}", self.name):
            raise ValueError(
                f"{self.name!r} cannot be a stack's name: a letter, then letters, digits or '-'"
            )
        if self.name.lower() == "manifest":
            raise ValueError(f"{self.name!r} cannot be a stack's name: dist/manifest.json is taken")


@dataclass(frozen=True, kw_only=True)
class ParameterInput:
    """A parameter with the label and the group under which the console shows it."""

    parameter: troposphere.Parameter
    label: str
    group: str


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Some resources and all that they need; pieces are returned, a stack puts them together."""

    inputs: tuple[ParameterInput, ...] = ()
    conditions: dict[str, Any] = field(default_factory=dict)
    mappings: dict[str, Any] = field(default_factory=dict)
    resources: tuple[Any, ...] = ()
    outputs: tuple[troposphere.Output, ...] = ()


def is_set(parameter: str) -> troposphere.Not:
    """The condition that an optional parameter is not empty."""
    return troposphere.Not(troposphere.Equals(troposphere.Ref(parameter), ""))


def assemble(description: str, *pieces: Piece) -> troposphere.Template:
    """One template from pieces. Two pieces may share an input, a condition or a mapping.

    Raises `ValueError` where they use one name for two different things.
    """
    inputs = _shared("input", ((i.parameter.title, i) for piece in pieces for i in piece.inputs))
    template = troposphere.Template(Description=description)
    template.set_version("2010-09-09")
    template.set_metadata({"AWS::CloudFormation::Interface": _console_form(inputs.values())})
    for entry in inputs.values():
        template.add_parameter(entry.parameter)
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


def _shared(kind: str, entries: Iterable[tuple[str, T]]) -> dict[str, T]:
    found: dict[str, T] = {}
    for name, entry in entries:
        if found.setdefault(name, entry) != entry:
            raise ValueError(f"two pieces use the {kind} {name} for two different things")
    return found


def _console_form(inputs: Iterable[ParameterInput]) -> dict[str, Any]:
    """Groups and labels of the parameters, for the console.

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
