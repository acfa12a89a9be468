"""
How often each detection fires on public CloudTrail records.

In:    ``../shared/corpora/*.jsonl.gz``, if it exists next to this project: records of attack labs
       and of documentation, one on each line.
Out:   counts per source and detection, and a table of them per thousand records.
Never: a verdict. A count shows how a pattern behaves, not whether that is right.

After a pattern was changed on purpose, record the counts again and review the difference::

    python -m tests.detections.corpora            # writes corpus_counts.json
    python -m tests.detections.corpora --table    # prints the rates as a Markdown table
"""

import gzip
import json
import sys
from pathlib import Path
from typing import Any

from trailbell.catalog.detection import Detection
from trailbell.compiler.discovery import discover
from trailbell.markdown import table
from trailbell.pattern import Outcome

CORPORA = Path(__file__).parents[2].parent / "shared" / "corpora"
RECORDED = Path(__file__).with_name("corpus_counts.json")

Counts = dict[str, dict[str, int]]
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
    """The number of records of each source, and how many of them each detection fires on."""
    recorded: Counts = {"records": {}}
    for source, records in sources().items():
        recorded["records"][source] = len(records)
        for detection in detections():
            outcomes = [detection.filter_pattern.test_record(record) for record in records]
            if Outcome.UNCERTAIN in outcomes:
                raise AssertionError(f"{detection.id} is not certain about a record of {source}")
            if number := outcomes.count(Outcome.MATCH):
                recorded.setdefault(detection.id, {})[source] = number
    return recorded


def rates(recorded: Counts) -> str:
    """Matches per thousand records, the most frequent detection first."""
    total = sum(recorded["records"].values())
    rows = sorted(
        (
            (sum(per_source.values()), name)
            for name, per_source in recorded.items()
            if name != "records"
        ),
        reverse=True,
    )
    return table(
        ("Detection", f"Of {total:,} records", "Per thousand"),
        ((f"`{name}`", str(number), f"{number * 1000 / total:.1f}") for number, name in rows),
    )


if __name__ == "__main__":
    if sys.argv[1:] == ["--table"]:
        print(rates(json.loads(RECORDED.read_text("utf-8"))))
    else:
        RECORDED.write_text(json.dumps(counts(), indent=2, sort_keys=True) + "\n", "utf-8")
