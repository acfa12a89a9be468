"""The techniques of public frameworks: each claim is proven by a record, none is left out."""

import pytest

from tests import PROJECT
from tests.detections.corpora import detections
from tests.packs import PACKS
from trailbell.catalog.detection import Catalog
from trailbell.coverage.evaluate import (
    State,
    evaluate_framework,
    framework_errors,
    techniques_without_proof,
)
from trailbell.coverage.framework import Framework, read_framework

_CATALOG = Catalog(tuple(detections()), PACKS)
_FOLDER = PROJECT / "detections" / "coverage"
# All techniques of the framework: of ATT&CK those of the platform IaaS.
_COUNTS = {
    "attack": 104,
    "guardduty-custom-rules": 35,
    "stratus": 49,
    "threat-technique-catalog": 51,
}


def _framework(name: str) -> Framework:
    path = _FOLDER / f"{name}.toml"
    return read_framework(path.read_text(encoding="utf-8"), path.name)


def test_each_file_is_a_framework() -> None:
    assert sorted(path.stem for path in _FOLDER.iterdir()) == sorted(_COUNTS)


@pytest.mark.parametrize("name", _COUNTS)
def test_each_claim_is_true(name: str) -> None:
    assert [str(error) for error in framework_errors(_framework(name), _CATALOG)] == []


@pytest.mark.parametrize(("name", "count"), _COUNTS.items())
def test_no_technique_is_left_out(name: str, count: int) -> None:
    assert sum(not technique.platform for technique in _framework(name).techniques) == count


def test_a_record_proves_each_technique_that_a_detection_names() -> None:
    assert techniques_without_proof(_framework("attack"), _CATALOG) == ()


@pytest.mark.parametrize(
    ("name", "least"),
    [
        pytest.param("stratus", 36, id="techniques of Stratus Red Team"),
        pytest.param("guardduty-custom-rules", 35, id="rules of GuardDuty"),
    ],
)
def test_enough_is_detected(name: str, least: int) -> None:
    coverages = evaluate_framework(_framework(name), _CATALOG)
    assert sum(coverage.state == State.DETECTED for coverage in coverages) >= least
