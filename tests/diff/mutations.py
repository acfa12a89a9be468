"""Built templates with one change."""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from tests.deploy.conftest import source
from trailbell.diff.model import Risk, StackPlan
from trailbell.diff.templates import plan_from_templates

DIST = Path(__file__).parents[2] / "dist"

Template = dict[str, Any]
Change = Callable[[Template], None]


@cache
def built(stack: str) -> Mapping[str, Any]:
    """A built template. Copy it before a change."""
    document: Mapping[str, Any] = json.loads((DIST / f"{stack}.json").read_text())
    return document


def plan_of_change(stack: str, change: Change) -> StackPlan:
    """The plan of a built template to which one change was made."""
    before = dict(built(stack))
    after = deepcopy(before)
    change(after)
    assert after != before
    return plan_from_templates(source(stack, after), before, "before")


def gaps(plan: StackPlan) -> dict[str, list[str]]:
    """The texts of the detection gaps, by resource."""
    texts: dict[str, list[str]] = {}
    for impact in plan.impacts:
        if impact.risk is Risk.DETECTION_GAP:
            texts.setdefault(impact.logical_id, []).append(impact.text)
    return texts


def put(*path: str | int, to: Any) -> Change:
    """Set what is at a path below the properties of a resource."""

    def change(template: Template) -> None:
        parent, key = _parent(template, ("Resources", path[0], "Properties", *path[1:]))
        parent[key] = to

    return change


def drop(*path: str | int) -> Change:
    """Remove what is at a path below the properties of a resource."""

    def change(template: Template) -> None:
        parent, key = _parent(template, ("Resources", path[0], "Properties", *path[1:]))
        del parent[key]

    return change


def add(*path: str | int, entry: Any) -> Change:
    """Add an entry to a list below the properties of a resource."""

    def change(template: Template) -> None:
        parent, key = _parent(template, ("Resources", path[0], "Properties", *path[1:]))
        parent[key].append(entry)

    return change


def rewrite(*path: str | int, old: str, new: str) -> Change:
    """Replace a part of a text below the properties of a resource."""

    def change(template: Template) -> None:
        parent, key = _parent(template, ("Resources", path[0], "Properties", *path[1:]))
        assert old in parent[key]
        parent[key] = parent[key].replace(old, new)

    return change


def put_section(*path: str, to: Any) -> Change:
    """Set what is at a path below the template itself."""

    def change(template: Template) -> None:
        parent, key = _parent(template, path)
        parent[key] = to

    return change


def _parent(template: Template, path: tuple[str | int, ...]) -> tuple[Any, Any]:
    value: Any = template
    for part in path[:-1]:
        value = value[part]
    return value, path[-1]


def put_attribute(logical_id: str, name: str, *, to: Any) -> Change:
    """Set an attribute of a resource, such as its condition."""
    return put_section("Resources", logical_id, name, to=to)


def add_resource(logical_id: str, resource: Mapping[str, Any]) -> Change:
    return put_section("Resources", logical_id, to=resource)


def remove(logical_id: str) -> Change:
    """Remove a resource."""

    def change(template: Template) -> None:
        del template["Resources"][logical_id]

    return change
