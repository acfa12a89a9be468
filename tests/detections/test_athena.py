"""The SQL of every detection selects the events that its pattern matches."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from tests.detections.corpora import CORPORA, detections, sources
from tests.pattern.targets import trino
from trailbell.catalog.detection import Detection
from trailbell.catalog.hunt_query import hits_query, saved_query, saved_query_for_all
from trailbell.pattern import Outcome, predicate
from trailbell.pattern.targets import athena

DETECTIONS = detections()
TRINO = trino.connect()
PREDICATES = {
    detection.id: predicate.compile(detection.filter_pattern.tree) for detection in DETECTIONS
}

Record = dict[str, Any]


def _query(columns: Sequence[str]) -> str:
    return hits_query(
        {detection.id: detection.filter_pattern.tree for detection in DETECTIONS},
        columns,
        days=(date(1970, 1, 1), date(2100, 1, 1)),
        times=("1970", "2100"),
    )


def _hits(records: Sequence[Record]) -> Mapping[int, str]:
    """The detections that match each record, of those that any matches."""
    trino.fill(TRINO, records)
    return dict(TRINO.execute(trino.translated(_query(["place"]))).fetchall())


def _matches(records: Sequence[Record]) -> Mapping[int, str]:
    found = {}
    for place, record in enumerate(records):
        names = [name for name, match in PREDICATES.items() if match(record) is Outcome.MATCH]
        if names:
            found[place] = " ".join(names)
    return found


def test_every_detection_matches_its_sample_events_and_no_other() -> None:
    examples = [e.event for d in DETECTIONS for e in (*d.fires, *d.silent)]
    assert _hits(examples) == _matches(examples)


def test_only_these_detections_may_select_more() -> None:
    differing = {d.id: athena.differences(d.filter_pattern.tree) for d in DETECTIONS}
    assert {name: clauses for name, clauses in differing.items() if clauses} == {
        "public-access-block-loosened": ("$.errorCode NOT EXISTS",),
        "security-group-opened-to-the-world": ("$.errorCode NOT EXISTS",),
    }


def test_saved_queries_have_only_what_is_tested() -> None:
    queries = {detection.id: saved_query(detection) for detection in DETECTIONS}
    unknown = {name: trino.unknown_constructs(query) for name, query in queries.items()}
    assert {name: constructs for name, constructs in unknown.items() if constructs} == {}


def test_the_queries_for_all_have_only_what_is_tested() -> None:
    for query in (_query(["eventid"]), saved_query_for_all(DETECTIONS)):
        assert trino.unknown_constructs(query) == set()


@pytest.mark.slow
@pytest.mark.skipif(not CORPORA.is_dir(), reason="the public records are not next to this project")
def test_one_scan_of_public_records_finds_what_the_local_scan_finds() -> None:
    found = {name: (_hits(records), _matches(records)) for name, records in sources().items()}
    assert {name for name, (hits, matches) in found.items() if hits != matches} == set()


@pytest.mark.slow
@pytest.mark.skipif(not CORPORA.is_dir(), reason="the public records are not next to this project")
@pytest.mark.parametrize("detection", DETECTIONS, ids=lambda detection: detection.id)
def test_each_condition_selects_what_the_pattern_matches(detection: Detection) -> None:
    condition = athena.condition(detection.filter_pattern.tree)
    match = PREDICATES[detection.id]
    for records in sources().values():
        expected = [match(record) is Outcome.MATCH for record in records]
        assert trino.select(TRINO, condition, records) == expected
