import msgspec
import pytest

from tests.cloudtrail.test_scan import Watch
from trailbell.cloudtrail import prefilter as module
from trailbell.cloudtrail.prefilter import Prefilter
from trailbell.pattern import parse

WATCHES = [
    Watch("stop", parse('{ ($.eventSource = "a") && ($.eventName = "Stop") }')),
    Watch("changes", parse('{ ($.eventSource = "a") && ($.eventName != "Get*") }')),
    Watch("root", parse('{ ($.userIdentity.type = "Root") && ($.eventID != "x") }')),
    Watch("term", parse("Stop")),
]


@pytest.mark.parametrize(
    ("record", "candidates"),
    [
        pytest.param(b'{"eventSource":"b","eventName":"Stop"}', ["term"], id="another source"),
        pytest.param(b'{"eventSource":"a","eventName":"GetX"}', ["term"], id="another event name"),
        pytest.param(
            b'{"eventSource":"a","eventName":"PutX"}', ["changes", "term"], id="a starred name"
        ),
        pytest.param(
            b'{"eventSource":"a","eventName":"Stop","userIdentity":{"type":"Root"}}',
            ["stop", "changes", "root", "term"],
            id="members that are not decoded are open",
        ),
        pytest.param(
            b'{"eventSource":null,"eventName":"Stop"}', ["term"], id="null is not missing"
        ),
        pytest.param(
            b'{"eventVersion":"1"}',
            ["stop", "changes", "root", "term"],
            id="no name at all: looked at as a whole",
        ),
    ],
)
def test_candidates(record: bytes, candidates: list[str]) -> None:
    prefilter = Prefilter(WATCHES)
    (key,) = prefilter.key_fields.keys(b"[" + record + b"]")
    assert [candidate.detection.id for candidate, _ in prefilter[key]] == candidates


def test_only_members_with_few_values_are_decoded() -> None:
    prefilter = Prefilter(WATCHES)
    array = b'[{"eventSource":"a","eventName":"b","eventID":"c","userIdentity":{"arn":"d"}}]'
    assert prefilter.key_fields.keys(array) == [("a", "b", msgspec.UNSET)]


def test_what_is_remembered_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CACHED_KEYS", 10)
    prefilter = Prefilter(WATCHES)
    for number in range(25):
        assert prefilter["a", f"Get{number}", msgspec.UNSET] == (prefilter.all_candidates[3],)
    assert len(prefilter) == 5


def test_what_the_decoded_members_decide_is_decided() -> None:
    prefilter = Prefilter(WATCHES)
    keys = prefilter.key_fields.keys(
        b'[{"eventSource":"a","eventName":"Stop","userIdentity":{"type":"Root"}}]'
    )
    assert [decided for _, decided in prefilter[keys[0]]] == [True, True, False, False]
