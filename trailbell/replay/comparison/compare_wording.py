"""
What a comparison says, in words that all of its reports share.

In:    parts of a `Comparison`.
Out:   texts, not escaped.
Never: markup, or a color.
"""

from collections.abc import Sequence

from trailbell.replay.comparison.model import (
    Comparison,
    DetectionDifference,
    Events,
    Reporter,
    Sent,
    Total,
)
from trailbell.replay.model import Range, Share
from trailbell.replay.report.words import in_range, minute
from trailbell.wording import pluralize


def scope(comparison: Comparison) -> str:
    """``1,200 records in 3 files, 2026-11-02 10:00 to 2026-11-20 18:30 UTC``."""
    read = f"{pluralize(comparison.records, 'record')} in {pluralize(comparison.files, 'file')}"
    if comparison.first is None or comparison.last is None:
        return read
    return f"{read}, {minute(comparison.first)} to {minute(comparison.last)} UTC"


def answer(comparison: Comparison) -> str:
    """The result in a sentence or two."""
    if not comparison.differences:
        return "No difference: both catalogs report the same events, in the same way."
    lost, new = comparison.no_longer_reported.count, comparison.newly_reported.count
    detections = pluralize(len(comparison.differences), "detection differs", "detections differ")
    return (
        f"{pluralize(lost, 'event')} no longer reported, {pluralize(new, 'event')} newly reported; "
        f"{detections}."
    )


def total(name: str, sent: Total) -> str:
    """``main (0123456): 12 (11 to 14) notifications, 30 messages of rules``."""
    noun = "notification" if sent.notifications == Range(1, 1, 1) else "notifications"
    text = f"{name}: {in_range(sent.notifications)} {noun}"
    if not sent.rule_messages:
        return text
    return f"{text}, {pluralize(sent.rule_messages, 'message')} of rules"


def rules_remark(comparison: Comparison) -> str:
    """Where messages of rules are from; empty without any."""
    if not (comparison.total_before.rule_messages or comparison.total_after.rule_messages):
        return ""
    return (
        "Rules are those of the stack realtime. If it is not deployed, set rules = false in "
        "[replay] of the settings."
    )


def change(difference: DetectionDifference) -> str:
    """``added``, ``removed`` or ``changed``."""
    if difference.before is None:
        return "added"
    return "removed" if difference.after is None else "changed"


def severity(difference: DetectionDifference) -> str:
    """``high``, or ``high → medium``."""
    before, after = difference.before, difference.after
    if before and after and before.severity != after.severity:
        return f"{before.severity} → {after.severity}"
    present = after or before
    return present.severity if present else ""


def figures(difference: DetectionDifference) -> tuple[tuple[str, str, str], ...]:
    """What differs: a name, the figure before, and the figure now; empty without the detection."""
    sides = difference.before, difference.after
    if not any(sent and sent.events for sent in sides):
        return ()
    before, after = map(_figures, sides)
    none = {} if None in sides else _NONE
    rows = (
        (name, before.get(name, none.get(name, "")), after.get(name, none.get(name, "")))
        for name in ("events", "reported events", "notifications", *_NONE)
    )
    return tuple(row for row in rows if row[1] != row[2])


_NONE = {"messages of the rule": "no rule", "minutes to notify": "none sent"}


def _figures(sent: Sent | None) -> dict[str, str]:
    if sent is None:
        return {}
    figures = {
        "events": f"{sent.events:,}",
        "reported events": f"{sent.reported:,}",
        "notifications": in_range(sent.notifications),
    }
    if sent.rule_messages is not None:
        figures["messages of the rule"] = f"{sent.rule_messages:,}"
    if sent.seconds_to_notify:
        median, longest = sent.seconds_to_notify
        figures["minutes to notify"] = f"{median / 60:.0f}, at most {longest / 60:.0f}"
    return figures


def top(shares: Sequence[Share], most: int) -> tuple[str, ...]:
    """The first values with their counts, and how many more there are."""
    texts = [f"{share.value}: {share.hits:,}" for share in shares[:most]]
    more = len(shares) - most
    return (*texts, f"{more:,} more") if more > 0 else tuple(texts)


def events(found: Events, most: int) -> tuple[str, ...]:
    """The callers of events with their counts, then the names of the events."""
    return (*top(found.identities, most), f"events: {', '.join(top(found.names, most))}")


def without_events(difference: DetectionDifference) -> str:
    """``no event in these records``; empty if it fires on one."""
    if any(sent and sent.events for sent in (difference.before, difference.after)):
        return ""
    return "no event in these records"


def reporters(found: Sequence[Reporter]) -> str:
    """``root-account-use (high): 3, iam-changes (medium): 1``."""
    return ", ".join(f"{each.detection} ({each.severity}): {each.events:,}" for each in found)
