"""
A tuning, for people and programs.

In:    a `Tuning`, and the settings before and after.
Out:   lines for a terminal; a JSON object.
Never: a figure that is not in the tuning, or a time zone other than UTC.
"""

import difflib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from trailbell.replay.model import Range, Share
from trailbell.replay.tuning.change import Change, Count, Exclusion
from trailbell.replay.tuning.model import HeldBack, Proposal, TunedDetection, Tuning
from trailbell.styled_text import Line, Span, Style, line
from trailbell.wording import capitalize, pluralize

_MAX_SHARES = 3
_OTHER_TOPIC = 'severity = "low" sends them to another topic; '
_SHORT = 14 * 86_400
"""Seconds of records below which little can be seen to recur."""
_INDENT = 9
"""Columns between a label and its text."""


def to_lines(tuning: Tuning) -> Iterator[Line]:
    """What is proposed for each noisy detection, the noisiest first."""
    yield line(Span(_summary(tuning), Style.HEADING))
    if tuning.detections and (tuning.last or 0) - (tuning.first or 0) < _SHORT:
        yield line(
            Span("These are records of less than two weeks, in which little recurs.", Style.NOTE)
        )
    for tuned in tuning.detections:
        yield line("")
        yield from _detection_lines(tuning, tuned)


def _summary(tuning: Tuning) -> str:
    noisy, number = len(tuning.detections), tuning.limits.per_week
    limit = "1 notification" if number == 1 else f"{number:g} notifications"
    if tuning.first is None or tuning.last is None:
        if not tuning.records:
            return "No record was read, so there is nothing to tune."
        return f"No detection fires in {pluralize(tuning.records, 'record')}."
    records = (
        f"in {pluralize(tuning.records, 'record')} of {_weeks(tuning)}, "
        f"{_date(tuning.first)} to {_date(tuning.last)}"
    )
    if not noisy:
        return f"No detection sends more than {limit} a week {records}."
    within = sum(tuned.is_within_limit for tuned in tuning.detections)
    proposals = pluralize(len(tuning.proposals), "proposal")
    return (
        f"{pluralize(noisy, 'detection')} sent more than {limit} a week {records}. "
        f"With {proposals}, {within} of {noisy} would be within this limit."
    )


def _detection_lines(tuning: Tuning, tuned: TunedDetection) -> Iterator[Line]:
    detection = tuned.detection
    yield line(
        Span(detection.id, Style.HEADING), f"  {detection.severity}  {capitalize(detection.title)}"
    )
    now = f"{_notifications(tuning, tuned.before)}, from {_events(tuned.hits)}"
    yield line("  now      ", now, hanging=_INDENT)
    for proposal in tuned.proposals:
        yield from _proposal_lines(tuning, proposal)
    if tuned.proposals:
        style = Style.SUCCESS if tuned.is_within_limit else Style.WARNING
        after = _notifications(tuning, tuned.after)
        yield line(Span("  after    ", style), after, hanging=_INDENT)
    elif not tuned.held_back:
        yield line("  no cause was found whose exclusion removes a notification")
    for held_back in tuned.held_back:
        yield from _held_back_lines(tuning, held_back)
    if not tuned.is_within_limit:
        yield line(
            Span("  left     ", Style.NOTE),
            _OTHER_TOPIC if detection.severity != "low" else "",
            "disable removes the detection",
            hanging=_INDENT,
        )


def _proposal_lines(tuning: Tuning, proposal: Proposal) -> Iterator[Line]:
    yield line(Span("  propose  ", Style.ADDED), str(proposal.change), hanging=_INDENT)
    yield line(f"           leaves {_notifications(tuning, proposal.notifications)}")
    if proposal.silenced:
        yield line(
            f"           {_events(proposal.silenced)} on {pluralize(len(proposal.days), 'day')} "
            f"no longer {'counts' if proposal.silenced == 1 else 'count'}: "
            f"{_shares(proposal.events)}"
        )
    if not _is_obvious(proposal):
        yield line(f"           no longer reported: {_shares(proposal.unreported)}")
    for note in proposal.notes:
        yield line("           ", Span(note, Style.NOTE))


def _is_obvious(proposal: Proposal) -> bool:
    """Whether no identity is affected but the one that the change names."""
    named = proposal.change.value if isinstance(proposal.change, Exclusion) else ""
    return {share.value for share in proposal.unreported} <= {named}


def _held_back_lines(tuning: Tuning, held_back: HeldBack) -> Iterator[Line]:
    label = Span("  not      ", Style.WARNING)
    if held_back.change is None:
        yield line(label, held_back.reason, hanging=_INDENT)
        return
    yield line(label, str(held_back.change), hanging=_INDENT)
    yield line(
        f"           {_events(held_back.silenced)}; alone it would leave "
        f"{_notifications(tuning, held_back.notifications)}"
    )
    yield line(f"           {held_back.reason}")


def _notifications(tuning: Tuning, count: Range) -> str:
    """``38 notifications (35 to 41), 8.6 a week (7.9 to 9.3)``."""
    weekly = [f"{each / tuning.weeks:,.1f}" for each in (count.typical, count.low, count.high)]
    total = pluralize(count.typical, "notification")
    if count.low == count.high:
        return f"{total}, {weekly[0]} a week"
    return (
        f"{total} ({count.low:,} to {count.high:,}), "
        f"{weekly[0]} a week ({weekly[1]} to {weekly[2]})"
    )


def _events(count: int) -> str:
    return pluralize(count, "event")


def _shares(shares: Sequence[Share]) -> str:
    listed = ", ".join(f"{share.value} ({share.hits:,})" for share in shares[:_MAX_SHARES])
    more = len(shares) - _MAX_SHARES
    return f"{listed} and {more:,} more" if more > 0 else listed


def _weeks(tuning: Tuning) -> str:
    return pluralize(1, "week") if tuning.weeks == 1 else f"{tuning.weeks:.1f} weeks"


def _date(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).date().isoformat()


def difference(before: str, after: str, file: str) -> Iterator[Line]:
    """The lines that change in the settings, with one line around them."""
    compared = difflib.unified_diff(
        before.splitlines(), after.splitlines(), file, file, n=1, lineterm=""
    )
    for each in compared:
        style = {"+": Style.ADDED, "-": Style.REMOVED}.get(each[0])
        yield Line(line(Span(each, style)).spans, whole=True)


def to_json(tuning: Tuning, *, written: Sequence[str]) -> dict[str, Any]:
    """Everything in a tuning. ``written`` are the detections whose proposals were written."""
    return {
        "records": tuning.records,
        "first": _time(tuning.first),
        "last": _time(tuning.last),
        "weeks": round(tuning.weeks, 3),
        "limits": {
            "per_week": tuning.limits.per_week,
            "recurring": tuning.limits.recurring,
            "include_guards": tuning.limits.include_guards,
        },
        "detections": [_detection_json(tuned) for tuned in tuning.detections],
        "quiet": tuning.quiet,
        "unreadable": list(tuning.unreadable),
        "written": list(written),
    }


def _detection_json(tuned: TunedDetection) -> dict[str, Any]:
    return {
        "id": tuned.detection.id,
        "severity": tuned.detection.severity,
        "events": tuned.hits,
        "before": _range_json(tuned.before),
        "after": _range_json(tuned.after),
        "within_limit": tuned.is_within_limit,
        "proposals": [_proposal_json(proposal) for proposal in tuned.proposals],
        "not_proposed": [_held_back_json(held_back) for held_back in tuned.held_back],
    }


def _proposal_json(proposal: Proposal) -> dict[str, Any]:
    return {
        "change": _change_json(proposal.change),
        "notifications": _range_json(proposal.notifications),
        "silenced_events": proposal.silenced,
        "event_names": {share.value: share.hits for share in proposal.events},
        "unreported_identities": {share.value: share.hits for share in proposal.unreported},
        "days": list(proposal.days),
        "notes": list(proposal.notes),
    }


def _held_back_json(held_back: HeldBack) -> dict[str, Any]:
    return {
        "change": _change_json(held_back.change) if held_back.change else None,
        "notifications": _range_json(held_back.notifications),
        "silenced_events": held_back.silenced,
        "reason": held_back.reason,
    }


def _change_json(change: Change) -> dict[str, Any]:
    match change:
        case Exclusion(key=key, value=value):
            return {"exclude": {key: [value]}}
        case Count(threshold=threshold, period=period):
            given = {"threshold": threshold, "period": period}
            return {key: value for key, value in given.items() if value is not None}


def _range_json(count: Range) -> dict[str, int]:
    return {"low": count.low, "typical": count.typical, "high": count.high}


def _time(time: int | None) -> str | None:
    return None if time is None else f"{datetime.fromtimestamp(time, UTC):%Y-%m-%dT%H:%M:%SZ}"
