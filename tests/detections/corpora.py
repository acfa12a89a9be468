"""
How often each detection matches public CloudTrail records, and how often its alarm notifies.

In:    ``../shared/corpora/*.jsonl.gz``, if it exists next to this project: records of attack labs
       and of documentation, one on each line.
Out:   counts of events and notifications per source and detection, and a table of them.
Never: a verdict. A count shows how a pattern behaves, not whether that is right.

After a pattern was changed on purpose, record the counts again and review the difference::

    python -m tests.detections.corpora            # writes corpus_counts.json
    python -m tests.detections.corpora --table    # prints the rates as a Markdown table
"""

import gzip
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trailbell.catalog.detection import Detection
from trailbell.compiler.discovery import discover
from trailbell.markdown import table
from trailbell.pattern import Outcome
from trailbell.replay.alarm.clock import ring_all
from trailbell.replay.collecting.read_hit import read_hit
from trailbell.replay.detection import ReplayDetection
from trailbell.replay.hit import Hit

CORPORA = Path(__file__).parents[2].parent / "shared" / "corpora"
RECORDED = Path(__file__).with_name("corpus_counts.json")

Counts = dict[str, Any]
Record = dict[str, Any]


def detections() -> tuple[Detection, ...]:
    """All detections, deployed or not."""
    return discover("detections", Detection).objects


def sources() -> dict[str, list[Record]]:
    """The records of each source."""
    return {
        path.name.split(".")[0]: [
            json.loads(line) for line in gzip.open(path, "rt", encoding="utf-8")
        ]
        for path in sorted(CORPORA.glob("*.jsonl.gz"))
    }


def counts() -> Counts:
    """The records of each source; and of each detection its events and notifications in it.

    Notifications are the lowest, the typical and the highest number. One alarm counts the events of
    all accounts of a source, which are published together, but are of other times and accounts.
    """
    recorded: Counts = {"records": {}, "events": {}, "notifications": {}}
    for source, records in sources().items():
        recorded["records"][source] = len(records)
        arrivals = _arrivals(records)
        for detection in detections():
            hits = _hits(detection, source, records)
            if hits:
                _, numbers = ring_all(_replayed(detection), hits, arrivals, per_account=False)
                recorded["events"].setdefault(detection.id, {})[source] = len(hits)
                recorded["notifications"].setdefault(detection.id, {})[source] = [
                    *(numbers.low, numbers.typical, numbers.high)
                ]
    return recorded


def _hits(detection: Detection, source: str, records: Sequence[Record]) -> list[Hit]:
    hits = []
    for record in records:
        outcome = detection.filter_pattern.test_record(record)
        if outcome is Outcome.UNCERTAIN:
            raise AssertionError(f"{detection.id} is uncertain about a record of {source}")
        if outcome is Outcome.MATCH:
            hits.append(_hit(detection.id, record))
    return hits


def _hit(detection: str, record: Record) -> Hit:
    members = read_hit(detection, record)
    if members is None:
        raise AssertionError(f"{record['eventID']} has no eventTime")
    return Hit(*members)


def _arrivals(records: Sequence[Record]) -> dict[str, frozenset[int]]:
    """The minutes since 1970 in which each account has an event."""
    minutes: dict[str, set[int]] = {}
    for record in records:
        hit = _hit("", record)
        minutes.setdefault(hit.account, set()).add(hit.time // 60)
    return {name: frozenset(own) for name, own in minutes.items()}


def _replayed(detection: Detection) -> ReplayDetection:
    return ReplayDetection(
        id=detection.id,
        title=detection.title,
        severity=str(detection.severity),
        filter_pattern=detection.filter_pattern,
        timing=detection.timing,
    )


def rates(recorded: Counts) -> str:
    """Notifications and events, and notifications per thousand records, most frequent first."""
    total = sum(recorded["records"].values())
    severities = {detection.id: str(detection.severity) for detection in detections()}
    rows = []
    for name, events in recorded["events"].items():
        of_sources = zip(*recorded["notifications"][name].values(), strict=True)
        low, typical, high = (sum(numbers) for numbers in of_sources)
        rows.append((typical, sum(events.values()), name, low, high))
    return table(
        ("Detection", "Severity", "Notifications", "Events", "Notifications per thousand records"),
        (
            (
                f"`{name}`",
                severities.get(name, ""),
                f"{typical} ({low} to {high})" if low < high else str(typical),
                str(events),
                f"{typical * 1000 / total:.1f}",
            )
            for typical, events, name, low, high in sorted(rows, reverse=True)
        ),
    )


if __name__ == "__main__":
    if sys.argv[1:] == ["--table"]:
        print(rates(json.loads(RECORDED.read_text("utf-8"))))
    else:
        RECORDED.write_text(json.dumps(counts(), indent=2, sort_keys=True) + "\n", "utf-8")
