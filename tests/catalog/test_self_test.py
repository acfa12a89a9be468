"""A detection is what it says it is, or the build says why not."""

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
    Pack,
    Severity,
    Timing,
)
from trailbell.catalog.self_test import check_catalog, check_tuned
from trailbell.samples import Event, api_call, iam_user

DISABLED = api_call("kms", "DisableKey", iam_user("alice"))
LISTED = api_call("kms", "ListKeys", iam_user("alice"), read_only=True)


def detection(**fields: Any) -> Detection:
    """A detection that keeps all rules, but for what is given."""
    whole: dict[str, Any] = {
        "id": "keys",
        "title": "A key was disabled",
        "packs": (Pack.ESSENTIALS,),
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


def catalogue(pattern: str, fires: Event, silent: Event, **accepts: str) -> Catalog:
    """One detection whose first events are these."""
    whole = detection()
    return Catalog(
        (
            detection(
                pattern=pattern,
                fires=(Example("a key is disabled", fires), *whole.fires[1:]),
                silent=(Example("keys are listed", silent), *whole.silent[1:]),
                accepted_issues={
                    name.replace("_", "-"): reason for name, reason in accepts.items()
                },
            ),
        )
    )


@pytest.mark.parametrize(
    ("pattern", "fires", "silent", "found"),
    [
        pytest.param(
            '{ $.eventName = "DisableKeys" ',
            DISABLED,
            LISTED,
            "detection keys has a pattern that is not usable",
            id="it cannot be read",
        ),
        pytest.param(
            '{ $.eventName = "EnableKey" }',
            DISABLED,
            LISTED,
            "detection keys is silent on the event 'a key is disabled'",
            id="it is silent where it should fire",
        ),
        pytest.param(
            '{ $.eventSource = "kms.amazonaws.com" }',
            DISABLED,
            LISTED,
            "detection keys fires on the event 'keys are listed'",
            id="it fires where it should be silent",
        ),
        pytest.param(
            '{ $.requestParameters.keyId = "true" }',
            DISABLED | {"requestParameters": {"keyId": True}},
            LISTED,
            "detection keys is not certain about the event 'a key is disabled'",
            id="nobody knows",
        ),
        pytest.param(
            '{ ($.eventSource = "kms.amazonaws.com") && ($.eventName = "DisableKee") }',
            DISABLED,
            LISTED,
            "detection keys has a slip in its pattern, unknown-event-name",
            id="KMS has no such call",
        ),
        pytest.param(
            '{ $.eventName = "DisableKey" }',
            DISABLED,
            LISTED | {"eventName": "ListKeyz"},
            'detection keys has the silent event "keys are listed" with the name "ListKeyz", '
            "which kms.amazonaws.com does not have",
            id="an event that KMS does not have",
        ),
    ],
)
def test_faults(pattern: str, fires: Event, silent: Event, found: str) -> None:
    first = check_catalog(catalogue(pattern, fires, silent), use_cache=False)[0]
    assert first.problem.startswith(found)
    assert first.location.startswith("tests/catalog/test_self_test.py:")


def test_what_is_accepted_with_a_reason_is_no_fault() -> None:
    pattern = '{ ($.eventName = "DisableKey") && ($.userIdentity.userName != "bob") }'
    assert [
        fault.problem
        for fault in check_catalog(catalogue(pattern, DISABLED, LISTED), use_cache=False)
    ]
    accepted = catalogue(pattern, DISABLED, LISTED, unguarded_not_equal="only users matter here")
    assert check_catalog(accepted, use_cache=False) == ()


def test_what_is_accepted_has_to_be_there() -> None:
    needless = catalogue('{ $.eventName = "DisableKey" }', DISABLED, LISTED, too_long="why not")
    assert [fault.problem for fault in check_catalog(needless, use_cache=False)] == [
        "detection keys accepts the issue too-long, which it does not have"
    ]


def test_a_count_cannot_be_divided_where_events_would_count_twice() -> None:
    alternatives = " || ".join(f'($.requestParameters.{name * 30} = "x")' for name in "abcdefghij")
    extra = " || ".join(f'($.responseElements.{name * 30} = "x")' for name in "abcdefghij")
    long = catalogue(f"{{ {alternatives} || {extra} }}", DISABLED, LISTED)
    assert check_tuned(long) == ()
    counted = Catalog(tuple(d.with_changes(timing=Timing(threshold=2)) for d in long))
    (fault,) = check_tuned(counted)
    assert fault.problem == (
        "detection keys is so long that it takes several filters, "
        "and an event may match two of them"
    )


def test_a_name_of_another_service_is_told_with_its_service() -> None:
    pattern = '{ ($.eventSource = "iam.amazonaws.com") && ($.eventName = "DisableKey") }'
    (slip, *_) = check_catalog(catalogue(pattern, DISABLED, LISTED), use_cache=False)
    assert slip.hint == ("that is an event of kms.amazonaws.com; or explain it in accepted_issues")


def test_a_name_that_the_models_do_not_know_yet_is_accepted_with_a_reason() -> None:
    young = DISABLED | {"eventName": "DisableKeyV9"}
    pattern = '{ $.eventName = "DisableKey*" }'
    (fault,) = check_catalog(catalogue(pattern, young, LISTED), use_cache=False)
    assert fault.problem.startswith(
        'detection keys has the firing event "a key is disabled" with the name'
    )
    accepted = catalogue(pattern, young, LISTED, unknown_event_name="it came last week")
    assert check_catalog(accepted, use_cache=False) == ()


def test_every_fault_of_every_detection_is_told_at_once() -> None:
    several = Catalog(
        (
            detection(id="one", pattern="{ $.eventName = ", runbook=("Look.",)),
            detection(id="two"),
            detection(id="three", controls=Controls(), silent=detection().silent[:1]),
        )
    )
    assert [
        fault.problem.partition(":")[0] for fault in check_catalog(several, use_cache=False)
    ] == [
        "detection one has 1 step in respond",
        "detection one has a pattern that is not usable",
        "detection three names no technique of MITRE ATT&CK",
        "detection three has 1 silent event",
    ]


@pytest.fixture
def verdicts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A cache of this test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache.folder.cache_clear()
    yield
    cache.folder.cache_clear()


@pytest.mark.usefixtures("verdicts")
@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"title": "a key"}, id="title"),
        pytest.param({"why": "It matters"}, id="why"),
        pytest.param({"runbook": ("Look.",)}, id="respond"),
        pytest.param({"false_positives": "None"}, id="false alarms"),
        pytest.param({"changes_from_original": "All"}, id="what changed"),
        pytest.param({"controls": Controls()}, id="controls"),
        pytest.param({"timing": Timing(threshold=2, period=60, reason="Two.")}, id="period"),
        pytest.param({"timing": Timing(threshold=2)}, id="the reason of a count"),
        pytest.param({"pattern": '{ $.eventName = "EnableKey" }'}, id="pattern"),
        pytest.param({"fires": detection().fires[:1]}, id="fires"),
        pytest.param({"silent": detection().silent[:1]}, id="silent"),
        pytest.param({"accepted_issues": {"too-long": "it is not"}}, id="accepts"),
    ],
)
def test_what_was_right_is_judged_again_when_it_changes(fields: dict[str, Any]) -> None:
    assert check_catalog(Catalog((detection(),))) == ()
    assert check_catalog(Catalog((detection(**fields),))) != ()


@pytest.mark.usefixtures("verdicts")
def test_an_event_that_is_no_json_is_told_and_nothing_is_cached() -> None:
    odd = detection(silent=(*detection().silent, Example("a set", LISTED | {"request": {1}})))
    for _ in range(2):
        (fault,) = check_catalog(Catalog((odd,)))
        assert fault.problem == "detection keys has an event 'a set' that is no JSON"
