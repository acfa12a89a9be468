"""
The filter patterns in a template.

In:    a template.
Out:   each text that is a filter pattern after deployment, and its issues.
Never: an issue of its own: `trailbell.pattern.lint` finds them. Nor one that depends on what only
       the deployment knows.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from trailbell.cloudtrail.event_names import BotocoreEventNames
from trailbell.cloudtrail.field_types import BotocoreFieldTypes
from trailbell.errors import PatternError
from trailbell.pattern import lint, parse
from trailbell.template import TemplatePath
from trailbell.template.intrinsics import branches
from trailbell.template.known_texts import UNKNOWN_TEXT, possible_texts
from trailbell.template.resources import resources_of_type

_TYPES = ("AWS::Logs::MetricFilter", "AWS::Logs::SubscriptionFilter")

INVALID = frozenset({"not-a-pattern", "too-many-regexes"})
"""The IDs of issues because of which CloudWatch Logs rejects a pattern."""

_WORD = "variable"
"""What replaces a part that is not known."""


def filter_patterns(document: Any) -> Iterator[tuple[str, TemplatePath]]:
    """The filter patterns with their paths. A part that is not known counts as a word."""
    for text, path in _texts(document):
        yield text.replace(UNKNOWN_TEXT, _WORD), path


def known_texts(document: Any, value: Any) -> list[str]:
    """The texts that a value can be, without those of which a part is not known."""
    return [text for text in possible_texts(document, value) if UNKNOWN_TEXT not in text]


def pattern_lengths(document: Any) -> Iterator[tuple[int, TemplatePath]]:
    """The length of each pattern, in characters. A part that is not known has none."""
    lengths: dict[TemplatePath, int] = {}
    for text, path in _texts(document):
        lengths[path] = max(len(text.replace(UNKNOWN_TEXT, "")), lengths.get(path, 0))
    for path, length in lengths.items():
        yield length, path


def findings(document: Any) -> Iterator[tuple[lint.PatternIssue, TemplatePath]]:
    """The issues of each pattern, except for its length, which has its own rule."""
    for text, path in _texts(document):
        for issue in _issues(text):
            if issue.id != "too-long":
                yield issue, path


def _texts(document: Any) -> Iterator[tuple[str, TemplatePath]]:
    for logical_id, properties in resources_of_type(document, *_TYPES):
        path: TemplatePath = ("Resources", logical_id, "Properties", "FilterPattern")
        for value, value_path in branches(properties.get("FilterPattern"), path):
            for text in possible_texts(document, value):
                if text != UNKNOWN_TEXT:
                    yield text, value_path


@lru_cache(maxsize=1024)
def _issues(text: str) -> tuple[lint.PatternIssue, ...]:
    """The issues of a pattern. Several rules ask for them, and templates share patterns."""
    return tuple(_find_issues(text))


def _find_issues(text: str) -> Iterator[lint.PatternIssue]:
    if UNKNOWN_TEXT not in text:
        yield from _lint(text)
        return
    written = text.replace(UNKNOWN_TEXT, _WORD)
    first = text.index(UNKNOWN_TEXT)
    try:
        parse(written, max_length=None)
    except PatternError as error:
        # The unknown part may be a whole clause, so only what precedes it can be wrong.
        if error.position + 1 < first:
            yield from _lint(written)
        return
    for issue in _lint(written):
        if _WORD not in issue.reason:  # it is not about the part that is not known
            yield issue


def _lint(text: str) -> tuple[lint.PatternIssue, ...]:
    return lint.lint(text, BotocoreEventNames(), BotocoreFieldTypes())
