"""
The events on the page: what fires on each, and the texts of its messages and e-mails.

In:    a `Timeline`.
Out:   a section with a list of the events in their order.
Never: text of an event as markup. `trailbell.html_elements` escapes everything.
"""

import json
from collections.abc import Iterator
from datetime import datetime

from trailbell.demo import words
from trailbell.demo.timeline import Entry, Fired, Mail, RealtimeMessage, Timeline
from trailbell.html_elements import Html, element, html, joined


def events_section(timeline: Timeline) -> Html:
    """The section with all events."""
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
