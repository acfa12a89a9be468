"""
Paths into a template, and the values at them.

In:    a value, a path.
Out:   what is at the path, the paths at which two values differ, both as text.
Never: what a value means.
"""

import json
from collections.abc import Iterator
from typing import Any

from trailbell.template import TemplatePath
from trailbell.template.intrinsics import is_intrinsic


def value_at(value: Any, path: TemplatePath) -> Any:
    """The value at a path; None if there is none."""
    for part in path:
        match value:
            case dict() if part in value:
                value = value[part]
            case list() if isinstance(part, int) and part < len(value):
                value = value[part]
            case _:
                return None
    return value


def differing_paths(before: Any, after: Any, path: TemplatePath = ()) -> Iterator[TemplatePath]:
    """The innermost paths at which two values differ. An intrinsic function is one value.

    Lists of the same length are compared entry by entry, others as a whole.
    """
    if before == after:
        return
    match before, after:
        case dict(), dict() if not is_intrinsic(before) and not is_intrinsic(after):
            for name in dict.fromkeys((*before, *after)):
                if name in before and name in after:
                    yield from differing_paths(before[name], after[name], (*path, name))
                else:
                    yield (*path, name)
        case list(), list() if len(before) == len(after):
            for index, (old, new) in enumerate(zip(before, after, strict=True)):
                yield from differing_paths(old, new, (*path, index))
        case _:
            yield path


def format_path(path: TemplatePath) -> str:
    """``("Rules", 0, "Id")`` as ``Rules[0].Id``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def to_text(value: Any) -> str:
    """A value on one line, as a plan shows it: text unchanged, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
