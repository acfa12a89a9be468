"""
What a changed event pattern means: the events that it no longer matches.

In:    an event pattern as a template or AWS has it, and those that replace it.
Out:   a sentence for what is lost, or one that says why the patterns could not be compared.
Never: a sentence about the events of drills, with which a person tests the delivery.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from trailbell.diff.judgment.resource_diff import Unjudged
from trailbell.event_pattern.narrowing import find_unmatched

DRILL_SOURCE = "trailbell.drill"


def find_unmatched_events(
    before: Any, after: Sequence[Any], others: Sequence[Any] = ()
) -> Iterator[str | Unjudged]:
    """Find what the old pattern matches and neither the new ones nor those of other rules do."""
    old, new = _read(before), list(map(_read, after))
    if old is None or None in new:
        if before not in after:
            yield Unjudged("The event pattern could not be read.")
        return
    known = [pattern for pattern in new if pattern is not None]
    yield from find_unmatched(old, known, [p for p in map(_read, others) if p is not None])


def _read(pattern: Any) -> dict[str, Any] | None:
    value = parse(pattern)
    return None if value is None else _without_drills(value)


def parse(pattern: Any) -> Mapping[str, Any] | None:
    """A pattern, or the one that a text is as JSON; None for anything else."""
    if isinstance(pattern, str):
        try:
            pattern = json.loads(pattern)
        except (ValueError, RecursionError):
            return None
    return pattern if isinstance(pattern, Mapping) else None


def _without_drills(pattern: Mapping[str, Any]) -> dict[str, Any]:
    """The pattern without the source of drills, unless it is the only one."""
    source = pattern.get("source")
    if not isinstance(source, list) or source == [DRILL_SOURCE]:
        return dict(pattern)
    return {**pattern, "source": [entry for entry in source if entry != DRILL_SOURCE]}
