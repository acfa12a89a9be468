"""
Which detections have a log alarm: ``log_alarms`` in ``[catalog]``, of severities and detections.

In:    the names in the settings, and the detections that are deployed, tuned.
Out:   the detections, those that are named with a log alarm; sentences about them, for a person.
Never: a named detection that keeps its metric alarm without an error. A severity is different: of
       its detections, those that can have no log alarm keep the metric alarm, and a note says so.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from trailbell.catalog.detection import Catalog, Detection, Severity
from trailbell.catalog.log_alarm import reason_without_log_alarm
from trailbell.errors import SettingsError
from trailbell.project.root import FILE
from trailbell.settings import Table
from trailbell.wording import list_names

_KEY = "log_alarms"


def read_log_alarms(table: Table, known: Iterable[str]) -> frozenset[str]:
    """The severities and detections in the key. Raises `SettingsError` for any other name."""
    names = frozenset(Severity) | frozenset(known)
    chosen = table.strings(_KEY) or ()
    for name in chosen:
        if name not in names:
            problem = f'unknown severity or detection "{name}"'
            raise table.error(_KEY, problem, "", known=names, name=name)
    return frozenset(chosen)


def with_log_alarms(catalog: Catalog, names: frozenset[str], section: str) -> Catalog:
    """The catalog with log alarms for the detections that are named, and for those of a severity.

    Raises `SettingsError` for a named detection that is not deployed, or can have no log alarm.
    """
    deployed = {detection.id for detection in catalog}
    for name in sorted(names - deployed - frozenset(Severity)):
        raise _error(section, f'"{name}" is not deployed', "enable it, or remove it here")
    return replace(
        catalog,
        detections=tuple(
            detection.with_changes(log_alarm=True)
            if _has_log_alarm(detection, names, section)
            else detection
            for detection in catalog
        ),
    )


def _has_log_alarm(detection: Detection, names: frozenset[str], section: str) -> bool:
    if not names & {detection.id, detection.severity}:
        return detection.log_alarm
    reason = reason_without_log_alarm(detection)
    if detection.id not in names:
        return detection.log_alarm or not reason
    if reason:
        problem = f'"{detection.id}" can have no log alarm: {reason}'
        raise _error(section, problem, "remove it here, so that it keeps its metric alarm")
    return True


def _error(section: str, problem: str, hint: str) -> SettingsError:
    return SettingsError(file=FILE, key=f"{section}.{_KEY}", problem=problem, hint=hint)


def log_alarm_notes(catalog: Catalog, names: frozenset[str], section: str) -> Iterator[str]:
    """Which detections of the severities keep a metric alarm, and what thresholds count."""
    kept = [d.id for d in catalog if d.severity in names and not d.log_alarm]
    if kept:
        yield (
            f"{section}.{_KEY}: {list_names(kept, 'detection')} can have no log alarm and keep a "
            "metric alarm; trailbell explain ID shows why"
        )
    counting = [d.id for d in catalog if d.log_alarm and d.timing.threshold > 1]
    if counting:
        yield (
            f"{section}.{_KEY}: the threshold counts the events of one identity, not of all, in "
            f"{list_names(counting, 'detection')}"
        )
