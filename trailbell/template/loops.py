"""
Loops of ``AWS::LanguageExtensions``: one entry of a section that CloudFormation repeats.

In:    a section of a template, such as its resources.
Out:   every entry, including those in loops, with the number of times that it is repeated.
Never: an expansion. CloudFormation expands loops; here their entries are counted.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-foreach.html
"""

from collections.abc import Callable, Iterator
from typing import Any

_LOOP = "Fn::ForEach::"


def entries(section: Any, times: int = 1) -> Iterator[tuple[str, Any, int]]:
    """The name, body and count of each entry; a list that only a deployment knows counts as one."""
    for name, body in section.items() if isinstance(section, dict) else ():
        match body:
            case [_, collection, dict(inner)] if name.startswith(_LOOP):
                yield from entries(inner, times * _length(collection))
            case _:
                yield name, body, times


def _length(collection: Any) -> int:
    return len(collection) if isinstance(collection, list) else 1


def map_entries(section: Any, change: Callable[[Any], Any]) -> Any:
    """The section with each entry changed, also in loops."""
    if not isinstance(section, dict):
        return section
    return {name: _map_entry(name, body, change) for name, body in section.items()}


def _map_entry(name: str, body: Any, change: Callable[[Any], Any]) -> Any:
    match body:
        case [identifier, collection, dict(inner)] if name.startswith(_LOOP):
            return [identifier, collection, map_entries(inner, change)]
        case _:
            return change(body)
