"""
The timeline as a page: one file in HTML, for a browser on a desk or a phone.

In:    a `Timeline`.
Out:   the text of the page. It loads nothing and needs no script.
Never: text of an event as markup. `trailbell.demo.elements` escapes everything.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from importlib.resources import files

from trailbell.demo import words
from trailbell.demo.elements import Html, element, html, joined
from trailbell.demo.timeline import Entry, Fired, Mail, RealtimeMessage, Timeline
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
            _events(timeline),
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
                "within seconds of the call",
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
            element("div", element("span"), axis, class_="lane hours"),
            class_="chart",
            role="img",
            aria_label=words.totals(timeline),
        ),
        aria_labelledby="chart",
    )


# -------------------------------------------------------------------------------------- the events


def _events(timeline: Timeline) -> Html:
    opened = _first_high(timeline)
    items = [_event(group, opened) for group in words.groups(timeline)]
    return element(
        "section",
        element("h2", "Call by call", id="events"),
        element("ol", joined(items), class_="events"),
        aria_labelledby="events",
    )


def _first_high(timeline: Timeline) -> RealtimeMessage | None:
    """The message that is open when the page is opened."""
    return next(
        (
            f.message
            for e in timeline.entries
            for f in e.fired
            if f.message and f.severity == "high"
        ),
        next(iter(timeline.messages), None),
    )


def _event(group: tuple[Entry, ...], opened: RealtimeMessage | None) -> Html:
    first, last = group[0].step, group[-1].step
    times = [element("time", words.clock(first.at), datetime=first.at.isoformat())]
    if len(group) > 1:
        times.append(element("time", words.clock(last.at), datetime=last.at.isoformat()))
    fired = words.shown(group)
    state = "sent" if any(entry.has_message for entry in group) else "late" if fired else "none"
    return element(
        "li",
        element("div", joined(times, " to "), class_="time"),
        element(
            "article",
            element("h3", first.text),
            element("p", joined(_call(group)), class_="call"),
            joined(_all_fired(group, fired, opened)),
        ),
        class_=state,
    )


def _call(group: tuple[Entry, ...]) -> Iterator[str]:
    record = group[0].step.record
    calls = [element("code", entry.step.record["eventName"]) for entry in group]
    yield joined(calls, ", ")
    yield f" by {words.caller(record)} from {record['sourceIPAddress']}"
    if error := words.refused(group):
        yield element("span", f", refused: {error}", class_="refused")


def _all_fired(
    group: tuple[Entry, ...], fired: tuple[Fired, ...], opened: RealtimeMessage | None
) -> Iterator[Html]:
    if not fired:
        yield element("p", "Nothing is sent: no detection fires on this event.", class_="quiet")
        return
    items = []
    for each in fired:
        at = next(entry.step.at for entry in reversed(group) if each in entry.fired)
        items.append(_fired(each, at, opened))
    yield element("ul", joined(items), class_="fired")


def _fired(fired: Fired, at: datetime, opened: RealtimeMessage | None) -> Html:
    severity = element("span", fired.severity, class_=f"severity {fired.severity}")
    message = _message(fired.message, opened) if fired.message else html("")
    mail = fired.alarm.mail if fired.alarm else None
    return element(
        "li",
        element("div", severity if fired.severity else None, fired.title, class_="title"),
        _way("now", "Real time", words.in_real_time(fired), message, sent=bool(message)),
        _way("late", "Alarm", words.by_alarm(fired, at), _mail(mail), sent=bool(mail)),
    )


def _way(kind: str, label: str, text: str, below: Html, *, sent: bool) -> Html:
    content = element("div", element("span", text), below)
    return element("div", element("b", label), content, class_=f"way {kind if sent else 'no'}")


def _message(message: RealtimeMessage, opened: RealtimeMessage | None) -> Html:
    """The message, and below it the same for programs and for chat."""
    others = (
        ("The same as JSON, for queues and functions", message.as_json),
        ("The same for Slack and Teams", message.for_chat),
    )
    return element(
        "details",
        element("summary", "Read the message"),
        element("pre", message.text or "No topic has this message for people."),
        joined(
            element("details", element("summary", label), element("pre", _indented(text)))
            for label, text in others
            if text
        ),
        open=message is opened,
    )


def _indented(text: str) -> str:
    """JSON with a member on each line; other text as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except json.JSONDecodeError:
        return text


def _mail(mail: Mail | None) -> Html:
    if mail is None:
        return html("")
    return element(
        "details",
        element("summary", "Read the e-mail"),
        element("p", mail.subject, class_="subject"),
        element("pre", mail.text),
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
