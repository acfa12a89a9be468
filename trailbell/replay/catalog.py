"""
The detections of a catalog as a replay needs them.

In:    a catalog with the settings applied; values of placeholders.
Out:   a `ReplayDetection` for each detection that is deployed.
Never: a decision of its own about an alarm, a log alarm or a rule. The catalog decides.
"""

from collections.abc import Mapping

from trailbell.catalog.detection import Catalog, Detection
from trailbell.catalog.event_rule import may_be_read, reason_without_rule
from trailbell.catalog.log_alarm import log_alarm
from trailbell.replay.detection import LogAlarmSchedule, ReplayDetection, RuleReceives


def replay_detections(
    catalog: Catalog, placeholders: Mapping[str, str]
) -> tuple[ReplayDetection, ...]:
    """All detections of a catalog, with these values of placeholders in their patterns."""
    return tuple(replay_detection(detection, placeholders) for detection in catalog)


def replay_detection(detection: Detection, placeholders: Mapping[str, str]) -> ReplayDetection:
    """One detection, with these values of placeholders in its pattern."""
    return ReplayDetection(
        id=detection.id,
        title=detection.title,
        severity=detection.severity.value,
        filter_pattern=detection.resolve(placeholders),
        timing=detection.timing,
        log_alarm=_schedule(detection) if detection.log_alarm else None,
        rule=_rule(detection),
    )


def _schedule(detection: Detection) -> LogAlarmSchedule:
    alarm = log_alarm(detection)
    return LogAlarmSchedule(
        run_every=alarm.run_every, start_offset=alarm.start_offset, end_offset=alarm.end_offset
    )


def _rule(detection: Detection) -> RuleReceives:
    if reason_without_rule(detection):
        return RuleReceives.NOTHING
    reads = any(may_be_read(example.event) for example in detection.fires)
    return RuleReceives.READS_AND_WRITES if reads else RuleReceives.WRITES
