"""Detections and catalogs."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.packs import PACKS
from trailbell.catalog.detection import Catalog, Controls, Detection, Example, Severity
from trailbell.errors import UnknownNameError
from trailbell.source_location import SourceLocation

_EXAMPLE = Example("something happens", {"eventName": "X"})
_FIELDS: dict[str, Any] = {
    "id": "root-account-use",
    "title": "The root user did something",
    "packs": ("essentials",),
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
        f'detection ID must be in kebab case, like "root-account-use", not "{identifier}"'
    )


@pytest.mark.parametrize("field", ["packs", "fires", "silent", "runbook"])
def test_an_empty_field(field: str) -> None:
    with pytest.raises(ValueError, match=field) as raised:
        _detection(**{field: ()})
    assert str(raised.value) == (
        f'detection "root-account-use": {field} must have at least one entry'
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("runbook", ("call a person"), id="text, without the comma of a tuple"),
        pytest.param("fires", _EXAMPLE, id="an example alone"),
        pytest.param("silent", [_EXAMPLE], id="a list"),
        pytest.param("packs", "cis", id="a pack alone"),
    ],
)
def test_a_field_that_is_not_a_tuple(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=field) as raised:
        _detection(**{field: value})
    text = f'"{value}"' if isinstance(value, str) else repr(value)
    assert str(raised.value) == (
        f'detection "root-account-use": {field} must be a tuple, not {text}; '
        "a tuple with one entry ends with a comma"
    )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        pytest.param(
            {"id": 3},
            'detection ID must be in kebab case, like "root-account-use", not 3',
            id="an ID that is not text",
        ),
        pytest.param(
            {"title": ""},
            'detection "root-account-use": title must not be empty',
            id="an empty title",
        ),
        pytest.param(
            {"title": " \n"},
            (
                'detection "root-account-use": title must be text that is not empty, not '
                r"' \n'"
            ),
            id="a title of white space",
        ),
        pytest.param(
            {"why": 3},
            'detection "root-account-use": why must be text that is not empty, not 3',
            id="a reason that is not text",
        ),
        pytest.param(
            {"runbook": ("look", "")},
            'detection "root-account-use": each entry of runbook must not be empty',
            id="an empty step",
        ),
        pytest.param(
            {"runbook": ("look", None)},
            (
                'detection "root-account-use": each entry of runbook must be text that is not '
                "empty, not None"
            ),
            id="a step that is not text",
        ),
        pytest.param(
            {"fires": ({"eventName": "X"},)},
            'detection "root-account-use": each entry of fires must be an Example, not '
            "{'eventName': 'X'}",
            id="an event that is not an example",
        ),
        pytest.param(
            {"silent": (_EXAMPLE, "nothing")},
            'detection "root-account-use": each entry of silent must be an Example, not "nothing"',
            id="a text that is not an example",
        ),
        pytest.param(
            {"severity": "hihg"},
            (
                'detection "root-account-use": severity must be one of '
                'Severity.HIGH, Severity.MEDIUM, Severity.LOW, not "hihg"'
            ),
            id="an unknown severity",
        ),
        pytest.param(
            {"severity": "high"},
            (
                'detection "root-account-use": severity must be one of '
                'Severity.HIGH, Severity.MEDIUM, Severity.LOW, not "high"'
            ),
            id="the text of a severity",
        ),
        pytest.param(
            {"packs": ("cis", 3)},
            (
                'detection "root-account-use": each entry of packs must be text that is not empty, '
                "not 3"
            ),
            id="a number for a pack",
        ),
        pytest.param(
            {"packs": (" ",)},
            (
                'detection "root-account-use": each entry of packs must be text that is not empty, '
                'not " "'
            ),
            id="blanks for a pack",
        ),
        pytest.param(
            {"pattern": 3},
            (
                'detection "root-account-use": pattern must be text or a condition of '
                "trailbell.pattern, not 3"
            ),
            id="a pattern that is a number",
        ),
        pytest.param(
            {"controls": None},
            'detection "root-account-use": controls must be Controls(...), not None',
            id="no controls",
        ),
        pytest.param(
            {"opt_in": "no"},
            'detection "root-account-use": opt_in must be True or False, not "no"',
            id="a text for a switch",
        ),
        pytest.param(
            {"accepted_issues": ["too-long"]},
            (
                'detection "root-account-use": accepted_issues must be a dict of issue IDs and the '
                "reasons why they are accepted, not ['too-long']"
            ),
            id="findings without reasons",
        ),
    ],
)
def test_a_field_that_is_not_valid(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="detection") as raised:
        _detection(**fields)
    assert str(raised.value) == message


def test_controls_satisfy_a_control_of_cis_or_are_related_to_one() -> None:
    assert (
        Controls(cis_control=5).related_cis_control,
        Controls(related_cis_control=5).cis_control,
    ) == (None, None)
    with pytest.raises(ValueError, match="cis_control") as raised:
        Controls(cis_control=5, related_cis_control=8)
    assert str(raised.value) == (
        "cis_control is 5 and related_cis_control is 8; set only one of them"
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(
            lambda: Controls(mitre_attack="T1485"),  # type: ignore[arg-type]  # what it refuses
            (
                'mitre_attack must be a tuple of text, not "T1485"; a tuple with one entry ends '
                "with a comma"
            ),
            id="a technique alone",
        ),
        pytest.param(
            lambda: Example(" ", {}),
            'the description of a sample event must be text that is not empty, not " "',
            id="an example without a description",
        ),
        pytest.param(
            lambda: Example("x", "{}"),  # type: ignore[arg-type]  # what it refuses
            'sample event "x" must be a dict, not "{}"',
            id="an event as text",
        ),
    ],
)
def test_a_part_that_is_not_valid(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        make()


def test_placeholders_are_replaced_and_other_text_is_literal() -> None:
    one = _detection(pattern='{ ($.a = "${aws:username}") && ($.b = "${LogGroupName}") }')
    assert (one.placeholders, one.resolve({"LogGroupName": "mine"}).text) == (
        ("LogGroupName",),
        '{ ($.a = "${aws:username}") && ($.b = "mine") }',
    )


@pytest.mark.parametrize(
    ("packs", "expected"),
    [
        pytest.param(("cis", "identity"), False, id="other packs"),
        pytest.param(("essentials", "tamper"), True, id="the pack of guards, among others"),
    ],
)
def test_the_pack_says_which_detections_guard_the_alarms(
    packs: tuple[str, ...],
    *,
    expected: bool,
) -> None:
    detection = _detection(packs=packs)
    assert Catalog((detection,), PACKS).guards_alarms(detection) == expected


def test_an_unknown_placeholder() -> None:
    with pytest.raises(UnknownNameError) as raised:
        _detection(pattern='{ $.a = "${LogGroup}" }')
    assert str(raised.value) == ('unknown placeholder "LogGroup"; did you mean "LogGroupName"?')


def test_the_location_is_known_and_does_not_count_as_a_difference() -> None:
    one, other = _detection(), Detection(**_FIELDS)
    assert one == other
    assert one.location == SourceLocation(
        "tests/catalog/test_detection.py", _detection.__code__.co_firstlineno + 1
    )


def test_a_changed_detection_keeps_its_location() -> None:
    one = _detection()
    tuned = one.with_changes(severity=Severity.LOW)
    assert (tuned.severity, tuned.location) == (Severity.LOW, one.location)


def test_a_catalog_can_be_iterated_counted_and_searched() -> None:
    one, other = _detection(id="a"), _detection(id="b")
    catalog = Catalog((one, other))
    assert ([*catalog], len(catalog), catalog.get("b")) == ([one, other], 2, other)


def test_the_ids_of_a_catalog_are_unique() -> None:
    with pytest.raises(ValueError, match="unique") as raised:
        Catalog((_detection(), _detection(title="Another")))
    assert str(raised.value) == 'two detections have the ID "root-account-use"; IDs must be unique'


def test_an_unknown_detection() -> None:
    with pytest.raises(UnknownNameError) as raised:
        Catalog((_detection(),)).get("root-use")
    assert str(raised.value) == ('unknown detection "root-use"; did you mean "root-account-use"?')
