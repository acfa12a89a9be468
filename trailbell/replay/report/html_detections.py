"""
The detections of the HTML report: a table to compare them, and below it the details of each.

In:    a `ReplayReport`.
Out:   sections. A row leads to its details, which are folded.
Never: more than a page can hold. What is left out is counted.
"""

from collections.abc import Iterator

from trailbell.html_elements import Html, element, html, joined
from trailbell.replay.model import DetectionResult, Range, ReplayReport, Week
from trailbell.replay.report.html_parts import (
    AccountFilter,
    Column,
    badge,
    breakdown,
    cell,
    number,
    rank,
    sortable,
)
from trailbell.replay.report.words import alarm, bounds, duration, in_range, per_week
from trailbell.wording import pluralize

_MAX_WEEKS = 13
_COLUMNS = (
    Column("Severity", "descending"),
    Column("Detection"),
    Column("Notifications", "descending", sorted_=True),
    Column("A week", "descending"),
    Column("Hits", "descending"),
    Column("Time to notify", "descending"),
    Column("Masked", "descending"),
)


def detections_table(report: ReplayReport, accounts: AccountFilter) -> Html:
    """The table of detections that fire. Nothing without one."""
    if not report.detections:
        return html("")
    rows = [_row(result, report.weeks, accounts) for result in report.detections]
    return element(
        "section",
        element("h2", "Detections", id="detections"),
        element(
            "p",
            "A hit is an event on which a detection fires. The range in small figures depends on "
            "how late CloudTrail delivers events. The time to notify is the median, from the first "
            "event to the notification.",
            class_="quiet",
        ),
        sortable("detections", "Detections", _COLUMNS, rows),
        aria_labelledby="detections",
    )


def details(report: ReplayReport) -> Html:
    """The details of each detection that fires. Nothing without one."""
    if not report.detections:
        return html("")
    opened = len(report.detections) == 1
    items = [_details(each, report.weeks, opened=opened) for each in report.detections]
    return element(
        "section",
        element("h2", "Details", id="details"),
        joined(items),
        aria_labelledby="details",
    )


def _row(result: DetectionResult, weeks: float, accounts: AccountFilter) -> Html:
    detection, sent, times = result.detection, result.notifications, result.seconds_to_notify
    masked = len(result.masked)
    return element(
        "tr",
        cell(badge(detection.severity), sort=rank(detection.severity)),
        cell(
            element("a", detection.title, href=f"#d-{detection.id}"),
            element("code", detection.id),
            sort=detection.title,
        ),
        cell(_with_bounds(sent), sort=sent.typical),
        cell(per_week(sent.typical, weeks), sort=sent.typical),
        number(result.hits),
        cell(*_times(times), sort=times[0] if times else -1),
        number(masked),
        data_item=detection.id,
        data_s=detection.severity,
        data_a=accounts.of(share.value for share in result.accounts),
    )


def _with_bounds(value: Range) -> Html:
    small = element("small", bounds(value)) if bounds(value) else None
    return joined([f"{value.typical:,}", *([" ", small] if small else [])])


def _times(times: tuple[int, int] | None) -> tuple[str, ...]:
    if times is None:
        return ("none",)
    median, longest = duration(times[0]), duration(times[1])
    return (median,) if median == longest else (median, " ", element("small", f"up to {longest}"))


# -------------------------------------------------------------------------------------- details


def _details(result: DetectionResult, weeks: float, *, opened: bool) -> Html:
    detection, total = result.detection, result.hits
    sent = pluralize(result.notifications.typical, "notification")
    return element(
        "details",
        element(
            "summary",
            badge(detection.severity),
            element("span", detection.title, class_="title"),
            element("span", f"{sent}, {pluralize(total, 'hit')}", class_="sent"),
        ),
        element(
            "div",
            element("dl", joined(_facts(result, weeks)), class_="facts"),
            element(
                "div",
                breakdown("Identities", result.identities, total, wide=True),
                breakdown("Masked identities", result.masked, total, wide=True),
                breakdown("Accounts", result.accounts, total),
                breakdown("Regions", result.regions, total),
                breakdown("Addresses", result.addresses, total),
                breakdown("Events", result.events, total),
                _weeks(result.weeks),
                class_="breakdowns",
            ),
            id=f"d-{detection.id}",
            class_="inside",
        ),
        class_="detection",
        open=opened,
        data_item=detection.id,
    )


def _facts(result: DetectionResult, weeks: float) -> Iterator[Html]:
    detection, sent, times = result.detection, result.notifications, result.seconds_to_notify
    yield _fact("Detection", element("code", detection.id))
    yield _fact("Goes into ALARM after", alarm(detection))
    yield _fact("Notifications", f"{in_range(sent)}, {per_week(sent.typical, weeks)} a week")
    if times:
        text = f"{duration(times[0])} (median), at most {duration(times[1])}"
        yield _fact("Time to notify", text)
    untold = f", {result.untold:,} of them in no notification" if result.untold else ""
    yield _fact("Hits", f"{result.hits:,}{untold}")
    if result.rule_messages is not None:
        messages = pluralize(result.rule_messages, "message")
        yield _fact("EventBridge rule", f"{messages} if it is deployed: one for each hit")


def _fact(label: str, text: str) -> Html:
    return element("div", element("dt", label), element("dd", text))


def _weeks(weeks: tuple[Week, ...]) -> Html:
    if not weeks:
        return html("")
    rows = [
        element(
            "tr",
            element("th", week.monday, scope="row"),
            element("td", _with_bounds(week.notifications)),
            element("td", f"{week.hits:,}"),
        )
        for week in weeks[-_MAX_WEEKS:]
    ]
    earlier = len(weeks) - _MAX_WEEKS
    more = f"and {pluralize(earlier, 'earlier week')}" if earlier > 0 else None
    heads = ("Week from", "Notifications", "Hits")
    return element(
        "div",
        element("h4", "Weeks ", element("span", f"{len(weeks):,}", class_="count")),
        element(
            "table",
            element("thead", element("tr", *(element("th", h, scope="col") for h in heads))),
            element("tbody", joined(rows)),
            class_="weeks",
        ),
        element("p", more, class_="more") if more else None,
    )
