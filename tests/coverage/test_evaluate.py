"""The state of a technique follows from its records; what is not true is an error."""

import pytest

from tests.coverage.frameworks import (
    CATALOG,
    DATA,
    HIGH,
    LOW,
    MEDIUM,
    OF_EACH_STATE,
    OPTION,
    framework,
    record,
    sample,
    technique,
)
from trailbell.coverage.evaluate import (
    Coverage,
    Evidence,
    State,
    evaluate_framework,
    framework_errors,
    techniques_without_proof,
)
from trailbell.coverage.framework import Technique, Visibility
from trailbell.errors import ContentError


@pytest.mark.parametrize(
    ("entry", "state"),
    [
        pytest.param(technique(note="."), State.NOT_DETECTED, id="no record"),
        pytest.param(
            technique(record("ListKeys"), note="."),
            State.NOT_DETECTED,
            id="a record on which no detection fires",
        ),
        pytest.param(
            technique(note=".", visibility=Visibility.DATA_EVENTS),
            State.DATA_EVENTS,
            id="only data events",
        ),
        pytest.param(
            technique(note=".", visibility=Visibility.NONE), State.NOT_VISIBLE, id="no events"
        ),
        pytest.param(
            technique(record("DisableKey", **DATA), note="."),
            State.DATA_EVENTS,
            id="a detection that fires on a data event only",
        ),
        pytest.param(
            technique(sample("high", "a data event of a key"), note="."),
            State.DATA_EVENTS,
            id="a sample event that is a data event",
        ),
        pytest.param(
            technique(sample("option", "DisableKey"), note="."),
            State.OPT_IN,
            id="a detection that must be enabled",
        ),
        pytest.param(
            technique(sample("low", "CreateKey"), note="."), State.LOW, id="a low severity"
        ),
        pytest.param(
            technique(sample("low", "CreateKey"), sample("option", "DisableKey"), note="."),
            State.LOW,
            id="a low severity, and a high one that must be enabled",
        ),
        pytest.param(technique(record("DeleteKey")), State.DETECTED, id="a medium severity"),
        pytest.param(
            technique(sample("high", "a key is used")),
            State.DETECTED,
            id="a sample event by its description",
        ),
        pytest.param(
            technique(sample("high", "DisableKey")),
            State.DETECTED,
            id="a sample event by its name, next to a data event",
        ),
    ],
)
def test_the_state_of_a_technique(entry: Technique, state: State) -> None:
    (coverage,) = evaluate_framework(framework(entry), CATALOG)
    assert coverage.state == state


@pytest.mark.parametrize(
    ("entry", "problems"),
    [
        pytest.param(
            technique(sample("hihg", "DisableKey")),
            [
                (
                    'has the proof "hihg: DisableKey": unknown detection "hihg"; '
                    'did you mean "high"?; name a detection of the catalog'
                )
            ],
            id="a detection that does not exist",
        ),
        pytest.param(
            technique(sample("high", "EnableKey"), sample("low", "EnableKey")),
            [
                (
                    'has the proof "high: EnableKey", but the detection has no '
                    'such event in "fires"; use an eventName or a description of these: DisableKey'
                ),
                (
                    'has the proof "low: EnableKey", but the detection has no '
                    'such event in "fires"; use an eventName or a description of these: CreateKey'
                ),
            ],
            id="sample events that do not exist",
        ),
        pytest.param(
            technique(sample("high", "something else")),
            [
                (
                    'has the proof "high: something else", but the detection has no such event in '
                    '"fires"; use an eventName or a description of these: DisableKey'
                )
            ],
            id="an event on which the detection is silent",
        ),
        pytest.param(
            technique(sample("broken", "TagKey")),
            [('has the proof "broken: TagKey", but the detection does not fire; fix the pattern')],
            id="a detection that does not fire on its sample event",
        ),
        pytest.param(
            technique(record("DisableKey"), visibility=Visibility.NONE, note="Invisible."),
            [
                (
                    'has the visibility "none", but these detections fire: '
                    'high, option; remove "visibility", which follows from the records'
                )
            ],
            id="an invisible technique that is detected",
        ),
        pytest.param(
            technique(record("ListKeys")),
            ['is "not detected" without a reason; give it in "note"'],
            id="no detection, and no reason",
        ),
        pytest.param(
            technique(sample("option", "DisableKey")),
            ['is "opt-in" without a reason; give it in "note"'],
            id="an opt-in detection, and no reason",
        ),
        pytest.param(
            technique(note="`high` detects it, and `lwo`."),
            [
                (
                    'has a note with an error: unknown detection "lwo"; did you mean "low"?; name '
                    "a detection of the catalog"
                )
            ],
            id="a note with a detection that does not exist",
        ),
        pytest.param(technique(sample("high", "DisableKey")), [], id="a proof"),
    ],
)
def test_a_claim_that_is_not_true_is_an_error(entry: Technique, problems: list[str]) -> None:
    wrong = framework(entry)
    messages = [f"f.toml, technique T1: {problem}" for problem in problems]
    assert [str(error) for error in framework_errors(wrong, CATALOG)] == messages
    if messages:
        with pytest.raises(ContentError) as raised:
            evaluate_framework(wrong, CATALOG)
        assert str(raised.value) == messages[0]


def test_one_mistake_does_not_hide_others() -> None:
    wrong = framework(technique(), technique(sample("none", "X"), id="T2"))
    assert [error.location for error in framework_errors(wrong, CATALOG)] == [
        "f.toml, technique T1",
        "f.toml, technique T2",
    ]


def test_a_record_counts_for_all_detections_and_those_that_fire_by_default_come_first() -> None:
    entry = technique(
        record("DisableKey"),
        record("DisableKey", **DATA),
        record("CreateKey"),
        record("ListKeys"),
        record("ListKeys", x=1),
        sample("medium", "DeleteKey"),
    )
    assert evaluate_framework(framework(entry), CATALOG) == (
        Coverage(
            technique=entry,
            evidence=(
                Evidence(detection=HIGH, events=("DisableKey",)),
                Evidence(detection=MEDIUM, events=("DeleteKey",)),
                Evidence(detection=LOW, events=("CreateKey",)),
                Evidence(detection=OPTION, events=("DisableKey",)),
                Evidence(detection=HIGH, events=("DisableKey",), data_events=True),
                Evidence(detection=OPTION, events=("DisableKey",), data_events=True),
            ),
            undetected=("ListKeys",),
        ),
    )


def test_a_technique_that_detections_only_name_has_no_proof() -> None:
    assert techniques_without_proof(OF_EACH_STATE, CATALOG) == ("T9",)
