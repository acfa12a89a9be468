"""Which detections the settings weaken, with an event that is no longer seen."""

import pytest

from tests.packs import PACKS
from trailbell.catalog.detection import Catalog, Detection, Example, Severity
from trailbell.catalog.selection import apply_selection, read_selection
from trailbell.catalog.weakened import Weakened, find_weakened, weakened_detections
from trailbell.pattern import Outcome
from trailbell.samples import api_call, assumed_role_identity, iam_user
from trailbell.settings import parse

KEYS = Detection(
    id="keys",
    title="A key was disabled",
    packs=("essentials",),
    severity=Severity.HIGH,
    pattern='{ ($.eventName = "DisableKey") && ($.userIdentity.type != "AWSService") }',
    why="It matters.",
    runbook=("Look.",),
    fires=(Example("it happens", api_call("kms", "DisableKey", iam_user("alice"))),),
    silent=(Example("it does not", api_call("kms", "ListKeys", iam_user("alice"))),),
)


def _deployed(settings: str, detection: Detection = KEYS) -> Detection:
    written = Catalog((detection,), PACKS)
    return apply_selection(written, read_selection(parse(settings), written)).get("keys")


@pytest.mark.parametrize(
    ("exclude", "text"),
    [
        pytest.param(
            'roles = ["Deployer"]',
            "keys no longer sees DisableKey by arn:aws:iam::111122223333:role/Deployer from "
            "192.0.2.44",
            id="a role by name",
        ),
        pytest.param(
            'roles = ["arn:aws:iam::123456789012:role/ops/Deployer"]',
            "keys no longer sees DisableKey by arn:aws:iam::123456789012:role/ops/Deployer from "
            "192.0.2.44",
            id="a role by ARN",
        ),
        pytest.param(
            'roles = ["/ops/Deployer"]',
            "keys no longer sees DisableKey by arn:aws:iam::111122223333:role/ops/Deployer from "
            "192.0.2.44",
            id="a role by path",
        ),
        pytest.param(
            'principal_arns = ["arn:aws:iam::111122223333:user/bob"]',
            "keys no longer sees DisableKey by arn:aws:iam::111122223333:user/bob from 192.0.2.44",
            id="a user",
        ),
        pytest.param(
            'services = ["config.amazonaws.com"]',
            "keys no longer sees DisableKey by config.amazonaws.com from 192.0.2.44",
            id="a service",
        ),
        pytest.param(
            'source_ips = ["198.51.100.7"]',
            "keys no longer sees DisableKey by arn:aws:iam::111122223333:user/alice from "
            "198.51.100.7",
            id="an address",
        ),
    ],
)
def test_an_event_that_is_excluded(exclude: str, text: str) -> None:
    deployed = _deployed(f"[catalog.exclude]\n{exclude}")
    weakened = find_weakened(KEYS, deployed)
    assert weakened is not None
    assert KEYS.filter_pattern.test_record(dict(weakened.event)) is Outcome.MATCH
    assert deployed.filter_pattern.test_record(dict(weakened.event)) is Outcome.NO_MATCH
    assert str(weakened) == text


def test_a_detection_as_written_is_not_weakened() -> None:
    assert find_weakened(KEYS, _deployed("")) is None
    assert weakened_detections([KEYS], Catalog((KEYS,), PACKS)) == []


def test_a_sample_that_is_excluded_as_it_is() -> None:
    sample = api_call("kms", "DisableKey", assumed_role_identity("Deployer"))
    written = KEYS.with_changes(fires=(Example("by a role", sample),))
    weakened = find_weakened(written, _deployed('[catalog.exclude]\nroles = ["Dep*"]', written))
    assert weakened == Weakened("keys", sample)


def test_a_detection_is_named_even_if_no_sample_shows_what_is_lost() -> None:
    changed = KEYS.with_changes(pattern='{ $.eventName = "DisableKey" }')
    weakened = find_weakened(KEYS, changed)
    assert (weakened, str(weakened)) == (Weakened("keys", {}), "keys")
