"""
The notifications of the HTML report: when each is sent, and who caused it.

In:    a `ReplayReport`.
Out:   a section with a table, the latest first.
Never: only those of the noisiest detection. Each detection has its share of what is listed.
"""

from collections.abc import Sequence

from trailbell.html_elements import Html, element, html, joined
from trailbell.replay.model import DetectionResult, Notification, ReplayReport
from trailbell.replay.report.html_parts import (
    AccountFilter,
    Column,
    badge,
    cell,
    number,
    rank,
    sortable,
    time,
)
from trailbell.replay.report.words import accounts_of, duration, short_identity
from trailbell.wording import pluralize

MAX_ROWS = 500

_MAX_IDENTITIES = 3
_COLUMNS = (
    Column("Sent, in UTC", "descending", sorted_=True),
    Column("Severity", "descending"),
    Column("Detection"),
    Column("Account"),
    Column("Hits", "descending"),
    Column("Identities"),
    Column("Masked", "descending"),
)


def notifications_table(report: ReplayReport, accounts: AccountFilter) -> Html:
    """The section. Nothing if no notification is sent."""
    listed, most = fair_share(report.detections)
    if not listed:
        return html("")
    total = sum(len(result.timeline) for result in report.detections)
    rows = [_row(each, result, accounts) for each, result in listed]
    more = (
        f"and {total - len(listed):,} more: of each detection, at most the latest "
        f"{pluralize(most, 'notification')} are listed"
    )
    return element(
        "section",
        element("h2", "Notifications", id="notifications"),
        sortable("notifications", "Notifications", _COLUMNS, rows),
        element("p", more, class_="more") if total > len(listed) else None,
        aria_labelledby="notifications",
    )


def fair_share(
    results: Sequence[DetectionResult], limit: int = MAX_ROWS
) -> tuple[list[tuple[Notification, DetectionResult]], int]:
    """The latest notifications of each detection, so many that all are at most ``limit``, and how
    many that is of each; at least one. The latest is first.
    """
    counts = [len(result.timeline) for result in results]
    most = max(counts, default=0)
    while most > 1 and sum(min(count, most) for count in counts) > limit:
        most -= 1
    listed = [
        (each, result)
        for result in results
        for each in sorted(result.timeline, key=lambda each: each.sent)[-most:]
    ]
    return sorted(listed, key=lambda each: -each[0].sent), most


def _row(each: Notification, result: DetectionResult, accounts: AccountFilter) -> Html:
    detection, known = result.detection, accounts_of(each)
    return element(
        "tr",
        cell(time(each.sent), sort=each.sent),
        cell(badge(detection.severity), sort=rank(detection.severity)),
        cell(element("a", detection.id, href=f"#d-{detection.id}")),
        cell(", ".join(known) or "unknown"),
        _hits(each.hits),
        cell(_identities((each.contributor,) if each.contributor else each.told)),
        cell(*_masked(each), sort=len(each.masked)),
        data_row=True,
        data_s=detection.severity,
        data_a=accounts.of(known),
    )


def _hits(hits: int) -> Html:
    """The hits that a notification is the first to count. Without any, it repeats another."""
    return number(hits) if hits else cell("again", sort=0)


def _masked(each: Notification) -> tuple[str, ...]:
    if not each.masked:
        return ("none",)
    held = duration(max(each.until - each.sent, 0))
    hits = pluralize(each.masked_hits, "hit")
    return (_identities(each.masked), element("small", f"{hits} in {held}"))


def _identities(identities: Sequence[str]) -> Html:
    more = len(identities) - _MAX_IDENTITIES
    shown = [element("code", short_identity(each)) for each in identities[:_MAX_IDENTITIES]]
    rest = element("small", f"and {more:,} more") if more > 0 else html("")
    return joined([*shown, *([rest] if rest else [])], " ")
