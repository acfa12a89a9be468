"""
Loops of ``AWS::LanguageExtensions``: entries of a section that stand for several.

In:    a section of a template, like its resources.
Out:   every entry, those in loops too, with the number of times that it is there.
Never: an expansion. CloudFormation expands; what a loop makes is counted, not built.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-foreach.html
"""

from collections.abc import Callable, Iterator
from typing import Any

_LOOP = "Fn::ForEach::"


def entries(section: Any, times: int = 1) -> Iterator[tuple[str, Any, int]]:
    """Name, body and number of each entry; a list that is only known later counts as one."""
    for name, body in section.items() if isinstance(section, dict) else ():
        match body:
            case [_, collection, dict(inner)] if name.startswith(_LOOP):
                yield from entries(inner, times * _length(collection))
            case _:
                yield name, body, times


def _length(collection: Any) -> int:
    return len(collection) if isinstance(collection, list) else 1


def mapped(section: Any, change: Callable[[Any], Any]) -> Any:
    """The section with each entry changed, the loops as they are."""
    if not isinstance(section, dict):
        return section
    return {name: _mapped(name, body, change) for name, body in section.items()}


def _mapped(name: str, body: Any, change: Callable[[Any], Any]) -> Any:
    match body:
        case [identifier, collection, dict(inner)] if name.startswith(_LOOP):
            return [identifier, collection, mapped(inner, change)]
        case _:
            return change(body)
