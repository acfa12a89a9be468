"""A detection does what it says, or the build reports why not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from trailbell import cache
from trailbell.catalog.detection import (
    Catalog,
    Controls,
    Detection,
    Example,
    Severity,
    Timing,
)
from trailbell.catalog.self_test import check_catalog, check_tuned
from trailbell.samples import Event, api_call, iam_user

DISABLED = api_call("kms", "DisableKey", iam_user("alice"))
LISTED = api_call("kms", "ListKeys", iam_user("alice"), read_only=True)


def detection(**fields: Any) -> Detection:
    """A detection that violates no rule, with other values for some fields."""
    whole: dict[str, Any] = {
        "id": "keys",
        "title": "A key was disabled",
        "packs": ("essentials",),
        "severity": Severity.HIGH,
        "pattern": '{ $.eventName = "DisableKey" }',
        "why": "It matters.",
        "runbook": ("Look.", "Ask.", "Undo."),
        "controls": Controls(mitre_attack=("T1485",)),
        "fires": (
            Example("a key is disabled", DISABLED),
            Example("carol disables it", DISABLED | {"userIdentity": iam_user("carol")}),
        ),
        "silent": (
            Example("keys are listed", LISTED),
            Example("a key is enabled", DISABLED | {"eventName": "EnableKey"}),
            Example("carol lists them", LISTED | {"userIdentity": iam_user("carol")}),
        ),
    }
    return Detection(**(whole | fields))


def catalog(pattern: str, fires: Event, silent: Event, **accepted: str) -> Catalog:
    """One detection with these first sample events."""
    whole = detection()
    return Catalog(
        (
            detection(
                pattern=pattern,
                fires=(Example("a key is disabled", fires), *whole.fires[1:]),
                silent=(Example("keys are listed", silent), *whole.silent[1:]),
                accepted_issues={
                    name.replace("_", "-"): reason for name, reason in accepted.items()
                },
            ),
        )
    )


@pytest.mark.parametrize(
    ("pattern", "fires", "silent", "problem"),
    [
        pytest.param(
            '{ $.eventName = "DisableKeys" ',
            DISABLED,
            LISTED,
            "detection keys has a pattern that is not valid: ",
            id="it cannot be parsed",
        ),
        pytest.param(
            '{ $.eventName = "EnableKey" }',
            DISABLED,
            LISTED,
            'detection keys does not match the sample event "a key is disabled"',
            id="it does not match where it should",
        ),
        pytest.param(
            '{ $.eventSource = "kms.amazonaws.com" }',
            DISABLED,
            LISTED,
            'detection keys matches the sample event "keys are listed", which it should not',
            id="it matches where it should not",
        ),
        pytest.param(
            '{ $.requestParameters.keyId = "true" }',
            DISABLED | {"requestParameters": {"keyId": True}},
            LISTED,
            'detection keys may or may not match the sample event "a key is disabled"',
            id="the outcome is uncertain",
        ),
        pytest.param(
            '{ ($.eventSource = "kms.amazonaws.com") && ($.eventName = "DisableKee") }',
            DISABLED,
            LISTED,
            "detection keys has a suspicious pattern (unknown-event-name at character 45): ",
            id="an unknown event name in the pattern",
        ),
        pytest.param(
            '{ $.eventName = "DisableKey" }',
            DISABLED,
            LISTED | {"eventName": "ListKeyz"},
            'detection keys has the sample event "keys are listed" with the eventName "ListKeyz", '
            "which kms.amazonaws.com does not have",
            id="an unknown event name in a sample event",
        ),
    ],
)
def test_problems(pattern: str, fires: Event, silent: Event, problem: str) -> None:
    first = check_catalog(catalog(pattern, fires, silent), use_cache=False)[0]
    assert first.problem.startswith(problem)
    assert first.location.startswith("tests/catalog/test_self_test.py:")


def test_an_accepted_issue_is_not_an_error() -> None:
    pattern = '{ ($.eventName = "DisableKey") && ($.userIdentity.userName != "bob") }'
    assert [
        error.problem
        for error in check_catalog(catalog(pattern, DISABLED, LISTED), use_cache=False)
    ]
    accepted = catalog(pattern, DISABLED, LISTED, unguarded_not_equal="only users matter here")
    assert check_catalog(accepted, use_cache=False) == ()


def test_an_accepted_issue_must_exist() -> None:
    needless = catalog('{ $.eventName = "DisableKey" }', DISABLED, LISTED, too_long="why not")
    assert [error.problem for error in check_catalog(needless, use_cache=False)] == [
        "detection keys accepts the issue too-long, which it does not have"
    ]


def test_a_threshold_needs_filters_that_match_no_event_twice() -> None:
    alternatives = " || ".join(f'($.requestParameters.{name * 30} = "x")' for name in "abcdefghij")
    extra = " || ".join(f'($.responseElements.{name * 30} = "x")' for name in "abcdefghij")
    long = catalog(f"{{ {alternatives} || {extra} }}", DISABLED, LISTED)
    assert check_tuned(long) == ()
    counted = Catalog(tuple(d.with_changes(timing=Timing(threshold=2)) for d in long))
    (error,) = check_tuned(counted)
    assert error.problem == (
        "detection keys is so long that it takes several filters, "
        "and an event may match two of them"
    )


def test_the_hint_names_the_service_that_has_an_event() -> None:
    pattern = '{ ($.eventSource = "iam.amazonaws.com") && ($.eventName = "DisableKey") }'
    (error, *_) = check_catalog(catalog(pattern, DISABLED, LISTED), use_cache=False)
    assert error.hint == (
        "use the eventSource of this event, kms.amazonaws.com; or explain it in accepted_issues"
    )


def test_a_name_that_is_newer_than_the_models_can_be_accepted() -> None:
    young = DISABLED | {"eventName": "DisableKeyV9"}
    pattern = '{ $.eventName = "DisableKey*" }'
    (error,) = check_catalog(catalog(pattern, young, LISTED), use_cache=False)
    assert error.problem.startswith(
        'detection keys has the sample event "a key is disabled" with the eventName'
    )
    accepted = catalog(pattern, young, LISTED, unknown_event_name="it came last week")
    assert check_catalog(accepted, use_cache=False) == ()


def test_all_errors_of_all_detections_are_reported_together() -> None:
    several = Catalog(
        (
            detection(id="one", pattern="{ $.eventName = ", runbook=("Look.",)),
            detection(id="two"),
            detection(id="three", controls=Controls(), silent=detection().silent[:1]),
        )
    )
    assert [
        error.problem.partition(":")[0] for error in check_catalog(several, use_cache=False)
    ] == [
        "detection one has 1 step in runbook",
        "detection one has a pattern that is not valid",
        "detection three has no MITRE ATT&CK technique",
        "detection three has 1 sample event in silent",
    ]


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache.folder.cache_clear()
    yield
    cache.folder.cache_clear()


@pytest.mark.usefixtures("empty_cache")
@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"title": "a key"}, id="title"),
        pytest.param({"why": "It matters"}, id="why"),
        pytest.param({"runbook": ("Look.",)}, id="runbook"),
        pytest.param({"false_positives": "None"}, id="false positives"),
        pytest.param({"changes_from_original": "All"}, id="changes from the original"),
        pytest.param({"controls": Controls()}, id="controls"),
        pytest.param({"timing": Timing(threshold=2, period=60, reason="Two.")}, id="period"),
        pytest.param({"timing": Timing(threshold=2)}, id="the reason of a threshold"),
        pytest.param({"pattern": '{ $.eventName = "EnableKey" }'}, id="pattern"),
        pytest.param({"fires": detection().fires[:1]}, id="fires"),
        pytest.param({"silent": detection().silent[:1]}, id="silent"),
        pytest.param({"accepted_issues": {"too-long": "it is not"}}, id="accepted issues"),
    ],
)
def test_a_changed_detection_is_tested_again(fields: dict[str, Any]) -> None:
    assert check_catalog(Catalog((detection(),))) == ()
    assert check_catalog(Catalog((detection(**fields),))) != ()


@pytest.mark.usefixtures("empty_cache")
def test_an_event_that_is_not_json_is_an_error_and_is_not_cached() -> None:
    odd = detection(silent=(*detection().silent, Example("a set", LISTED | {"request": {1}})))
    for _ in range(2):
        (error,) = check_catalog(Catalog((odd,)))
        assert (
            error.problem == 'detection keys has the sample event "a set", which is not valid JSON'
        )
