"""Every detection there is keeps the rules of detections, and is proven."""

import pytest

from tests.detections.corpora import detections
from trailbell.catalog.detection import Catalogue, Detection
from trailbell.catalog.self_test import faults
from trailbell.compiler.discovery import collect

_EACH = pytest.mark.parametrize("detection", detections(), ids=lambda detection: detection.id)

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
    assert collect("detections", Detection).faults == ()


@_EACH
def test_it_keeps_every_rule_and_does_what_it_says(detection: Detection) -> None:
    assert faults(Catalogue((detection,)), use_cache=False) == ()


def test_each_of_the_original_nine_has_one_that_stands_for_it() -> None:
    found = [detection.original for detection in detections() if detection.original]
    assert sorted(found) == sorted(_ORIGINALS)


@_EACH
def test_what_is_different_from_the_original_is_said(detection: Detection) -> None:
    assert bool(detection.original) == bool(detection.changed)


@_EACH
def test_it_says_what_rings_it_without_danger(detection: Detection) -> None:
    assert detection.false_alarms
