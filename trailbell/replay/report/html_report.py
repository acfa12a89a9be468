"""
A replay as a page: one file in HTML that loads nothing, for a team to look at together.

In:    a `ReplayReport`.
Out:   the text of the page. All of it can be read without its script, which sorts and filters.
Never: text of an event as markup. `trailbell.html_elements` escapes everything, and the policy of
       the page runs no other script and loads nothing.

https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Content-Security-Policy
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from importlib.resources import files

from trailbell.html_elements import Html, element, html, joined
from trailbell.replay.model import ReplayReport
from trailbell.replay.report.html_causes import causes_section
from trailbell.replay.report.html_detections import details, detections_table
from trailbell.replay.report.html_notifications import notifications_table
from trailbell.replay.report.html_parts import AccountFilter, account_filter, badge, rank
from trailbell.replay.report.html_timeline import timeline
from trailbell.replay.report.words import (
    SEVERITIES,
    answer,
    covered,
    duration,
    per_week,
    weeks,
)
from trailbell.wording import pluralize

GENERATOR = '<meta name="generator" content="trailbell replay">'
"""By this line a page is recognized, so that it can be replaced."""

_MAX_UNREADABLE = 200
_TITLE = "Notifications of a replay"


def to_html(report: ReplayReport) -> str:
    """The page, as text for a file in UTF-8."""
    accounts = account_filter(report)
    main = element(
        "main",
        _controls(report, accounts),
        timeline(report),
        detections_table(report, accounts),
        causes_section(report.causes),
        notifications_table(report, accounts),
        details(report),
        _quiet(report),
        _unread(report),
        _made(report),
    )
    body = element(
        "body",
        element("a", "Skip to the notifications", href="#main", class_="skip"),
        _header(report),
        Html(f'<div id="main">{main}</div>'),
        element("footer", element("p", "Written by ", element("code", "trailbell replay"), ".")),
    )
    return f"<!doctype html>\n{element('html', _head(report), body, lang='en')}\n"


def _head(report: ReplayReport) -> Html:
    style, script = _source("html_report.css"), _source("html_report.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return element(
        "head",
        element("meta", charset="utf-8"),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
        element("title", f"Trailbell: {_TITLE}"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        Html(GENERATOR),
        element("meta", name="description", content=answer(report)),
        element("link", rel="icon", href="data:,"),
        element("style", Html(style)),
        element("script", Html(script), type="module"),
    )


def _source(name: str) -> str:
    return files("trailbell.replay.report").joinpath(name).read_text(encoding="utf-8")


def _hash(source: str) -> str:
    digest = b64encode(sha256(source.encode()).digest()).decode("ascii")
    return f"'sha256-{digest}'"


# ------------------------------------------------------------------------------------- the answer


def _header(report: ReplayReport) -> Html:
    return element(
        "header",
        element("button", "Light or dark", type="button", class_="scheme", hidden=True),
        element("p", "What you would have been notified of", class_="kind"),
        element("h1", answer(report)),
        element("p", _source_line(report), class_="quiet"),
        element("dl", joined(_figures(report)), class_="figures") if report.detections else None,
    )


def _source_line(report: ReplayReport) -> str:
    parts = [covered(report), pluralize(report.files, "file")]
    if report.duplicates:
        parts.append(pluralize(report.duplicates, "duplicate hit") + " left out")
    if unread := len(report.unreadable):
        parts.append(f"{pluralize(unread, 'problem')} while reading")
    return "; ".join(part for part in parts if part) + "."


def _figures(report: ReplayReport) -> Iterator[Html]:
    total, results = report.notifications, report.detections
    sent = [result for result in results if result.notifications.typical]
    high = sum(r.notifications.typical for r in sent if r.detection.severity == SEVERITIES[0])
    yield _figure("Notifications", f"{total.typical:,}", f"{high:,} of high severity")
    yield _figure("A week", per_week(total.typical, report.weeks), f"in {weeks(report.weeks)}")
    yield _figure(
        "Detections that notify",
        f"{len(sent):,}",
        f"of {len(results) + len(report.quiet):,}; {len(results):,} fire",
    )
    slowest = max((r.seconds_to_notify[1] for r in results if r.seconds_to_notify), default=None)
    if slowest is not None:
        medians = sorted(r.seconds_to_notify[0] for r in results if r.seconds_to_notify)
        middle = medians[(len(medians) - 1) // 2]
        yield _figure("Time to notify", duration(middle), f"at most {duration(slowest)}")
    masked = {share.value for result in results for share in result.masked}
    yield _figure("Masked identities", f"{len(masked):,}", "in no notification of a detection")


def _figure(label: str, value: str, text: str) -> Html:
    return element(
        "div",
        element("dt", label),
        element("dd", element("span", value, class_="number"), text),
    )


# --------------------------------------------------------------------------------- what filters


def _controls(report: ReplayReport, accounts: AccountFilter) -> Html:
    """The filters. They are hidden until the script runs, because they need it."""
    if not report.detections:
        return html("")
    severities = {result.detection.severity for result in report.detections}
    by_rank = sorted(severities, key=lambda each: (-int(rank(each)), each))
    return element(
        "form",
        _label(
            "Search",
            element(
                "input",
                type="search",
                name="text",
                autocomplete="off",
                spellcheck="false",
                placeholder="Title, identity, address",
            ),
        ),
        _label("Severity", _select("severity", ((each, each) for each in by_rank))),
        _label("Account", _select("account", ((str(n), a) for a, n in accounts.numbers.items()))),
        element("button", "Show all", type="reset"),
        element("p", role="status", class_="shown"),
        class_="filters",
        hidden=True,
        aria_label="Filters",
    )


def _label(name: str, control: Html) -> Html:
    return element("label", element("span", name), control)


def _select(name: str, choices: Iterable[tuple[str, str]]) -> Html:
    options = [element("option", text, value=value) for value, text in choices]
    return element("select", element("option", "All", value=""), joined(options), name=name)


# ------------------------------------------------------------------------------------- the rest


def _quiet(report: ReplayReport) -> Html:
    if not report.quiet:
        return html("")
    items = [
        element("li", badge(each.severity), each.title, " ", element("code", each.id))
        for each in report.quiet
    ]
    head = f"{pluralize(len(report.quiet), 'detection')} without a hit"
    return element(
        "section",
        element("h2", "Quiet detections", id="quiet"),
        element(
            "details",
            element("summary", element("span", head, class_="title")),
            element("ul", joined(items), class_="quiet-list inside"),
            class_="fold",
        ),
        aria_labelledby="quiet",
    )


def _unread(report: ReplayReport) -> Html:
    uncertain = [
        f"{each.value}: {pluralize(each.hits, 'evaluation')} without a certain result"
        for each in report.uncertain
    ]
    more = len(report.unreadable) - _MAX_UNREADABLE
    texts = [
        *([report.left_out] if report.left_out else []),
        *report.unreadable[:_MAX_UNREADABLE],
        *([f"and {more:,} more"] if more > 0 else []),
        *uncertain,
    ]
    if not texts:
        return html("")
    return element(
        "section",
        element("h2", "What could not be read or decided", id="unread"),
        element("ul", joined(element("li", text) for text in texts), class_="notes"),
        aria_labelledby="unread",
    )


def _made(report: ReplayReport) -> Html:
    texts = [text for text in (report.delivery, report.installations) if text]
    if not texts:
        return html("")
    return element(
        "section",
        element("h2", "How this was calculated", id="made"),
        element("ul", joined(element("li", text) for text in texts), class_="notes"),
        aria_labelledby="made",
    )
