"""
How often each detection matches public CloudTrail records, and how often its alarm goes off.

In:    ``../shared/corpora/*.jsonl.gz``, if it exists next to this project: records of attack labs
       and of documentation, one on each line.
Out:   counts per source and detection, and a table of them.
Never: a verdict. A count shows how a pattern behaves, not whether that is right.

After a pattern was changed on purpose, record the counts again and review the difference::

    python -m tests.detections.corpora            # writes corpus_counts.json
    python -m tests.detections.corpora --table    # prints the rates as a Markdown table
"""

import gzip
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from trailbell.catalog.detection import Detection
from trailbell.compiler.discovery import discover
from trailbell.markdown import table
from trailbell.pattern import Outcome
from trailbell.replay.alarm_evaluation import AlarmSettings, notification_minutes, simulate

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
    """The records of each source, and the matches and alarms of each detection among them."""
    recorded: Counts = {"records": {}, "matches": {}, "alarms": {}}
    for source, records in sources().items():
        recorded["records"][source] = len(records)
        stretches = _stretches(records)
        for detection in detections():
            matches = alarms = 0
            for minutes, stretch in stretches:
                outcomes = [detection.filter_pattern.test_record(record) for record in stretch]
                if Outcome.UNCERTAIN in outcomes:
                    raise AssertionError(f"{detection.id} is uncertain about a record of {source}")
                pairs = zip(minutes, outcomes, strict=True)
                matching = [minute for minute, outcome in pairs if outcome is Outcome.MATCH]
                matches += len(matching)
                alarms += _alarms(detection, matching, minutes) if matching else 0
            if matches:
                recorded["matches"].setdefault(detection.id, {})[source] = matches
                recorded["alarms"].setdefault(detection.id, {})[source] = alarms
    return recorded


_QUIET_MINUTES = 60


def _stretches(records: Sequence[Record]) -> list[tuple[list[int], list[Record]]]:
    """The records by time, apart where none follows for an hour, with the minute of each in it."""
    stretches: list[tuple[list[int], list[Record]]] = []
    start = last = datetime.min.replace(tzinfo=UTC)
    for record in sorted(records, key=lambda record: str(record["eventTime"])):
        time = datetime.fromisoformat(record["eventTime"])
        if time - last > timedelta(minutes=_QUIET_MINUTES):
            start = time.replace(second=0)
            stretches.append(([], []))
        minutes, stretch = stretches[-1]
        minutes.append(int((time - start).total_seconds()) // 60)
        stretch.append(record)
        last = time
    return stretches


def _alarms(detection: Detection, matching: Sequence[int], arrivals: Sequence[int]) -> int:
    """How often the alarm goes into ALARM, if CloudTrail delivers each record at once."""
    timing = detection.timing
    settings = AlarmSettings(
        period=timing.period,
        evaluation_periods=timing.evaluation_periods,
        datapoints_to_alarm=timing.datapoints_to_alarm,
        threshold=timing.threshold,
    )
    states = simulate(
        settings,
        matching,
        frozenset(arrivals),
        zero=timing.default_value,
        minutes=max(arrivals) + _QUIET_MINUTES,
    )
    return len(notification_minutes(states))


def rates(recorded: Counts) -> str:
    """Alarms and matches, and alarms per thousand records, the most frequent detection first."""
    total = sum(recorded["records"].values())
    severities = {detection.id: str(detection.severity) for detection in detections()}
    rows = sorted(
        (
            (sum(recorded["alarms"][name].values()), sum(per_source.values()), name)
            for name, per_source in recorded["matches"].items()
        ),
        reverse=True,
    )
    return table(
        ("Detection", "Severity", "Alarms", "Matches", "Alarms per thousand records"),
        (
            (
                f"`{name}`",
                severities.get(name, ""),
                str(alarms),
                str(matches),
                f"{alarms * 1000 / total:.1f}",
            )
            for alarms, matches, name in rows
        ),
    )


if __name__ == "__main__":
    if sys.argv[1:] == ["--table"]:
        print(rates(json.loads(RECORDED.read_text("utf-8"))))
    else:
        RECORDED.write_text(json.dumps(counts(), indent=2, sort_keys=True) + "\n", "utf-8")
