"""
The plan of a drill as text, before it is confirmed.

In:    a `DrillPlan`.
Out:   lines: what is sent where, who is notified, what is removed.
Never: an effect that is not in the lines.
"""

from collections.abc import Iterator

from trailbell.drill.plan import AlarmPart, DrillPlan, Part, RulePart, Subscriber, Topic
from trailbell.styled_text import Line, Span, Style, line
from trailbell.wording import pluralize


def to_lines(plan: DrillPlan) -> Iterator[Line]:
    """The plan as lines for a terminal."""
    yield line(Span(f"Drill of {plan.detection}", Style.HEADING), f": {plan.title}")
    yield line(f"  Account {plan.account}, Region {plan.region}, run {plan.run}")
    for part in plan.parts:
        yield from _part(part)
    yield from _further(plan)


def _part(part: Part) -> Iterator[Line]:
    yield line()
    yield line(Span(f"{part.path} path", Style.HEADING), f" (stack {part.stack})")
    if isinstance(part, AlarmPart):
        yield from _alarm(part)
    else:
        yield from _rule(part)
    for topic in part.topics:
        yield from _topic(topic)


def _alarm(part: AlarmPart) -> Iterator[Line]:
    events = pluralize(len(part.events), "event")
    yield _row("Send", f"{events} to {part.log_group}, log stream {part.log_stream}")
    yield _row("Filter", f"{', '.join(part.filters)}: matches the event")
    yield _row(
        "Alarm",
        f"{part.alarm}: goes into ALARM, and returns to OK on its own about "
        f"{part.time_in_alarm} later",
    )
    yield _row("Clean up", "the log stream is deleted at the end, also after Ctrl-C")
    for name in part.also_fires:
        text = f"{name}: matches the event, too; its alarm notifies"
        yield _row("Also", text, Style.WARNING)
    for name in part.fires_on_cleanup:
        text = (
            f"{name}: matches the deletion of the log stream, which CloudTrail delivers within "
            "about 15 minutes; its alarm notifies"
        )
        yield _row("Also", text, Style.WARNING)


def _row(label: str, text: str, style: Style | None = None) -> Line:
    return line(Span(f"  {label:<9} ", style), text, hanging=10)


def _rule(part: RulePart) -> Iterator[Line]:
    yield _row("Send", f"1 event of source {part.event['source']} to the event bus {part.bus}")
    for rule in part.rules:
        targets = pluralize(rule.targets, "target")
        yield _row("Rule", f"{rule.name}: matches the event, has {targets}")


def _topic(topic: Topic) -> Iterator[Line]:
    yield line(f"  Notify    {topic.name}")
    if not topic.subscribers:
        yield line("            no subscription")
    for each in topic.subscribers:
        yield line(f"            {each.protocol} {each.endpoint}", *_remark(each), hanging=12)


def _remark(each: Subscriber) -> Iterator[Span]:
    if not each.is_confirmed:
        yield Span(" is not confirmed: it receives nothing", Style.WARNING)
    elif each.has_filter_policy:
        yield Span(" has a filter policy, which may reject the notification", Style.WARNING)
    elif each.has_filter_policy is None:
        yield Span(" (whether it has a filter policy could not be read)", Style.NOTE)


def _further(plan: DrillPlan) -> Iterator[Line]:
    yield line()
    if plan.announced_topics:
        names = ", ".join(arn.rpartition(":")[2] for arn in plan.announced_topics)
        yield line(
            f"An announcement is sent to {names} first: the notification of an alarm cannot be "
            "marked as a drill."
        )
    elif any(isinstance(part, AlarmPart) for part in plan.parts):
        text = "Without an announcement: the notification of the alarm looks like a real one."
        yield line(Span(text, Style.WARNING))
    for note in plan.notes:
        yield line(Span("Note", Style.NOTE), f": {note}")
