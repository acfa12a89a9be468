"""
A replay as JSON, for programs.

In:    a `ReplayReport`.
Out:   an object whose names are documented and stable.
Never: a time in another form than ``2026-11-23T12:00:00Z``, or a list that is cut.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from trailbell.replay.model import (
    Cause,
    DetectionResult,
    Notification,
    Range,
    ReplayReport,
    Share,
)


def to_json(report: ReplayReport) -> dict[str, Any]:
    """Everything in a report."""
    return {
        "records": report.records,
        "files": report.files,
        "duplicates": report.duplicates,
        "first": _time(report.first),
        "last": _time(report.last),
        "weeks": round(report.weeks, 3),
        "notifications": range_json(report.notifications),
        "detections": [_detection_json(result) for result in report.detections],
        "quiet": [detection.id for detection in report.quiet],
        "causes": [_cause_json(cause) for cause in report.causes],
        "uncertain": _counts(report.uncertain),
        "unreadable": list(report.unreadable),
        "left_out": report.left_out,
        "delivery": report.delivery,
        "installations": report.installations,
    }


def _detection_json(result: DetectionResult) -> dict[str, Any]:
    seconds = result.seconds_to_notify
    return {
        "id": result.detection.id,
        "severity": result.detection.severity,
        "title": result.detection.title,
        "hits": result.hits,
        "notifications": range_json(result.notifications),
        "weeks": [
            {
                "monday": week.monday,
                "notifications": range_json(week.notifications),
                "hits": week.hits,
            }
            for week in result.weeks
        ],
        "seconds_to_notify": (
            None if seconds is None else {"median": seconds[0], "longest": seconds[1]}
        ),
        "unreported_hits": result.untold,
        "masked_identities": _counts(result.masked),
        "rule_messages": result.rule_messages,
        "identities": _counts(result.identities),
        "accounts": _counts(result.accounts),
        "regions": _counts(result.regions),
        "addresses": _counts(result.addresses),
        "events": _counts(result.events),
        "timeline": [_notification_json(each) for each in result.timeline],
    }


def _notification_json(each: Notification) -> dict[str, Any]:
    return {
        "account": each.installation or None,
        "first_event": _time(each.first),
        "sent": _time(each.sent),
        "until": _time(each.until),
        "hits": each.hits,
        "identities": list(each.told),
        "masked_hits": each.masked_hits,
        "masked_identities": list(each.masked),
        "contributor": each.contributor or None,
    }


def _cause_json(cause: Cause) -> dict[str, Any]:
    return {
        "detection": cause.detection,
        "exclude": {cause.key: [cause.value]},
        "hits": cause.hits,
        "notifications": range_json(cause.notifications),
        "with_exclusion": range_json(cause.with_exclusion),
        "toml": cause.toml,
        "also_silences": list(cause.also_silences),
        "refused": cause.refused or None,
    }


def range_json(count: Range) -> dict[str, int]:
    """``{"low": 1, "typical": 2, "high": 2}``."""
    return {"low": count.low, "typical": count.typical, "high": count.high}


def _counts(found: Sequence[Share]) -> dict[str, int]:
    return {share.value: share.hits for share in found}


def _time(time: int | None) -> str | None:
    return None if time is None else f"{datetime.fromtimestamp(time, UTC):%Y-%m-%dT%H:%M:%SZ}"
