"""
Every target has the outcome of the evaluator, or raises an error.

If the evaluator is uncertain, targets may have any outcome.
"""

import json
from collections.abc import Callable, Sequence

import duckdb as engine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ministack.services import eventbridge as referee

from tests.pattern.strategies import Event, events, json_patterns
from tests.pattern.targets import trino
from tests.pattern.targets.records import records, trees
from trailbell.errors import UnsupportedError
from trailbell.pattern import Outcome, evaluate, predicate
from trailbell.pattern.ast import JsonPattern, Pattern
from trailbell.pattern.printer import pattern_text
from trailbell.pattern.targets import athena, duckdb, eventbridge

CONNECTION = engine.connect()
TRINO = trino.connect()

moderate = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])


def compiled(target: Callable[[Pattern], object], tree: Pattern) -> object | None:
    """The tree compiled for the target; `None` if the target does not support it."""
    try:
        return target(tree)
    except UnsupportedError:
        return None


def certain(tree: Pattern, event: Event) -> bool | None:
    outcome = evaluate.test(tree, json.dumps(event))
    return None if outcome == Outcome.UNCERTAIN else outcome == Outcome.MATCH


def in_duckdb(condition: str, drawn: Sequence[Event | str]) -> list[bool]:
    """Of events, or of their text."""
    rows = CONNECTION.execute(
        f"SELECT coalesce({condition}, false) FROM (SELECT unnest(?::JSON[]) AS record)",
        [[one if isinstance(one, str) else json.dumps(one) for one in drawn]],
    ).fetchall()
    return [row[0] for row in rows]


def in_eventbridge(pattern: object, event: Event) -> bool:
    """The result of the emulator's TestEventPattern, which rejects what EventBridge rejects."""
    envelope = {
        "source": "aws." + str(event.get("eventSource", "")).removesuffix(".amazonaws.com"),
        "detail-type": "AWS API Call via CloudTrail"
        if event.get("eventName") != "ConsoleLogin"
        else "AWS Console Sign In via CloudTrail",
        "detail": event,
    }
    status, _, body = referee._test_event_pattern(
        {"EventPattern": json.dumps(pattern), "Event": json.dumps(envelope)}
    )
    answer = json.loads(body)
    assert status == 200, answer
    return bool(answer["Result"])


def disagreements(
    tree: JsonPattern, drawn: list[Event], answers: list[bool]
) -> list[tuple[str, Event, bool]]:
    return [
        (pattern_text(tree), event, answer)
        for event, answer in zip(drawn, answers, strict=True)
        if certain(tree, event) not in (None, answer)
    ]


@given(json_patterns(), st.lists(events(), min_size=1, max_size=6))
@moderate
def test_the_predicate_agrees_with_the_reference(tree: JsonPattern, drawn: list[Event]) -> None:
    """Of the decoded record always, of the text wherever the reference is certain."""
    holds = predicate.compile(tree)
    answers = [holds(event) for event in drawn]
    assert answers == [evaluate.test_record(tree, event) for event in drawn]
    assert disagreements(tree, drawn, [answer == Outcome.MATCH for answer in answers]) == []


@given(json_patterns(), st.lists(events(), min_size=1, max_size=6))
@moderate
def test_duckdb_agrees_on_any_json(tree: JsonPattern, drawn: list[Event]) -> None:
    condition = compiled(duckdb.condition, tree)
    if isinstance(condition, str):
        assert disagreements(tree, drawn, in_duckdb(condition, drawn)) == []


@given(trees(), st.lists(records(), min_size=1, max_size=6))
@moderate
def test_duckdb_agrees_on_records(tree: JsonPattern, drawn: list[Event]) -> None:
    condition = compiled(duckdb.condition, tree)
    if isinstance(condition, str):
        assert disagreements(tree, drawn, in_duckdb(condition, drawn)) == []


@given(trees(), st.lists(records(), min_size=1, max_size=6))
@moderate
def test_athena_agrees_on_records(tree: JsonPattern, drawn: list[Event]) -> None:
    """It matches more only because of the clauses that are listed as differences."""
    condition = compiled(athena.condition, tree)
    if isinstance(condition, str):
        wrong = disagreements(tree, drawn, trino.select(TRINO, condition, drawn))
        assert [it for it in wrong if not (it[2] and athena.differences(tree))] == []


@given(trees(leaves=3), st.lists(records(), min_size=1, max_size=6))
@moderate
def test_eventbridge_agrees_on_records(tree: JsonPattern, drawn: list[Event]) -> None:
    pattern = compiled(eventbridge.compile, tree)
    if pattern is not None:
        answers = [in_eventbridge(pattern, event) for event in drawn]
        assert disagreements(tree, drawn, answers) == []
