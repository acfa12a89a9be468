"""The decisions of Trailbell, against the models of the SDK with which it is locked."""

import importlib.metadata
import re

import pytest

from tests import PROJECT
from trailbell import settings
from trailbell.build.project import load_catalogs
from trailbell.radar.decisions import SHIPPED, read_decisions
from trailbell.radar.new_services import ServiceSweep
from trailbell.radar.run import sweep_sdk

_LOCKED = re.search(
    r"^botocore==([0-9.]+)", (PROJECT / "requirements" / "test.txt").read_text(), re.MULTILINE
)


def test_every_decision_can_be_used() -> None:
    assert read_decisions(SHIPPED, SHIPPED.name).errors == ()


@pytest.mark.skipif(
    _LOCKED is None or importlib.metadata.version("botocore") != _LOCKED[1],
    reason="the installed SDK is not the locked one",
)
@pytest.mark.slow
def test_every_operation_is_detected_or_dismissed() -> None:
    decisions = read_decisions(SHIPPED, SHIPPED.name)
    result = sweep_sdk(load_catalogs(settings.load(None))[1], decisions)
    assert [*map(str, result.sweep.unknown)] == []
    assert result.sweep.dismissal_findings == ()
    assert result.services == ServiceSweep()
