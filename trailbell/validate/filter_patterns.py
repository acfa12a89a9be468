"""
The filter patterns in a template.

In:    a template.
Out:   each text that is a filter pattern after deployment, and its issues.
Never: an issue of its own. `trailbell.pattern.lint` finds them.
"""

from collections.abc import Iterator
from typing import Any

from trailbell.cloudtrail.event_names import BotocoreEventNames
from trailbell.pattern import lint
from trailbell.template import TemplatePath
from trailbell.template.intrinsics import branches, substitute
from trailbell.template.resources import resources_of_type

_TYPES = ("AWS::Logs::MetricFilter", "AWS::Logs::SubscriptionFilter")

INVALID = frozenset({"not-a-pattern", "too-many-regexes"})
"""The IDs of issues because of which CloudWatch Logs rejects a pattern."""


def filter_patterns(document: Any) -> Iterator[tuple[str, TemplatePath]]:
    """The filter patterns with their paths. A variable of ``Fn::Sub`` counts as a word."""
    for logical_id, properties in resources_of_type(document, *_TYPES):
        path: TemplatePath = ("Resources", logical_id, "Properties", "FilterPattern")
        for value, value_path in branches(properties.get("FilterPattern"), path):
            match value:
                case str(text):
                    yield text, value_path
                case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
                    yield substitute(text, "variable"), value_path


def findings(document: Any) -> Iterator[tuple[lint.PatternIssue, TemplatePath]]:
    """The issues of each pattern, except for its length, which has its own rule."""
    for text, path in filter_patterns(document):
        for issue in lint.lint(text, BotocoreEventNames()):
            if issue.id != "too-long":
                yield issue, path
