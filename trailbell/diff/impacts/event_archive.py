"""
What a change means for an archive: which events can be replayed, and for how long.

In:    the old and the new properties of an `AWS::Events::Archive`.
Out:   a sentence for each way in which events are no longer kept.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator, Mapping
from math import inf
from typing import Any

from trailbell.diff.judgment.evaluated_template import describe
from trailbell.diff.judgment.event_matching import find_unmatched_events, parse
from trailbell.diff.judgment.read_back import (
    Described,
    Finding,
    Operation,
    Read,
    comparable,
    compare,
    not_compared,
)
from trailbell.diff.judgment.resource_diff import ResourceDiff, Unjudged, as_number
from trailbell.template.evaluate import is_unknown

TYPE = "AWS::Events::Archive"


def find_gaps(diff: ResourceDiff) -> Iterator[str | Unjudged]:
    """Find the ways in which this change loses events that could be replayed."""
    if diff.removed:
        yield "This archive is deleted: its events can no longer be replayed."
        return
    if diff.replaced:
        yield f"This archive {diff.replaced}: events in the old one can no longer be replayed."
    old, new = (_days(side) for side in (diff.before, diff.after))
    if old is not None and new is not None and new < old:
        kept = "without limit" if old == inf else f"{old:g}"
        yield f"Days that events are kept for replay: {new:g} instead of {kept}."
    if diff.changed("SourceArn"):
        bus, other = (describe(side.get("SourceArn")) for side in (diff.before, diff.after))
        yield f"The archive receives events of event bus {other} instead of {bus}."
    if "EventPattern" in diff.after and "EventPattern" not in diff.before:
        yield "The archive keeps only the events that its new EventPattern matches."
    elif diff.changed("EventPattern") and "EventPattern" in diff.after:
        yield from find_unmatched_events(diff.before["EventPattern"], [diff.after["EventPattern"]])


def _days(properties: Mapping[str, Any]) -> float | None:
    """Days; 0 and no value keep events without limit. None if it is not known."""
    days = as_number(properties.get("RetentionDays", 0))
    return inf if days == 0 else days


# What AWS describes

DESCRIBE_ARCHIVE = Operation(service="events", name="DescribeArchive")
READS = (DESCRIBE_ARCHIVE,)


def list_reads(described: Described) -> Iterator[Read]:
    """The archive, whose physical ID is its name."""
    yield DESCRIBE_ARCHIVE(ArchiveName=described.physical_id)


def find_faults(described: Described) -> Iterator[Finding]:
    """Find what keeps events from being archived, or shortens how long they are kept."""
    answer = described.answer(DESCRIBE_ARCHIVE(ArchiveName=described.physical_id))
    if answer is None:
        return
    state, reason = answer.get("State", "ENABLED"), answer.get("StateReason")
    if state not in ("ENABLED", "CREATING", "UPDATING"):
        yield Finding(f"The archive state is {state}{f': {reason}' if reason else ''}.")
    days = described.property("RetentionDays", 0)
    yield from compare("RetentionDays", days, answer.get("RetentionDays", 0))
    pattern = described.property("EventPattern")
    if is_unknown(pattern):
        yield not_compared("EventPattern")
    elif comparable(parse(pattern)) != comparable(parse(answer.get("EventPattern"))):
        yield Finding("EventPattern is not that of the template.")
