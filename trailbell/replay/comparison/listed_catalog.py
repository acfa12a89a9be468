"""
The catalog of another revision, from what its ``list --json`` prints.

In:    the text; values of placeholders; the detections of now.
Out:   a `ReplayDetection` for each detection that it deploys, and what had to be assumed.
Never: a detection that is left out because it cannot be read. That is an error.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from trailbell.catalog.detection import Severity, Timing
from trailbell.catalog.event_rule import ENABLED, ENABLED_WITH_READS
from trailbell.catalog.log_alarm import query_times
from trailbell.catalog.placeholders import PLACEHOLDERS, fill_placeholders
from trailbell.errors import ContentError, PatternError
from trailbell.pattern import parse
from trailbell.replay.detection import LogAlarmSchedule, ReplayDetection, RuleReceives

_RECEIVES = {
    None: RuleReceives.NOTHING,
    ENABLED: RuleReceives.WRITES,
    ENABLED_WITH_READS: RuleReceives.READS_AND_WRITES,
}
_TIMING = frozenset(each.name for each in fields(Timing))
_HINT = "compare with a revision whose list has this, or with a settings file"
_NO_RULES = (
    "The list of this revision does not say which detections have EventBridge rules; those of now "
    "are assumed."
)


@dataclass(frozen=True)
class ListedCatalog:
    """The detections that are deployed, and sentences about what was assumed of them."""

    detections: tuple[ReplayDetection, ...]
    remarks: tuple[str, ...] = ()


def read_listing(
    text: str,
    location: str,
    placeholders: Mapping[str, str],
    now: Mapping[str, ReplayDetection],
) -> ListedCatalog:
    """
    Read the output of ``list --json``, which is that of ``location``.

    ``now`` are the detections of now by ID: a revision from before rules were listed has the rules
    that they have. Raises `ContentError`.
    """
    try:
        listing = json.loads(text)
        entries = [each for each in listing["detections"] if each["deployed_by"] is not None]
        detections = tuple(_read(entry, placeholders, now, location) for entry in entries)
    except json.JSONDecodeError as error:
        raise ContentError(location, f"its list is not JSON: {error}", _HINT) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        problem = f"its list of detections cannot be read ({type(error).__name__}: {error})"
        raise ContentError(location, problem, _HINT) from error
    rules_are_assumed = any("rule" not in entry for entry in entries)
    return ListedCatalog(detections, (_NO_RULES,) if rules_are_assumed else ())


def _read(
    entry: Mapping[str, Any],
    placeholders: Mapping[str, str],
    now: Mapping[str, ReplayDetection],
    location: str,
) -> ReplayDetection:
    pattern = fill_placeholders(entry["pattern"], {**PLACEHOLDERS, **placeholders})
    timing = Timing(**{k: v for k, v in entry["timing"].items() if k in _TIMING})
    try:
        filter_pattern = parse(pattern, max_length=None)
    except PatternError as error:
        problem = f"the pattern of {entry['id']} cannot be read: {error.problem}"
        raise ContentError(location, problem, _HINT) from error
    present = now.get(entry["id"])
    assumed = present.rule if present else RuleReceives.NOTHING
    if timing.threshold > 1:
        assumed = RuleReceives.NOTHING
    return ReplayDetection(
        id=entry["id"],
        title=entry["title"],
        severity=Severity(entry["severity"]).value,
        filter_pattern=filter_pattern,
        timing=timing,
        log_alarm=_schedule(entry, timing),
        rule=_RECEIVES[entry["rule"]] if "rule" in entry else assumed,
    )


def _schedule(entry: Mapping[str, Any], timing: Timing) -> LogAlarmSchedule | None:
    """The schedule of a log alarm; of a revision that does not list it, as it would be now."""
    if not entry.get("log_alarm"):
        return None
    if listed := entry.get("log_alarm_schedule"):
        names = ("run_every", "start_offset", "end_offset")
        return LogAlarmSchedule(**{name: int(listed[name]) for name in names})
    run_every, start_offset, end_offset = query_times(timing)
    return LogAlarmSchedule(run_every=run_every, start_offset=start_offset, end_offset=end_offset)
