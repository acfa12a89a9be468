"""Event patterns that we compile have no issues, except for those of the filter pattern."""

import pytest
from hypothesis import given, settings

from tests.pattern.strategies import json_patterns
from tests.pattern.targets.records import trees
from trailbell.catalog.detection import Detection
from trailbell.catalog.event_rule import rule_state
from trailbell.cloudtrail.event_names import BotocoreEventNames
from trailbell.cloudtrail.field_types import BotocoreFieldTypes
from trailbell.command.project import load_project
from trailbell.errors import UnsupportedError
from trailbell.event_pattern import lint
from trailbell.pattern import parse
from trailbell.pattern.ast import Pattern
from trailbell.pattern.targets import eventbridge

# What the lint of filter patterns says of the same clauses.
_THE_AUTHORS = frozenset(
    {
        "anything-but-needs-a-value",
        "unknown-event-name",
        "unknown-identity-type",
        "misspelled-source",
        "unknown-event-source",
        "misspelled-value",
        "address-range",
    }
)
_READ_ALL = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"


def compiled(tree: Pattern) -> dict[str, object] | None:
    try:
        return eventbridge.compile(tree)
    except UnsupportedError:
        return None


@given(trees(leaves=4) | json_patterns())
@settings(max_examples=400)
def test_compiled_patterns_have_no_issues(tree: Pattern) -> None:
    pattern = compiled(tree)
    if pattern is not None:
        found = lint(pattern, BotocoreEventNames(), state=_READ_ALL)
        assert [one for one in found if one.id not in _THE_AUTHORS] == []


@pytest.mark.parametrize("detection", [pytest.param(d, id=d.id) for d in load_project().written])
def test_detections_have_no_issues(detection: Detection) -> None:
    pattern = compiled(parse(detection.pattern_text, max_length=None).tree)
    accepted = {"unguarded-not-equal": "anything-but-needs-a-value"}
    if pattern is not None:
        known = BotocoreEventNames(), BotocoreFieldTypes()
        found = {one.id for one in lint(pattern, *known, state=rule_state(detection))}
        assert found <= {accepted.get(name) for name in detection.accepted_issues}
