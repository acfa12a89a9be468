"""
Which Python line built which part of a template.

In:    troposphere objects, while content is loaded and stacks are built.
Out:   the `SourceLocation` of each, by its path in the compiled document.
Never: a change to what is built.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import troposphere

from trailbell.source_location import SourceLocation, caller_location

Path = tuple[str | int, ...]


@contextmanager
def record_locations() -> Iterator[None]:
    """While this lasts, every troposphere object that is built remembers its `SourceLocation`.

    troposphere has no hook for it, so its one constructor is wrapped, and unwrapped at the end.
    """
    original = troposphere.BaseAWSObject.__init__

    def remember(self: Any, *args: Any, **kwargs: Any) -> None:
        self.__dict__["built_at"] = caller_location()
        original(self, *args, **kwargs)

    troposphere.BaseAWSObject.__init__ = remember
    try:
        yield
    finally:
        troposphere.BaseAWSObject.__init__ = original


def source_lines(template: troposphere.Template) -> dict[Path, SourceLocation]:
    """The place of every object in a template, by its path in the compiled document."""
    found: dict[Path, SourceLocation] = {}

    def walk(value: Any, path: Path) -> None:
        place = getattr(value, "__dict__", {}).get("built_at")
        if place is not None:
            found[path] = place
        for below, member in _members(value):
            walk(member, path + below)

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
    return found


def _members(value: Any) -> Iterator[tuple[Path, Any]]:
    """What a value holds, and the path from it to there."""
    match value:
        case troposphere.BaseAWSObject():
            yield from _members(value.resource)
        case troposphere.AWSHelperFn():
            # Most keep what they hold in ``data``, tags in ``tags``; those of cfn-init several.
            held = vars(value).get("data", vars(value).get("tags"))
            yield from (((), part) for part in (held if isinstance(held, tuple) else (held,)))
        case list() | tuple():
            yield from (((index,), member) for index, member in enumerate(value))
        case dict():
            yield from (((name,), member) for name, member in value.items())
