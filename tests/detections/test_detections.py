"""Every detection there is, well formed: what each has to say, and that it fits."""

import re

import pytest

from trailbell.answer import LONGEST_DESCRIPTION, description
from trailbell.collect import collect
from trailbell.detection import Detection
from trailbell.event import Event
from trailbell.pattern.parser import LONGEST

_COLLECTED = collect("detections", Detection)
_EACH = pytest.mark.parametrize("detection", _COLLECTED.found, ids=lambda detection: detection.id)

_ORIGINALS = {
    "root login",
    "console login without MFA",
    "action without MFA",
    "illegal use of a KMS key",
    "KMS decrypt by users",
    "security group changes",
    "IAM changes",
    "route table changes",
    "NACL changes",
}


def test_every_module_can_be_used() -> None:
    assert _COLLECTED.faults == ()


def test_each_of_the_original_nine_has_one_that_stands_for_it() -> None:
    found = [detection.original for detection in _COLLECTED.found if detection.original]
    assert sorted(found) == sorted(_ORIGINALS)


def test_no_two_have_one_logical_id() -> None:
    names = [detection.logical_id for detection in _COLLECTED.found]
    assert [name for name in set(names) if names.count(name) > 1] == []


@_EACH
def test_it_says_what_happened_in_one_line_without_a_full_stop(detection: Detection) -> None:
    assert re.fullmatch(r"[A-Z][^\n]{5,90}[^\n.]", detection.title)


@_EACH
def test_it_says_why_to_care_and_what_to_do_in_sentences(detection: Detection) -> None:
    told = [detection.why, *detection.respond, detection.changed, detection.false_alarms]
    assert [text for text in told if text and not text.strip().endswith((".", ")"))] == []


@_EACH
def test_what_is_different_from_the_original_is_said(detection: Detection) -> None:
    assert bool(detection.original) == bool(detection.changed)


@_EACH
def test_its_alarm_can_be_described(detection: Detection) -> None:
    assert len(description(detection)) <= LONGEST_DESCRIPTION


@_EACH
def test_its_pattern_fits_into_filters(detection: Detection) -> None:
    too_long = [part.text for part in detection.parts.patterns if len(part.text) > LONGEST]
    assert too_long == []


@_EACH
def test_its_examples_say_different_things_in_few_words(detection: Detection) -> None:
    told = [example.what for example in (*detection.fires, *detection.silent)]
    assert (len(set(told)), [what for what in told if len(what) > 100]) == (len(told), [])


@_EACH
def test_its_examples_are_records_of_an_example_account(detection: Detection) -> None:
    events = [example.event for example in (*detection.fires, *detection.silent)]
    assert {account for event in events for account in _accounts(event)} <= {
        "111122223333",
        "123456789012",
    }


def _accounts(event: Event) -> set[str]:
    return set(re.findall(r"(?<![\w-])\d{12}(?![\w-])", str(event)))


@_EACH
def test_a_technique_is_one_of_attack(detection: Detection) -> None:
    odd = [t for t in detection.controls.attack if not re.fullmatch(r"T\d{4}(\.\d{3})?", t)]
    assert odd == []
