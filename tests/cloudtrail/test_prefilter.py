"""Which detections are candidates for a record."""

import msgspec
import pytest

from tests.cloudtrail.test_scan import Detection
from trailbell.cloudtrail import prefilter as module
from trailbell.cloudtrail.prefilter import Prefilter
from trailbell.pattern import parse

DETECTIONS = [
    Detection("stop", parse('{ ($.eventSource = "a") && ($.eventName = "Stop") }')),
    Detection("changes", parse('{ ($.eventSource = "a") && ($.eventName != "Get*") }')),
    Detection("root", parse('{ ($.userIdentity.type = "Root") && ($.eventID != "x") }')),
    Detection("term", parse("Stop")),
]


@pytest.mark.parametrize(
    ("record", "candidates"),
    [
        pytest.param(b'{"eventSource":"b","eventName":"Stop"}', ["term"], id="another source"),
        pytest.param(b'{"eventSource":"a","eventName":"GetX"}', ["term"], id="another event name"),
        pytest.param(
            b'{"eventSource":"a","eventName":"PutX"}',
            ["changes", "term"],
            id="a name with a wildcard",
        ),
        pytest.param(
            b'{"eventSource":"a","eventName":"Stop","userIdentity":{"type":"Root"}}',
            ["stop", "changes", "root", "term"],
            id="fields that are not decoded do not decide",
        ),
        pytest.param(
            b'{"eventSource":null,"eventName":"Stop"}', ["term"], id="null is not missing"
        ),
        pytest.param(
            b'{"eventVersion":"1"}',
            ["stop", "changes", "root", "term"],
            id="without names, every detection is a candidate",
        ),
    ],
)
def test_candidates(record: bytes, candidates: list[str]) -> None:
    prefilter = Prefilter(DETECTIONS)
    (key,) = prefilter.key_fields.keys(b"[" + record + b"]")
    assert [possible.candidate.detection.id for possible in prefilter[key]] == candidates


def test_only_fields_with_few_different_values_are_decoded() -> None:
    prefilter = Prefilter(DETECTIONS)
    array = b'[{"eventSource":"a","eventName":"b","eventID":"c","userIdentity":{"arn":"d"}}]'
    assert prefilter.key_fields.keys(array) == [("a", "b", msgspec.UNSET)]


def test_the_cache_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CACHED_KEYS", 10)
    prefilter = Prefilter(DETECTIONS)
    for number in range(25):
        assert prefilter["a", f"Get{number}", msgspec.UNSET] == (prefilter.all_candidates[3],)
    assert len(prefilter) == 5


def test_candidates_that_the_key_fields_decide() -> None:
    prefilter = Prefilter(DETECTIONS)
    keys = prefilter.key_fields.keys(
        b'[{"eventSource":"a","eventName":"Stop","userIdentity":{"type":"Root"}}]'
    )
    assert [p.decided for p in prefilter[keys[0]]] == [True, True, False, False]
