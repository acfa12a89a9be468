"""Public CloudTrail records, if they are available, are processed without errors."""

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from tests.pattern.strategies import Event
from tests.pattern.targets.records import selector
from tests.pattern.targets.test_agreement import (
    TRINO,
    compiled,
    disagreements,
    in_duckdb,
    in_eventbridge,
)
from tests.pattern.targets.trino import select
from trailbell.cloudtrail.evaluation import Evaluation
from trailbell.cloudtrail.scan import Scanner
from trailbell.pattern import Outcome, evaluate, parse
from trailbell.pattern.ast import JsonPattern
from trailbell.pattern.record import select as select_values
from trailbell.pattern.record_schema import FIELD_SCHEMAS, FieldType
from trailbell.pattern.targets import athena, duckdb, eventbridge

CORPORA = Path(__file__).parents[2].parent / "shared" / "corpora"
SOURCES = {
    "invictus-aws-dataset": 2900,
    "stratus-red-team": 310,
    "traildiscover": 314,
    "umccr-flaws-sample": 201,
}
PATTERNS = {
    "sign-in": '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }',
    "root": '{ ($.userIdentity.type = "Root") && ($.userIdentity.invokedBy NOT EXISTS) }',
    "denied": '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }',
    "iam": '{ ($.eventSource = "iam.*") && ($.eventName != "Get*") && ($.eventName != "List*") }',
    "write-without-mfa": '{ ($.userIdentity.type = "IAMUser") && ($.readOnly IS FALSE) && '
    '($.userIdentity.sessionContext.attributes.mfaAuthenticated = "false") }',
    "nowhere": '{ $.sourceIPAddress != "*.*" }',
    "parameters": '{ ($.requestParameters.* = "*") && ($.requestParameters.maxResults > 5) }',
}

pytestmark = pytest.mark.skipif(
    not CORPORA.is_dir(), reason="the public records are not part of the project"
)


class Detection:
    def __init__(self, identifier: str, pattern: str) -> None:
        self.id = identifier
        self.filter_pattern = parse(pattern)


DETECTIONS = [Detection(*item) for item in PATTERNS.items()]


def evaluate_corpus(source: str) -> tuple[Counter[tuple[str, str]], int]:
    """The number of matches by detection and outcome, and the number of records."""
    scanner = Scanner(DETECTIONS)
    results = list(scanner.scan([str(CORPORA / f"{source}.jsonl.gz")]))
    evaluations = [result for result in results if isinstance(result, Evaluation)]
    assert len(evaluations) == len(results)
    counts = Counter((e.detection.id, e.outcome.name) for e in evaluations)
    return counts, scanner.totals.records


@pytest.mark.parametrize(("source", "records"), SOURCES.items())
def test_matches_are_those_of_the_reference(source: str, records: int) -> None:
    expected: Counter[tuple[str, str]] = Counter()
    with gzip.open(CORPORA / f"{source}.jsonl.gz", "rt") as lines:
        for line in lines:
            for detection in DETECTIONS:
                outcome = evaluate.test(detection.filter_pattern.tree, line)
                if outcome != Outcome.NO_MATCH:
                    expected[detection.id, outcome.name] += 1
    assert evaluate_corpus(source) == (expected, records)


def read_corpus(source: str) -> list[Event]:
    with gzip.open(CORPORA / f"{source}.jsonl.gz", "rt") as lines:
        return [json.loads(line) for line in lines]


_KINDS = {
    str: FieldType.TEXT,
    bool: FieldType.BOOLEAN,
    int: FieldType.NUMBER,
    float: FieldType.NUMBER,
    dict: FieldType.OBJECT,
    list: FieldType.ARRAY,
}


@pytest.mark.parametrize("source", SOURCES)
def test_members_have_the_documented_types(source: str) -> None:
    others = {
        (name, repr(node))
        for event in read_corpus(source)
        for name, known in FIELD_SCHEMAS.items()
        for node in select_values(event, selector(name)).nodes
        if (not known.nullable if node is None else _KINDS[type(node)] is not known.type)
    }
    assert others == set()


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_targets_agree_on_public_records(pattern: str, source: str) -> None:
    tree, events = parse(pattern).tree, read_corpus(source)
    assert isinstance(tree, JsonPattern)
    if condition := compiled(duckdb.condition, tree):
        assert disagreements(tree, events, in_duckdb(str(condition), events)) == []
    if condition := compiled(athena.condition, tree):
        assert disagreements(tree, events, select(TRINO, str(condition), events)) == []
    if event_pattern := compiled(eventbridge.compile, tree):
        answers = [in_eventbridge(event_pattern, event) for event in events]
        assert disagreements(tree, events, answers) == []
