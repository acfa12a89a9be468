"""
The deployed values of the placeholders in an event pattern.

In:    a detection, and the event pattern of its rule with the names of deployed resources.
Out:   the value of each placeholder.
Never: a name that the deployed pattern does not have.
"""

import re
from collections.abc import Iterator
from typing import Any

from trailbell.catalog.detection import Detection
from trailbell.catalog.event_rule import event_pattern
from trailbell.catalog.placeholders import PLACEHOLDERS
from trailbell.errors import UnsupportedError

_PLACEHOLDER = re.compile(r"\$\{(" + "|".join(PLACEHOLDERS) + r")\}")


def placeholder_values(detection: Detection, deployed: Any) -> dict[str, str]:
    """The values with which the pattern of a detection is the deployed one.

    Where a member is compared with several resources, it is one of them: the pattern matches each.
    """
    if not detection.placeholders:
        return {}
    try:
        written = event_pattern(detection)
    except UnsupportedError:
        return {}
    return dict(_compare(written, deployed))


def _compare(written: Any, deployed: Any) -> Iterator[tuple[str, str]]:
    """The placeholders of texts at the same place in both patterns, in any order of matchers."""
    match written, deployed:
        case str(), str() if _PLACEHOLDER.search(written):
            pattern = _regular_expression(written)
            if matched := pattern.fullmatch(deployed):
                yield from matched.groupdict().items()
        case dict(), dict():
            for name in written.keys() & deployed.keys():
                yield from _compare(written[name], deployed[name])
        case list(), list():
            for entry in written:
                for other in deployed:
                    yield from _compare(entry, other)


def _regular_expression(text: str) -> re.Pattern[str]:
    """Splitting by a pattern with one group alternates literal text and names."""
    parts, named = [], set[str]()
    for number, part in enumerate(_PLACEHOLDER.split(text)):
        is_name = number % 2 == 1
        parts.append(
            re.escape(part)
            if not is_name
            else f"(?P={part})"
            if part in named
            else f"(?P<{part}>.+)"
        )
        named |= {part} if is_name else set()
    return re.compile("".join(parts))
