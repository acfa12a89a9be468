"""The rule E9811: what holds data is kept."""

import pytest

from tests.validate.judged import Found, Resources, either, fires, judged, ref, silent
from trailbell.validate.rules.StatefulWithoutRetention import StatefulWithoutRetention


def _bucket(**attributes: object) -> Resources:
    return {"B": {"Type": "AWS::S3::Bucket"} | attributes}


_DELETION = ("B", "set DeletionPolicy to Retain")
_REPLACEMENT = ("B", "set UpdateReplacePolicy to Retain")
_CASES = [
    silent("kept", _bucket(DeletionPolicy="Retain", UpdateReplacePolicy="Retain")),
    silent(
        "kept once it was created",
        _bucket(DeletionPolicy="RetainExceptOnCreate", UpdateReplacePolicy="Retain"),
    ),
    silent("a snapshot", _bucket(DeletionPolicy="Snapshot", UpdateReplacePolicy="Snapshot")),
    silent("a topic, which holds nothing", {"T": {"Type": "AWS::SNS::Topic"}}),
    silent(
        "policies that depend on a condition",
        _bucket(DeletionPolicy=either("Retain", "Delete"), UpdateReplacePolicy=ref("Policy")),
    ),
    silent("no resource", {"R": {}}),
    fires("nothing said", _bucket(), _DELETION, _REPLACEMENT),
    fires("deleted", _bucket(DeletionPolicy="Delete", UpdateReplacePolicy="Retain"), _DELETION),
    fires("lost on replacement", _bucket(DeletionPolicy="Retain"), _REPLACEMENT),
    fires(
        "a log group and a key",
        {"G": {"Type": "AWS::Logs::LogGroup"}, "K": {"Type": "AWS::KMS::Key"}},
        ("G", "set DeletionPolicy to Retain"),
        ("G", "set UpdateReplacePolicy to Retain"),
        ("K", "set DeletionPolicy to Retain"),
        ("K", "set UpdateReplacePolicy to Retain"),
    ),
]


@pytest.mark.parametrize(("resources", "found"), _CASES)
def test_rule(resources: Resources, found: Found) -> None:
    assert judged(StatefulWithoutRetention(), resources) == found
