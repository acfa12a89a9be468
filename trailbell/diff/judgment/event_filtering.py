"""
What a changed filter pattern means: the events that it no longer matches.

In:    a filter pattern, and those that replace it.
Out:   a sentence with the events that are lost and an example, or one that says why the patterns
       could not be compared.
Never: a comparison of text. Two spellings of the same pattern are the same.
"""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from trailbell.diff.judgment.evaluated_template import has_unknown
from trailbell.diff.judgment.resource_diff import Unjudged
from trailbell.errors import PatternError
from trailbell.pattern import parse
from trailbell.pattern.filter_pattern import FilterPattern
from trailbell.pattern.narrowing import LostEvent, Narrowing, find_lost_events

_MAX_NAMED = 5


def find_unmatched_events(before: Any, after: Sequence[Any]) -> Iterator[str | Unjudged]:
    """Find what the old pattern matches and none of the new ones does."""
    if before in after:
        return
    try:
        narrowing = _compare(_text(before), tuple(map(_text, after)))
    except PatternError as error:
        yield Unjudged(f"The filter pattern could not be read: {error.problem}")
        return
    except _UnknownPatternError:
        yield Unjudged("The filter pattern is known only during the deployment.")
        return
    if narrowing.undecided:
        yield f"May no longer fire on some events; could not be compared: {narrowing.undecided}."
    yield from _sentences(narrowing)


class _UnknownPatternError(Exception):
    """The pattern depends on something that only the deployment knows."""


def _text(value: Any) -> str:
    if not isinstance(value, str) or has_unknown(value):
        raise _UnknownPatternError
    return value


@cache
def _compare(before: str, after: tuple[str, ...]) -> Narrowing:
    return find_lost_events(_parse(before), [_parse(text) for text in after])


def _parse(text: str) -> FilterPattern:
    return parse(text, max_length=None)


def _sentences(narrowing: Narrowing) -> Iterator[str]:
    proven = [event for event in narrowing.events if event.record is not None]
    unproven = [event for event in narrowing.events if event.record is None]
    if proven:
        example = json.dumps(proven[0].record, ensure_ascii=False)
        yield f"No longer fires on {describe_events(proven)}. Example: {example}"
    if unproven:
        yield (
            f"May no longer fire on {describe_events(unproven)}; "
            "could not be proven with an example."
        )


def describe_events(events: Sequence[LostEvent]) -> str:
    """The events in words: ``eventName DeleteAlias, UpdateAlias and 2 more``."""
    by_fields: dict[tuple[str, ...], list[tuple[str | None, ...]]] = {}
    for event in events:
        fields = tuple(name for name, _ in event.values)
        by_fields.setdefault(fields, []).append(tuple(value for _, value in event.values))
    return "; ".join(_describe(fields, values) for fields, values in by_fields.items())


def _describe(fields: tuple[str, ...], values: list[tuple[str | None, ...]]) -> str:
    if not fields:
        return "events that it matched before"
    if len(fields) == 1 and all(value not in (None, "*") for (value,) in values):
        return f"{fields[0]} {_enumerate([str(value) for (value,) in values])}"
    return _enumerate([_combination(fields, combination) for combination in values])


def _combination(fields: tuple[str, ...], values: tuple[str | None, ...]) -> str:
    """The fields with their values; those that are missing only if all are."""
    named = [
        f"any other {field}" if value == "*" else f"{field} {value}"
        for field, value in zip(fields, values, strict=True)
        if value is not None
    ]
    if named:
        return f"events with {' and '.join(named)}"
    return f"events without {' and '.join(fields)}"


def _enumerate(texts: list[str]) -> str:
    shown, more = texts[:_MAX_NAMED], len(texts) - _MAX_NAMED
    if more > 0:
        return f"{', '.join(shown)} and {more} more"
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else shown[0]
