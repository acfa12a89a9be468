"""A detection is what it says it is, or the build says why not."""

import pytest

from trailbell.detection import Catalogue, Detection, Example, Pack, Severity, Timing
from trailbell.event import Event, api_call, iam_user
from trailbell.proof import divisible, faults

DISABLED = api_call("kms", "DisableKey", iam_user("alice"))
LISTED = api_call("kms", "ListKeys", iam_user("alice"), read_only=True)


def catalogue(pattern: str, fires: Event, silent: Event, **accepts: str) -> Catalogue:
    return Catalogue(
        (
            Detection(
                id="keys",
                title="A key was disabled",
                packs=(Pack.ESSENTIALS,),
                severity=Severity.HIGH,
                pattern=pattern,
                why="It matters.",
                respond=("Look.",),
                fires=(Example("a key is disabled", fires),),
                silent=(Example("keys are listed", silent),),
                accepts={name.replace("_", "-"): reason for name, reason in accepts.items()},
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
    ],
)
def test_faults(pattern: str, fires: Event, silent: Event, found: str) -> None:
    first = faults(catalogue(pattern, fires, silent), use_cache=False)[0]
    assert first.found.startswith(found)
    assert first.place.startswith("tests/test_proof.py:")


def test_what_is_accepted_with_a_reason_is_no_fault() -> None:
    pattern = '{ ($.eventName = "DisableKey") && ($.userIdentity.userName != "bob") }'
    assert [fault.found for fault in faults(catalogue(pattern, DISABLED, LISTED), use_cache=False)]
    accepted = catalogue(pattern, DISABLED, LISTED, unguarded_not_equal="only users matter here")
    assert faults(accepted, use_cache=False) == ()


def test_what_is_accepted_has_to_be_there() -> None:
    needless = catalogue('{ $.eventName = "DisableKey" }', DISABLED, LISTED, too_long="why not")
    assert [fault.found for fault in faults(needless, use_cache=False)] == [
        "detection keys accepts too-long, which is not found"
    ]


def test_a_count_cannot_be_divided_where_events_would_count_twice() -> None:
    alternatives = " || ".join(f'($.requestParameters.{name * 30} = "x")' for name in "abcdefghij")
    extra = " || ".join(f'($.responseElements.{name * 30} = "x")' for name in "abcdefghij")
    long = catalogue(f"{{ {alternatives} || {extra} }}", DISABLED, LISTED)
    assert divisible(long) == ()
    counted = Catalogue(tuple(d.tuned(timing=Timing(threshold=2)) for d in long))
    (fault,) = divisible(counted)
    assert fault.found == (
        "detection keys is so long that it takes several filters, "
        "and an event may match two of them"
    )
