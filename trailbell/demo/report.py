"""
The timeline on the terminal.

In:    a `Timeline`.
Out:   lines: for each event what fired, what was sent and when; one message in full; totals.
Never: a character that controls the terminal. Callers choose names and user agents.
"""

from collections.abc import Iterator

from trailbell.demo import words
from trailbell.demo.timeline import Entry, Fired, Timeline
from trailbell.styled_text import Line, Span, Style, indented, line, styled

_SEVERITIES = {"high": Style.ERROR, "medium": Style.WARNING, "low": Style.NOTE}


def to_lines(timeline: Timeline) -> Iterator[Line]:
    """The report."""
    yield styled(f"{words.TITLE} (times in UTC, {words.day(timeline)})", Style.HEADING)
    for group in words.groups(timeline):
        yield line("")
        yield from _group(group)
    yield line("")
    yield from _message(timeline)
    yield from _totals(timeline)


def _group(group: tuple[Entry, ...]) -> Iterator[Line]:
    first, last = group[0].step, group[-1].step
    until = f" to {words.clock(last.at)}" if len(group) > 1 else ""
    heading = f"{words.clock(first.at)}{until}  {first.text}"
    yield styled(heading, Style.HEADING, hanging=10)
    calls = ", ".join(entry.step.record["eventName"] for entry in group)
    error = words.refused(group)
    address = first.record["sourceIPAddress"]
    by = f"by {words.caller(first.record)} from {address}"
    yield line(f"  {calls} {by}", f"; refused: {error}" if error else "")
    fired = words.shown(group)
    if not fired:
        yield line("  Nothing is sent: no detection fires on this event.")
    for each in fired:
        yield from indented(_fired(each, group))


def _fired(fired: Fired, group: tuple[Entry, ...]) -> Iterator[Line]:
    at = next(entry.step.at for entry in reversed(group) if fired in entry.fired)
    style = _SEVERITIES.get(fired.severity)
    severity = Span(f"{fired.severity.upper():<6}", style)
    yield line(severity, f"  {fired.title} ({fired.detection})", hanging=8)
    yield line("        in real time  ", words.in_real_time(fired), hanging=14)
    yield line("        by alarm      ", words.by_alarm(fired, at), hanging=14)


def _message(timeline: Timeline) -> Iterator[Line]:
    """The first message of the highest severity, in full."""
    high = [f for e in timeline.entries for f in e.fired if f.message and f.severity == "high"]
    for fired in high[:1]:
        if fired.message:
            yield styled("The first message of high severity, as it is delivered:", Style.HEADING)
            yield from indented(line(text, whole=True) for text in fired.message.text.split("\n"))
            yield line("")


def _totals(timeline: Timeline) -> Iterator[Line]:
    yield styled(words.totals(timeline), Style.HEADING)
    if timeline.delays:
        yield line(f"- Alarms: {words.delays(timeline)} after the call.")
    for entry in words.missed(timeline):
        yield line(
            f"- No alarm announced {entry.step.record['eventName']} by "
            f"{words.caller(entry.step.record)} at {words.clock(entry.step.at)}",
            "; the message in real time did." if entry.has_message else ".",
        )
    for text in (*words.assumptions(timeline), *timeline.notes):
        yield line(f"- {text}")
