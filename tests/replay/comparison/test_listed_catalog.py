"""The catalog of a revision, from its ``list --json``."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.replay.hits import detection, timing
from trailbell.catalog.detection import Timing
from trailbell.errors import ContentError
from trailbell.pattern import parse
from trailbell.replay.comparison.listed_catalog import ListedCatalog, read_listing
from trailbell.replay.detection import LogAlarmSchedule, ReplayDetection, RuleReceives

_ENTRY = {
    "id": "new-user",
    "deployed_by": "essentials",
    "severity": "high",
    "title": "A user was created",
    "pattern": '{ $.eventName = "CreateUser" }',
    "timing": {"period": 300, "threshold": 1, "reason": "One is enough.", "of_later": True},
    "log_alarm": False,
    "log_alarm_schedule": None,
    "rule": None,
}
_READ = replace(detection(), timing=Timing(reason="One is enough."))
_NO_RULES = (
    "The list of this revision does not say which detections have EventBridge rules; those of now "
    "are assumed."
)
_FORMER = {key: _ENTRY[key] for key in _ENTRY if key not in ("rule", "log_alarm_schedule")}


def _listing(*entries: object) -> str:
    return json.dumps({"stacks": [], "detections": entries})


def _read(text: str, now: Mapping[str, ReplayDetection] | None = None) -> ListedCatalog:
    return read_listing(text, "main (0123456)", {"OwnAccountId": "123456789012"}, now or {})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param(
            "stack  summary",
            "its list is not JSON: Expecting value: line 1 column 1 (char 0)",
            id="text is not a list",
        ),
        pytest.param(
            "[]",
            "its list of detections cannot be read (TypeError: list indices must be integers or "
            "slices, not str)",
            id="JSON of something else is not a list",
        ),
        pytest.param(
            _listing({"id": "new-user", "deployed_by": "essentials"}),
            "its list of detections cannot be read (KeyError: 'pattern')",
            id="a detection without a pattern cannot be read",
        ),
        pytest.param(
            _listing({**_ENTRY, "severity": "extreme"}),
            "its list of detections cannot be read (ValueError: 'extreme' is not a valid Severity)",
            id="a severity that is unknown cannot be read",
        ),
        pytest.param(
            _listing({**_ENTRY, "rule": "SOMETIMES"}),
            "its list of detections cannot be read (KeyError: 'SOMETIMES')",
            id="a state that is unknown cannot be read",
        ),
        pytest.param(
            _listing({**_ENTRY, "timing": []}),
            "its list of detections cannot be read (AttributeError: 'list' object has no attribute "
            "'items')",
            id="a timing that is a list cannot be read",
        ),
        pytest.param(
            _listing({**_ENTRY, "pattern": "{ $.a = }"}),
            "the pattern of new-user cannot be read: unexpected '}'",
            id="a pattern that is not valid cannot be read",
        ),
    ],
)
def test_a_list_that_cannot_be_read_is_an_error(text: str, problem: str) -> None:
    with pytest.raises(ContentError) as error:
        _read(text)
    assert (error.value.location, error.value.problem) == ("main (0123456)", problem)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        pytest.param(_ENTRY, _READ, id="a metric alarm without a rule"),
        pytest.param(
            {**_ENTRY, "pattern": "{ $.a = ${OwnAccountId} }"},
            replace(_READ, filter_pattern=parse("{ $.a = 123456789012 }")),
            id="a placeholder has its value",
        ),
        pytest.param(
            {**_ENTRY, "rule": "ENABLED"},
            replace(_READ, rule=RuleReceives.WRITES),
            id="a rule that receives writes",
        ),
        pytest.param(
            {**_ENTRY, "rule": "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"},
            replace(_READ, rule=RuleReceives.READS_AND_WRITES),
            id="a rule that receives reads, too",
        ),
        pytest.param(
            {
                **_ENTRY,
                "log_alarm": True,
                "log_alarm_schedule": {"run_every": 60, "start_offset": 120, "end_offset": 5},
            },
            replace(
                _READ, log_alarm=LogAlarmSchedule(run_every=60, start_offset=120, end_offset=5)
            ),
            id="a log alarm with its schedule",
        ),
        pytest.param(
            {**_ENTRY, "log_alarm": True},
            replace(
                _READ, log_alarm=LogAlarmSchedule(run_every=300, start_offset=900, end_offset=0)
            ),
            id="a log alarm of a revision that lists no schedule",
        ),
    ],
)
def test_a_detection_is_read(entry: object, expected: ReplayDetection) -> None:
    assert _read(_listing(entry)) == ListedCatalog((expected,))


def test_a_detection_that_is_not_deployed_is_left_out() -> None:
    assert _read(_listing({**_FORMER, "deployed_by": None})) == ListedCatalog(())


@pytest.mark.parametrize(
    ("threshold", "now", "rule"),
    [
        pytest.param(1, {}, RuleReceives.NOTHING, id="a detection that was deleted has none"),
        pytest.param(3, {"new-user": RuleReceives.WRITES}, RuleReceives.NOTHING, id="counts"),
        pytest.param(
            1, {"new-user": RuleReceives.WRITES}, RuleReceives.WRITES, id="it has that of now"
        ),
    ],
)
def test_the_rules_of_a_revision_that_lists_none_are_those_of_now(
    threshold: int, now: Mapping[str, RuleReceives], rule: RuleReceives
) -> None:
    counting = timing(threshold=threshold)
    entry = {**_FORMER, "timing": {"threshold": threshold, "reason": counting.reason}}
    present = {name: detection(rule=rule) for name, rule in now.items()}
    expected = replace(detection(counting), rule=rule)
    assert _read(_listing(entry), present) == ListedCatalog((expected,), (_NO_RULES,))
