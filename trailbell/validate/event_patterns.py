"""
The event patterns of a template.

In:    a template's document.
Out:   what lint says of the pattern of each rule of EventBridge, and where in the template.
Never: a judgement of its own. `trailbell.event_pattern` judges.
"""

from collections.abc import Iterator
from typing import Any

from trailbell.cloudtrail.event_names import BotocoreEventNames
from trailbell.event_pattern import UNKNOWN, Finding, lint, lint_text
from trailbell.template import TemplatePath
from trailbell.template.intrinsics import SUB_VARIABLE, branches, substitute
from trailbell.template.resources import resources_of_type

_PLACE = "\ue000"
"""Stands where a variable of ``Fn::Sub`` stands; nobody else uses this character."""


def findings(document: Any) -> Iterator[tuple[Finding, TemplatePath]]:
    """
    What is wrong with each pattern.

    What intrinsics stand for is unknown, and never wrong. The path ends at the pattern if that is
    text, and where the fault is otherwise.
    """
    for logical_id, properties in resources_of_type(document, "AWS::Events::Rule"):
        path: TemplatePath = ("Resources", logical_id, "Properties", "EventPattern")
        state = properties.get("State", "ENABLED")
        state = state if isinstance(state, str) else None
        if "EventPattern" in properties:
            for value, at in branches(properties["EventPattern"], path):
                yield from _of_pattern(value, at, state)


def _of_pattern(
    value: Any, at: TemplatePath, state: str | None
) -> Iterator[tuple[Finding, TemplatePath]]:
    services = BotocoreEventNames()
    match value:
        case str():
            found, inside = lint_text(value, services, state=state), False
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
            text = substitute(text, _PLACE)
            found, inside = lint_text(text, services, state=state, unknown=_PLACE), False
        case _:
            found, inside = lint(_known(value), services, state=state), True
    for finding in found:
        yield finding, (*at, *finding.path) if inside else at


def _known(value: Any) -> Any:
    """The value with `UNKNOWN` for whatever intrinsics stand for."""
    match value:
        case {"Fn::Sub": str(text), **rest} if not rest and not SUB_VARIABLE.search(text):
            return text
        case {"Ref": str(), **rest} if not rest:
            return UNKNOWN
        case dict() if any(str(name).startswith("Fn::") for name in value):
            return UNKNOWN
        case dict():
            return {str(name): _known(member) for name, member in value.items()}
        case list():
            return [_known(member) for member in value]
        case _:
            return value
