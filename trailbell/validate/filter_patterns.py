"""
The filter patterns of a template.

In:    a template's document.
Out:   each text that can become a filter pattern, and what lint says of it.
Never: a judgement of its own. `trailbell.pattern.lint` judges.
"""

from collections.abc import Iterator
from typing import Any

from trailbell.cloudtrail.event_names import BotocoreEventNames
from trailbell.pattern import lint
from trailbell.template import TemplatePath
from trailbell.template.intrinsics import branches, substitute
from trailbell.template.resources import resources_of_type

_TYPES = ("AWS::Logs::MetricFilter", "AWS::Logs::SubscriptionFilter")

REFUSED = frozenset({"not-a-pattern", "too-many-regexes"})
"""Findings of patterns that CloudWatch Logs does not take."""


def filter_patterns(document: Any) -> Iterator[tuple[str, TemplatePath]]:
    """Texts in the place of filter patterns; a variable of ``Fn::Sub`` reads as a word, and
    ``${!x}`` as the ``${x}`` that it becomes."""
    for logical_id, properties in resources_of_type(document, *_TYPES):
        path: TemplatePath = ("Resources", logical_id, "Properties", "FilterPattern")
        for value, at in branches(properties.get("FilterPattern"), path):
            match value:
                case str(text):
                    yield text, at
                case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
                    yield substitute(text, "variable"), at


def findings(document: Any) -> Iterator[tuple[lint.Finding, TemplatePath]]:
    """What is wrong with each pattern, but for its length, which has a rule of its own."""
    for text, at in filter_patterns(document):
        for finding in lint.lint(text, BotocoreEventNames()):
            if finding.id != "too-long":
                yield finding, at
