"""
The timeline as a page: one file in HTML, for a browser on a desk or a phone.

In:    a `Timeline`.
Out:   the text of the page. It loads nothing and needs no script.
Never: text of an event as markup. `trailbell.html_elements` escapes everything.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from importlib.resources import files

from trailbell.demo import words
from trailbell.demo.page_events import events_section
from trailbell.demo.timeline import Entry, Timeline
from trailbell.html_elements import Html, element, html, joined
from trailbell.wording import pluralize

GENERATOR = '<meta name="generator" content="trailbell demo">'
"""By this line a page is recognized, so that it can be replaced."""


def to_page(timeline: Timeline) -> str:
    """The page."""
    style = files("trailbell.demo").joinpath("page.css").read_text(encoding="utf-8")
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("title", f"Trailbell: {words.TITLE}"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        Html(GENERATOR),
        element("meta", name="description", content=words.INTRODUCTION),
        element("link", rel="icon", href="data:,"),
        element("style", Html(style)),
    )
    body = element(
        "body",
        element("a", "Skip to the events", href="#events", class_="skip"),
        _header(timeline),
        element(
            "main",
            _chart(timeline),
            events_section(timeline),
            _missed(timeline),
            _without_message(timeline),
            _assumptions(timeline),
        ),
        element("footer", element("p", "Written by ", element("code", "trailbell demo"), ".")),
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


# ------------------------------------------------------------------------------------ the summary


def _header(timeline: Timeline) -> Html:
    messages, mails = len(timeline.messages), len(timeline.mails)
    missed = len(words.missed(timeline))
    return element(
        "header",
        element("h1", words.TITLE),
        element("p", words.INTRODUCTION, class_="lead"),
        element(
            "dl",
            _figure(
                "now",
                "In real time: who did what",
                pluralize(messages, "message"),
                "usually within seconds of the call",
            ),
            _figure(
                "late",
                "By alarm: that something happened",
                pluralize(mails, "e-mail"),
                f"{words.delays(timeline)} after the call" if mails else "no alarm went into ALARM",
            ),
            _figure(
                "never",
                "Announced by no alarm",
                pluralize(missed, "event"),
                "because the alarm was in ALARM already" if missed else "each one was announced",
            ),
            class_="figures",
        ),
    )


def _figure(kind: str, label: str, number: str, text: str) -> Html:
    value = element("dd", element("span", number, class_="number"), text)
    return element("div", element("dt", label), value, class_=kind)


def _chart(timeline: Timeline) -> Html:
    """Three lanes of marks over the same hours. A screen reader gets one sentence instead."""
    calls = [entry.step.at for entry in timeline.entries]
    messages = [e.step.at for e in timeline.entries if e.has_message]
    mails = [mail.at for mail in timeline.mails]
    start, end = calls[0] - timedelta(minutes=1), max([*calls, *mails]) + timedelta(minutes=1)

    def left(at: datetime) -> str:
        return f"left:{(at - start) / (end - start) * 100:.1f}%"

    def lane(kind: str, label: str, times: Iterable[datetime]) -> Html:
        marks = joined([element("i", style=left(at)) for at in times])
        return element(
            "div",
            element("span", label),
            element("div", marks, class_="track"),
            class_=f"lane {kind}",
        )

    first = start.replace(minute=start.minute - start.minute % 5, second=0) + timedelta(minutes=5)
    hours = [h for n in range(12) if (h := first + timedelta(minutes=5 * n)) < end]
    ticks = joined([element("span", f"{hour:%H:%M}", style=left(hour)) for hour in hours])
    axis = element(
        "div", element("span"), element("div", ticks, class_="track"), class_="lane hours"
    )
    return element(
        "section",
        element("h2", f"{words.day(timeline)}, in UTC", id="chart"),
        element(
            "div",
            lane("", "Calls", calls),
            lane("now", "Real time", messages),
            lane("late", "Alarms", mails),
            axis,
            class_="chart",
            role="img",
            aria_label=words.totals(timeline),
        ),
        aria_labelledby="chart",
    )


# --------------------------------------------------------------------------- what was not notified


def _missed(timeline: Timeline) -> Html:
    entries = words.missed(timeline)
    if not entries:
        return html("")
    return element(
        "section",
        element("h2", "What no alarm announced", id="missed"),
        element(
            "p",
            "An alarm notifies when its state changes. While it is in ALARM, other events of the "
            "same kind change nothing, even those of another caller. A rule sends a message for "
            "each event.",
        ),
        _reasons(_missed_rows(entries)),
        aria_labelledby="missed",
    )


def _missed_rows(entries: tuple[Entry, ...]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        record = entry.step.record
        title = f"{words.clock(entry.step.at)}  {record['eventName']} by {words.caller(record)}"
        alarms = " and ".join(f.alarm.alarm for f in entry.fired if f.alarm)
        also = "The message in real time was sent." if entry.has_message else "Nothing was sent."
        yield title, f"In ALARM already: {alarms}. {also}"


def _without_message(timeline: Timeline) -> Html:
    rows = [
        *(
            (name, f"No message: {reason}.")
            for name, reason in words.without_message(timeline).items()
        ),
        *(
            (entry.step.record["eventName"], "No detection fires on this event.")
            for entry in words.without_detection(timeline)
        ),
    ]
    if not rows:
        return html("")
    return element(
        "section",
        element("h2", "What has no message in real time, and why", id="reasons"),
        _reasons(rows),
        aria_labelledby="reasons",
    )


def _reasons(rows: Iterable[tuple[str, str]]) -> Html:
    items = [element("div", element("dt", name), element("dd", text)) for name, text in rows]
    return element("dl", joined(items), class_="reasons")


def _assumptions(timeline: Timeline) -> Html:
    texts = (*words.assumptions(timeline), *timeline.notes)
    return element(
        "section",
        element("h2", "How this was made", id="made"),
        element("ul", joined(element("li", text) for text in texts), class_="notes"),
        aria_labelledby="made",
    )
