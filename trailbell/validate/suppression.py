"""
What a template itself keeps cfn-lint from saying.

In:    a template's document.
Out:   each ``Metadata: cfn-lint`` that names rules to ignore, with its reason.
Never: a judgement. A suppression without a reason is made a finding elsewhere.

cfn-lint reads ``config: {ignore_checks: [...]}`` of the template and of each resource, and no more
of it: https://github.com/aws-cloudformation/cfn-lint#metadata. The ``reason`` beside it is ours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trailbell.template import loops


@dataclass(frozen=True)
class Suppression:
    """Rules that are ignored for what stands at a path; ``reason`` is empty if none is given."""

    rules: tuple[str, ...]
    reason: str
    path: tuple[str | int, ...]


def suppressions(document: dict[str, Any]) -> Iterator[Suppression]:
    """Of the template first, then of its resources."""
    yield from _of(document, ())
    for logical_id, resource, _ in loops.entries(document.get("Resources")):
        yield from _of(resource, ("Resources", logical_id))


def _of(part: Any, path: tuple[str | int, ...]) -> Iterator[Suppression]:
    match part:
        case {"Metadata": {"cfn-lint": {"config": {"ignore_checks": [*rules]}, **rest}}} if rules:
            reason = str(rest.get("reason", "")).strip()
            yield Suppression(tuple(map(str, rules)), reason, (*path, "Metadata", "cfn-lint"))
