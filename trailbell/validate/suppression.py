"""
The findings that a template itself suppresses.

In:    a template.
Out:   each ``Metadata: cfn-lint`` with rules to ignore, and its reason.
Never: a finding. `trailbell.validate.result` reports suppressions without a reason.

cfn-lint reads ``config: {ignore_checks: [...]}`` of the template and of each resource:
https://github.com/aws-cloudformation/cfn-lint#metadata. The key ``reason`` is ours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trailbell.template import loops


@dataclass(frozen=True)
class Suppression:
    """Rules that are ignored in one part of a template; ``reason`` is empty if there is none."""

    rules: tuple[str, ...]
    reason: str
    path: tuple[str | int, ...]


def suppressions(document: dict[str, Any]) -> Iterator[Suppression]:
    """The suppressions of the template, then those of its resources."""
    yield from _suppressions_in(document, ())
    for logical_id, resource, _ in loops.entries(document.get("Resources")):
        yield from _suppressions_in(resource, ("Resources", logical_id))


def _suppressions_in(part: Any, path: tuple[str | int, ...]) -> Iterator[Suppression]:
    match part:
        case {"Metadata": {"cfn-lint": {"config": {"ignore_checks": [*rules]}, **rest}}} if rules:
            reason = str(rest.get("reason", "")).strip()
            yield Suppression(tuple(map(str, rules)), reason, (*path, "Metadata", "cfn-lint"))
