"""Detections and catalogues."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from trailbell.catalog.detection import Catalog, Controls, Detection, Example, Pack, Severity
from trailbell.errors import UnknownNameError
from trailbell.source_location import SourceLocation

_EXAMPLE = Example("something happens", {"eventName": "X"})
_FIELDS: dict[str, Any] = {
    "id": "root-account-use",
    "title": "The root user did something",
    "packs": (Pack.ESSENTIALS,),
    "severity": Severity.HIGH,
    "pattern": '{ $.eventName = "X" }',
    "why": "because",
    "runbook": ("look",),
    "fires": (_EXAMPLE,),
    "silent": (_EXAMPLE,),
}


def _detection(**fields: Any) -> Detection:
    return Detection(**(_FIELDS | fields))


@pytest.mark.parametrize(
    ("identifier", "logical_id"),
    [
        ("root-account-use", "RootAccountUse"),
        ("x", "X"),
        ("s3-bucket-policy-changes", "S3BucketPolicyChanges"),
        ("vpc2-a1", "Vpc2A1"),
    ],
)
def test_the_logical_id(identifier: str, logical_id: str) -> None:
    assert _detection(id=identifier).logical_id == logical_id


@pytest.mark.parametrize(
    "identifier", ["", "Root", "root_use", "root use", "-a", "a-", "a--b", "1a"]
)
def test_an_id_that_is_not_kebab_case(identifier: str) -> None:
    with pytest.raises(ValueError, match="kebab") as raised:
        _detection(id=identifier)
    assert str(raised.value) == (
        f"detection id {identifier!r} is not kebab-case, like 'root-account-use'"
    )


@pytest.mark.parametrize("field", ["packs", "fires", "silent", "runbook"])
def test_a_field_that_holds_nothing(field: str) -> None:
    with pytest.raises(ValueError, match=field) as raised:
        _detection(**{field: ()})
    assert str(raised.value) == (
        f"detection 'root-account-use' has no {field}; it needs at least one"
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("runbook", ("call somebody"), id="text, without the comma of a tuple"),
        pytest.param("fires", _EXAMPLE, id="an example alone"),
        pytest.param("silent", [_EXAMPLE], id="a list"),
        pytest.param("packs", Pack.CIS, id="a pack alone"),
    ],
)
def test_a_field_that_is_not_a_tuple(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=field) as raised:
        _detection(**{field: value})
    assert str(raised.value) == (
        f"{field} of detection 'root-account-use' is not a tuple; mind the comma"
    )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        pytest.param(
            {"id": 3},
            "detection id 3 is not kebab-case, like 'root-account-use'",
            id="an id that is no text",
        ),
        pytest.param(
            {"title": ""},
            "title of detection 'root-account-use' is ''; it wants a text that is not empty",
            id="an empty title",
        ),
        pytest.param(
            {"title": " \n"},
            "title of detection 'root-account-use' is ' \\n'; it wants a text that is not empty",
            id="a title of white space",
        ),
        pytest.param(
            {"why": 3},
            "why of detection 'root-account-use' is 3; it wants a text that is not empty",
            id="a reason that is no text",
        ),
        pytest.param(
            {"runbook": ("look", "")},
            "runbook of detection 'root-account-use' holds ''; it wants a text that is not empty",
            id="a step that says nothing",
        ),
        pytest.param(
            {"runbook": ("look", None)},
            "runbook of detection 'root-account-use' holds None; it wants a text that is not empty",
            id="a step that is no text",
        ),
        pytest.param(
            {"fires": ({"eventName": "X"},)},
            "fires of detection 'root-account-use' holds {'eventName': 'X'}; it wants an Example",
            id="an event that is no example",
        ),
        pytest.param(
            {"silent": (_EXAMPLE, "nothing")},
            "silent of detection 'root-account-use' holds 'nothing'; it wants an Example",
            id="a text that is no example",
        ),
        pytest.param(
            {"severity": "hihg"},
            (
                "severity of detection 'root-account-use' is 'hihg'; "
                "known are Severity.HIGH, Severity.MEDIUM, Severity.LOW"
            ),
            id="a severity that nobody knows",
        ),
        pytest.param(
            {"severity": "high"},
            (
                "severity of detection 'root-account-use' is 'high'; "
                "known are Severity.HIGH, Severity.MEDIUM, Severity.LOW"
            ),
            id="the text of a severity",
        ),
        pytest.param(
            {"packs": (Pack.CIS, "tampr")},
            (
                "packs of detection 'root-account-use' holds 'tampr'; known are "
                "Pack.ESSENTIALS, Pack.CIS, Pack.TAMPER, Pack.IDENTITY, Pack.EXPOSURE"
            ),
            id="a pack that nobody knows",
        ),
        pytest.param(
            {"packs": (Severity.LOW,)},
            (
                "packs of detection 'root-account-use' holds <Severity.LOW: 'low'>; known are "
                "Pack.ESSENTIALS, Pack.CIS, Pack.TAMPER, Pack.IDENTITY, Pack.EXPOSURE"
            ),
            id="a severity for a pack",
        ),
        pytest.param(
            {"pattern": 3},
            (
                "pattern of detection 'root-account-use' is 3; it wants a text, or a condition of "
                "trailbell.pattern"
            ),
            id="a pattern that is a number",
        ),
        pytest.param(
            {"controls": None},
            "controls of detection 'root-account-use' is None; it wants Controls(...)",
            id="no controls",
        ),
        pytest.param(
            {"opt_in": "no"},
            "opt_in of detection 'root-account-use' is 'no'; it wants True or False",
            id="a text for a switch",
        ),
        pytest.param(
            {"accepted_issues": ["too-long"]},
            (
                "accepted_issues of detection 'root-account-use' is ['too-long']; it wants a dict "
                "of a finding and the reason why it is right here"
            ),
            id="findings without reasons",
        ),
    ],
)
def test_a_field_that_cannot_be_used(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="detection") as raised:
        _detection(**fields)
    assert str(raised.value) == message


def test_controls_count_towards_an_item_of_cis_or_relate_to_one() -> None:
    assert (
        Controls(cis_control=5).related_cis_control,
        Controls(related_cis_control=5).cis_control,
    ) == (None, None)
    with pytest.raises(ValueError, match="CIS") as raised:
        Controls(cis_control=5, related_cis_control=8)
    assert str(raised.value) == (
        "controls count towards item 5 of CIS and relate to 8; it is one or the other"
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(
            lambda: Controls(mitre_attack="T1485"),  # type: ignore[arg-type]
            "mitre_attack is 'T1485', no tuple of texts; mind the comma",
            id="a technique alone",
        ),
        pytest.param(
            lambda: Example(" ", {}),
            "an example is called ' '; it wants a text that is not empty",
            id="an example without words",
        ),
        pytest.param(
            lambda: Example("x", "{}"),  # type: ignore[arg-type]
            "the event of the example 'x' is '{}'; it wants a dict",
            id="an event as text",
        ),
    ],
)
def test_a_part_that_cannot_be_used(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        make()


def test_what_cannot_be_a_name_is_literal_and_a_name_is_filled() -> None:
    one = _detection(pattern='{ ($.a = "${aws:username}") && ($.b = "${LogGroupName}") }')
    assert (one.placeholders, one.resolve({"LogGroupName": "mine"}).text) == (
        ("LogGroupName",),
        '{ ($.a = "${aws:username}") && ($.b = "mine") }',
    )


@pytest.mark.parametrize(
    ("packs", "expected"),
    [
        pytest.param((Pack.CIS, Pack.IDENTITY), False, id="other packs"),
        pytest.param((Pack.ESSENTIALS, Pack.TAMPER), True, id="the pack of guards, among others"),
    ],
)
def test_the_pack_says_which_detections_guard_the_alarms(
    packs: tuple[Pack, ...],
    expected: bool,  # noqa: FBT001
) -> None:
    assert _detection(packs=packs).guards_alarms == expected


def test_a_name_of_what_no_stack_deploys() -> None:
    with pytest.raises(UnknownNameError) as raised:
        _detection(pattern='{ $.a = "${LogGroup}" }')
    assert str(raised.value) == (
        'unknown name of what the stack deploys "LogGroup"; did you mean "LogGroupName"?'
    )


def test_a_detection_knows_where_it_was_written_and_is_the_same_elsewhere() -> None:
    one, other = _detection(), Detection(**_FIELDS)
    assert one == other
    assert one.location == SourceLocation(
        "tests/catalog/test_detection.py", _detection.__code__.co_firstlineno + 1
    )


def test_a_tuned_detection_is_still_said_to_be_written_where_it_was() -> None:
    one = _detection()
    tuned = one.with_changes(severity=Severity.LOW)
    assert (tuned.severity, tuned.location) == (Severity.LOW, one.location)


def test_a_catalogue_is_walked_counted_and_asked() -> None:
    one, other = _detection(id="a"), _detection(id="b")
    catalogue = Catalog((one, other))
    assert ([*catalogue], len(catalogue), catalogue.get("b")) == ([one, other], 2, other)


def test_a_catalogue_has_each_id_once() -> None:
    with pytest.raises(ValueError, match="unique") as raised:
        Catalog((_detection(), _detection(title="Another")))
    assert str(raised.value) == "two detections are called 'root-account-use'; ids are unique"


def test_a_detection_that_is_not_there() -> None:
    with pytest.raises(UnknownNameError) as raised:
        Catalog((_detection(),)).get("root-use")
    assert str(raised.value) == ('unknown detection "root-use"; did you mean "root-account-use"?')
