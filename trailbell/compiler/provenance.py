"""
The line of Python that built each part of a template.

In:    troposphere objects, while modules are imported and stacks are built.
Out:   the `SourceLocation` of each, by its path in the compiled template.
Never: a change to the objects, except for one attribute.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import troposphere

from trailbell.source_location import SourceLocation, caller_location
from trailbell.template import TemplatePath


@contextmanager
def record_locations() -> Iterator[None]:
    """Store the `SourceLocation` of every troposphere object that is built within the block.

    troposphere has no hook for this, so the block replaces its constructor.
    """
    original = troposphere.BaseAWSObject.__init__

    def with_location(self: Any, *args: Any, **kwargs: Any) -> None:
        self.__dict__["built_at"] = caller_location()
        original(self, *args, **kwargs)

    troposphere.BaseAWSObject.__init__ = with_location
    try:
        yield
    finally:
        troposphere.BaseAWSObject.__init__ = original


def source_lines(template: troposphere.Template) -> dict[TemplatePath, SourceLocation]:
    """The line of every object in a template, by its path in the compiled template."""
    lines: dict[TemplatePath, SourceLocation] = {}

    def walk(value: Any, path: TemplatePath) -> None:
        location = getattr(value, "__dict__", {}).get("built_at")
        if location is not None:
            lines[path] = location
        for inner_path, member in _members(value):
            walk(member, path + inner_path)

    for section, objects in (
        ("Metadata", template.metadata),
        ("Parameters", template.parameters),
        ("Rules", template.rules),
        ("Mappings", template.mappings),
        ("Conditions", template.conditions),
        ("Globals", template.globals),
        ("Resources", template.resources),
        ("Outputs", template.outputs),
    ):
        walk(objects, (section,))
    return lines


def _members(value: Any) -> Iterator[tuple[TemplatePath, Any]]:
    """The members of a value, each with its path from there."""
    match value:
        case troposphere.BaseAWSObject():
            yield from _members(value.resource)
        case troposphere.AWSHelperFn():
            # Arguments are in ``data``, of Tags in ``tags``; those of cfn-init are a tuple.
            data = vars(value).get("data", vars(value).get("tags"))
            yield from (((), part) for part in (data if isinstance(data, tuple) else (data,)))
        case list() | tuple():
            yield from (((index,), member) for index, member in enumerate(value))
        case dict():
            yield from (((name,), member) for name, member in value.items())
