"""
The event patterns in a template.

In:    a template.
Out:   the issues of each pattern of rules, archives, pipes and event sources of functions, with
       their paths in the template.
Never: an issue of its own. `trailbell.event_pattern` finds them.
"""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from trailbell.cloudtrail.event_names import BotocoreEventNames
from trailbell.cloudtrail.field_types import BotocoreFieldTypes
from trailbell.event_pattern import REFUSED, UNKNOWN, EventPatternIssue, lint, lint_text
from trailbell.template import TemplatePath
from trailbell.template.intrinsics import SUB_VARIABLE, branches, entries, substitute
from trailbell.template.resources import resources_of_type

_UNKNOWN_CHARACTER = "\ue000"
"""Replaces a variable of ``Fn::Sub``; no pattern contains this private-use character."""


def findings(document: Any) -> Iterator[tuple[EventPatternIssue, TemplatePath]]:
    """The issues of each pattern.

    The value of an intrinsic function is unknown and has no issue. The path leads to the value
    with the issue, or to the pattern if that is text.
    """
    for logical_id, properties in resources_of_type(document, "AWS::Events::Rule"):
        path: TemplatePath = ("Resources", logical_id, "Properties", "EventPattern")
        state = properties.get("State", "ENABLED")
        state = state if isinstance(state, str) else None
        if "EventPattern" in properties:
            for value, value_path in branches(properties["EventPattern"], path):
                yield from _pattern_findings(value, value_path, state)
    for value, path in _patterns_elsewhere(document):
        for issue, issue_path in _pattern_findings(value, path, None):
            if issue.id in REFUSED:
                yield issue, issue_path


_ELSEWHERE: Mapping[str, tuple[str, ...]] = {
    "AWS::Events::Archive": ("EventPattern",),
    "AWS::Pipes::Pipe": ("SourceParameters", "FilterCriteria", "Filters", "*", "Pattern"),
    "AWS::Lambda::EventSourceMapping": ("FilterCriteria", "Filters", "*", "Pattern"),
}
"""Other places of event patterns. Events of pipes and event sources are not those of EventBridge:

https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-filtering.html
"""


def _patterns_elsewhere(document: Any) -> Iterator[tuple[Any, TemplatePath]]:
    for resource_type, steps in _ELSEWHERE.items():
        for logical_id, properties in resources_of_type(document, resource_type):
            yield from _values_at(properties, steps, ("Resources", logical_id, "Properties"))


def _values_at(
    value: Any, steps: tuple[str, ...], path: TemplatePath
) -> Iterator[tuple[Any, TemplatePath]]:
    """The values of a property in all branches; ``*`` means each entry of a list."""
    if not steps:
        yield from branches(value, path)
    elif steps[0] == "*":
        for entry, entry_path in entries(value, path):
            yield from _values_at(entry, steps[1:], entry_path)
    else:
        for branch, branch_path in branches(value, path):
            if isinstance(branch, dict) and steps[0] in branch:
                yield from _values_at(branch[steps[0]], steps[1:], (*branch_path, steps[0]))


def _pattern_findings(
    value: Any, path: TemplatePath, state: str | None
) -> Iterator[tuple[EventPatternIssue, TemplatePath]]:
    try:
        issues, have_paths = _cached_issues(json.dumps(value), state)
    except (RecursionError, TypeError, ValueError):  # what only YAML can say, or is nested too deep
        issues, have_paths = _issues(value, state)
    for issue in issues:
        yield issue, (*path, *issue.path) if have_paths else path


@lru_cache(maxsize=1024)
def _cached_issues(
    value_as_json: str, state: str | None
) -> tuple[tuple[EventPatternIssue, ...], bool]:
    """The issues of a value. Several rules ask for them."""
    return _issues(json.loads(value_as_json), state)


def _issues(value: Any, state: str | None) -> tuple[tuple[EventPatternIssue, ...], bool]:
    """The issues of a value, and whether their paths lead into it: not if it is text."""
    known = BotocoreEventNames(), BotocoreFieldTypes()
    match value:
        case str():
            return lint_text(value, *known, state=state), False
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
            text = substitute(text, _UNKNOWN_CHARACTER)
            return lint_text(text, *known, state=state, unknown=_UNKNOWN_CHARACTER), False
        case _:
            return lint(_without_intrinsics(value), *known, state=state), True


def _without_intrinsics(value: Any) -> Any:
    """The value with `UNKNOWN` for each intrinsic function."""
    match value:
        case {"Fn::Sub": str(text), **rest} if not rest and not SUB_VARIABLE.search(text):
            return text
        case {"Ref": str(), **rest} if not rest:
            return UNKNOWN
        case dict() if any(str(name).startswith("Fn::") for name in value):
            return UNKNOWN
        case dict():
            return {str(name): _without_intrinsics(member) for name, member in value.items()}
        case list():
            return [_without_intrinsics(member) for member in value]
        case _:
            return value
