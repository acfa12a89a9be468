"""The sample event of a detection as one of this account, which its deployed pattern matches."""

import json
from typing import Any

import pytest
from ministack.services import eventbridge as referee

from tests.drill.account import START
from trailbell.build.project import load_catalogs
from trailbell.catalog.detection import Detection
from trailbell.catalog.event_message import DRILL_MARK
from trailbell.catalog.event_rule import event_pattern, reason_without_rule
from trailbell.catalog.placeholders import PLACEHOLDERS
from trailbell.drill.rule_part import to_bus_event
from trailbell.drill.rule_values import placeholder_values
from trailbell.drill.sample_event import Marking, candidates, mark, to_message
from trailbell.pattern import Outcome
from trailbell.settings import Table

DEPLOYED = {name: f"deployed-{name.lower()}" for name in PLACEHOLDERS}
DETECTIONS = [
    pytest.param(each, id=each.id) for each in load_catalogs(Table("", "", {}))[1].detections
]


def _detection(param: Any) -> Detection:
    detection: Detection = param.values[0]
    return detection


def _marking(**changes: Any) -> Marking:
    return Marking(run="1a2b", at=START, values={}, **changes)


@pytest.mark.parametrize(
    ("event", "marking", "expected"),
    [
        pytest.param(
            {"eventID": "x", "awsRegion": "us-east-1", "recipientAccountId": "111122223333"},
            _marking(),
            {"awsRegion": "us-east-1", "recipientAccountId": "111122223333"},
            id="without a place the event keeps its own",
        ),
        pytest.param(
            {"awsRegion": "us-east-1"},
            _marking(account="123456789012", region="eu-central-1"),
            {"awsRegion": "eu-central-1", "recipientAccountId": "123456789012"},
            id="with a place it is there",
        ),
        pytest.param(
            {"requestParameters": {"logGroupName": "other"}},
            _marking(),
            {"requestParameters": {"logGroupName": "other"}},
            id="other texts stay",
        ),
        pytest.param(
            {"a": ["security-alerts-LogGroup-EXAMPLE", {"b": "security-alerts-x"}], "n": 1},
            Marking(
                run="1a2b", at=START, values={"LogGroupName": "trails", "AlarmPrefix": "watch"}
            ),
            {"a": ["trails", {"b": "watch-x"}], "n": 1},
            id="a sample value that contains another one is replaced as a whole",
        ),
    ],
)
def test_mark(event: dict[str, Any], marking: Marking, expected: dict[str, Any]) -> None:
    marked = mark(event, marking, 2)
    own = {
        "drill": DRILL_MARK,
        "eventTime": "2026-03-01T12:00:00Z",
        "eventID": "trailbell-drill-1a2b-2",
    }
    assert marked == own | expected
    assert next(iter(marked)) == "drill"


@pytest.mark.parametrize("detection", DETECTIONS)
def test_every_detection_can_be_drilled(detection: Detection) -> None:
    """Its pattern with the deployed values matches one of its sample events as a drill."""
    values = {name: DEPLOYED[name] for name in detection.placeholders}
    marking = Marking(run="1", at=START, values=values, account="123456789012", region="eu-west-1")
    pattern = detection.resolve(DEPLOYED)
    outcomes = [
        pattern.test(to_message(mark(event, where)))
        for event, where in candidates(detection, marking)
    ]
    assert Outcome.MATCH in outcomes


@pytest.mark.parametrize(
    "detection", [each for each in DETECTIONS if not reason_without_rule(_detection(each))]
)
def test_a_rule_with_deployed_names_matches_the_event_of_a_drill(detection: Detection) -> None:
    """As the referee evaluates it, with the values that are read from the deployed pattern."""
    deployed = _filled(event_pattern(detection))
    values = placeholder_values(detection, deployed)
    assert values.keys() == set(detection.placeholders)
    marking = Marking(run="1", at=START, values=values, account="123456789012", region="eu-west-1")
    deployed = {**deployed, "source": ["trailbell.drill"]}
    assert any(
        _matches(
            deployed,
            to_bus_event(mark(event, where), account="123456789012", region="eu-west-1"),
        )
        for event, where in candidates(detection, marking)
    )


def _matches(pattern: Any, event: Any) -> bool:
    request = {"EventPattern": json.dumps(pattern), "Event": json.dumps(event)}
    status, _, body = referee._test_event_pattern(request)
    assert status == 200
    return bool(json.loads(body)["Result"])


def _filled(value: Any) -> Any:
    match value:
        case str():
            for name, text in DEPLOYED.items():
                value = value.replace(f"${{{name}}}", text)
            return value
        case dict():
            return {name: _filled(member) for name, member in value.items()}
        case list():
            return [_filled(entry) for entry in value]
        case _:
            return value


def test_a_pattern_that_was_changed_has_no_values() -> None:
    [detection] = [_detection(each) for each in DETECTIONS if each.id == "topic-tampering"]
    assert placeholder_values(detection, {"detail": {"eventName": ["DeleteTopic"]}}) == {}
