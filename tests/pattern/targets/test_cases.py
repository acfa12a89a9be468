"""The cases of the language for every target that has a local engine."""

import json

import msgspec
import pytest

from tests.pattern.targets.test_agreement import compiled, in_duckdb, in_eventbridge
from tests.pattern.test_cases import FOLDER
from trailbell.pattern import parse, predicate
from trailbell.pattern.ast import JsonPattern
from trailbell.pattern.targets import cloudwatch, duckdb, eventbridge

CERTAIN = {"match": True, "no match": False}


def cases() -> list[object]:
    """Those whose event is a JSON object and whose outcome is certain."""
    found: list[object] = []
    for file in sorted(FOLDER.glob("*.jsonl")):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            case = json.loads(line)
            if case["expect"] in CERTAIN and _is_object(case["event"]):
                found.append(pytest.param(case, id=f"{file.stem}:{number} {case['why']}"))
    return found


def _is_object(text: str) -> bool:
    """Decode with msgspec, since Python and DuckDB accept NaN, which is not JSON."""
    try:
        return isinstance(msgspec.json.decode(text), dict)
    except (msgspec.DecodeError, RecursionError):
        return False


@pytest.mark.parametrize("case", cases())
def test_case(case: dict[str, str]) -> None:
    tree, event = parse(case["pattern"]).tree, json.loads(case["event"])
    outcomes = {}
    if isinstance(tree, JsonPattern):
        outcomes["predicate"] = predicate.compile(tree)(event).name == "MATCH"
        outcomes["CloudWatch Logs"] = (
            parse(cloudwatch.compile(tree)).test(case["event"]).name == "MATCH"
        )
    if condition := compiled(duckdb.condition, tree):
        outcomes["DuckDB"] = in_duckdb(str(condition), [case["event"]])[0]
    if pattern := compiled(eventbridge.compile, tree):
        outcomes["EventBridge"] = in_eventbridge(pattern, event)
    assert outcomes == dict.fromkeys(outcomes, CERTAIN[case["expect"]])
