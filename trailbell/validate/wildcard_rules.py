"""
The rules with wildcards on each event bus of a template.

In:    a template.
Out:   by event bus, the rules that have a wildcard in their event pattern.
Never: a rule that may not be created, because of its condition or a loop.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
"""

from collections.abc import Iterator
from typing import Any

from trailbell.template.paths import to_text
from trailbell.template.resources import properties, resources, type_of
from trailbell.validate.rule_targets import event_patterns

MAX_ON_BUS = 30
"""Rules with wildcards that an event bus can have. AWS does not raise this quota."""


def wildcard_rules(document: Any) -> dict[str, list[str]]:
    """The logical IDs of the rules, by their event bus as text."""
    by_bus: dict[str, list[str]] = {}
    for logical_id, resource in resources(document).items():
        if type_of(resource) != "AWS::Events::Rule" or "Condition" in resource:
            continue
        values = dict(properties(resource))
        if all(any(_wildcards(pattern)) for pattern in event_patterns(values)) and any(
            event_patterns(values)
        ):
            bus = to_text(values.get("EventBusName", "default"))
            by_bus.setdefault(bus, []).append(logical_id)
    return by_bus


def _wildcards(pattern: Any, *, in_operand: bool = False) -> Iterator[bool]:
    """True for each operator ``wildcard``, also inside ``anything-but``.

    Members of a pattern are lists of operands. Only ``$or`` is a list of patterns.
    """
    match pattern:
        case dict() if in_operand:
            for name, member in pattern.items():
                if name == "wildcard":
                    yield True
                elif isinstance(member, dict):
                    yield from _wildcards(member, in_operand=True)
        case dict():
            for name, member in pattern.items():
                if isinstance(member, list):
                    for entry in member:
                        yield from _wildcards(entry, in_operand=name != "$or")
                else:
                    yield from _wildcards(member)
