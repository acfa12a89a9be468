"""The project's own cases of the language: one JSON object a line, in no language's syntax."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from trailbell.errors import PatternError
from trailbell.pattern import parse

FOLDER = Path(__file__).parents[1] / "cases"
EXPECTED = {"MATCH": "match", "NO_MATCH": "no match", "UNCERTAIN": "uncertain"}


def cases() -> Iterator[object]:
    for file in sorted(FOLDER.glob("*.jsonl")):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            case = json.loads(line)
            yield pytest.param(case, id=f"{file.stem}:{number} {case['why']}")


@pytest.mark.parametrize("case", list(cases()))
def test_case(case: dict[str, str]) -> None:
    try:
        found = EXPECTED[parse(case["pattern"]).test(case["event"]).name]
    except PatternError:
        found = "error"
    assert found == case["expect"]
