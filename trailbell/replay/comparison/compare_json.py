"""
A comparison as JSON.

In:    a `Comparison`.
Out:   an object whose members docs/reference/output-formats.md describes.
Never: a member that is left out because it is empty.
"""

from dataclasses import asdict
from datetime import UTC, datetime

from trailbell.replay.comparison import compare_wording as wording
from trailbell.replay.comparison.model import Comparison, DetectionDifference


def to_json(comparison: Comparison) -> dict[str, object]:
    """The comparison with all callers. Times are in ISO 8601, UTC."""
    return {
        "before": {"name": comparison.before, **asdict(comparison.total_before)},
        "after": {"name": comparison.after, **asdict(comparison.total_after)},
        "records": comparison.records,
        "files": comparison.files,
        "first": _time(comparison.first),
        "last": _time(comparison.last),
        "concerns": sorted(comparison.concerns),
        "no_longer_reported": asdict(comparison.no_longer_reported),
        "newly_reported": asdict(comparison.newly_reported),
        "lower_severity": asdict(comparison.lower_severity),
        "higher_severity": asdict(comparison.higher_severity),
        "detections": [_difference(each) for each in comparison.differences],
        "without_effect": list(comparison.without_effect),
        "equal": comparison.equal,
        "unreadable": list(comparison.unreadable),
        "remarks": list(comparison.remarks),
    }


def _difference(difference: DetectionDifference) -> dict[str, object]:
    members = asdict(difference)
    return {"id": members.pop("id"), "change": wording.change(difference), **members}


def _time(seconds: int | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
