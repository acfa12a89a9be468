"""Deployed texts and names stay within the limits of their services, at their longest."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests import PROJECT
from tests.packs import PACKS
from trailbell.catalog.placeholders import PLACEHOLDER_MAX_LENGTHS

_LONGEST = {name: "x" * length for name, length in PLACEHOLDER_MAX_LENGTHS.items()}
_PACKS = tuple(pack.name for pack in PACKS if pack.name != "essentials")


def _resolved(value: Any) -> str:
    match value:
        case {"Fn::Sub": [str(text), dict()]}:
            return re.sub(r"\$\{(\w+)\}", lambda match: _LONGEST[match[1]], text)
        case _:
            return str(value)


@pytest.mark.parametrize("pack", _PACKS)
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        pytest.param("AWS::CloudWatch::Alarm", "AlarmDescription", id="descriptions of alarms"),
        pytest.param("AWS::Logs::MetricFilter", "FilterPattern", id="patterns of filters"),
    ],
)
def test_no_text_is_longer_than_1024_characters(kind: str, name: str, pack: str) -> None:
    document = json.loads(Path(PROJECT, "dist", f"{pack}.json").read_text())
    lengths = {
        logical_id: len(_resolved(resource["Properties"][name]))
        for logical_id, resource in document["Resources"].items()
        if resource["Type"] == kind
    }
    assert lengths
    assert {key: length for key, length in lengths.items() if length > 1_024} == {}
