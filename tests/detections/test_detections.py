"""Every detection follows the rules for detections, and its examples prove it."""

import pytest

from tests.detections.corpora import detections
from trailbell.catalog.detection import Catalog, Detection
from trailbell.catalog.self_test import check_catalog
from trailbell.compiler.discovery import discover

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
    assert discover("detections", Detection).errors == ()


@_EACH
def test_it_follows_every_rule_and_matches_its_examples(detection: Detection) -> None:
    assert check_catalog(Catalog((detection,)), use_cache=False) == ()


def test_each_of_the_nine_original_alarms_has_a_detection() -> None:
    originals = [detection.original for detection in detections() if detection.original]
    assert sorted(originals) == sorted(_ORIGINALS)


@_EACH
def test_it_describes_its_differences_from_the_original(detection: Detection) -> None:
    assert bool(detection.original) == bool(detection.changes_from_original)


@_EACH
def test_it_describes_its_false_alarms(detection: Detection) -> None:
    assert detection.false_positives
