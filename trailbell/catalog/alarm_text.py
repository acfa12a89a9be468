"""
The text of a notification: what happened, why it matters, what to do, and how to investigate.

In:    a detection.
Out:   the description of its alarm, and the Logs Insights query that lists its events.
Never: Markdown, because SNS sends plain text; or more characters than CloudWatch accepts.

Both can contain `trailbell.catalog.placeholders`, like the pattern.
"""

from enum import IntEnum
from functools import cache

from trailbell.catalog.detection import Detection
from trailbell.catalog.placeholders import max_deployed_length, translate
from trailbell.catalog.shown_members import shown_members
from trailbell.catalog.supported_part import supported_part
from trailbell.pattern import parse
from trailbell.pattern.targets import insights
from trailbell.template.limits import ALARM_DESCRIPTION_CHARACTERS


def investigation_query(detection: Detection) -> str:
    """The Logs Insights query for the events that a detection matches, newest first.

    It shows who called what, in which account and Region, and the members that a response starts
    with, see `trailbell.catalog.shown_members`.

    Logs Insights cannot express every condition, for example on the entries of an array. The query
    leaves those conditions out, so it can list more events, but never fewer: filter patterns have
    no negation of a group.
    """
    return _query(detection.pattern_text, shown_members(detection))


def _short_query(detection: Detection) -> str:
    """The `investigation_query` without account and members."""
    return _query(detection.pattern_text, None)


def investigation_condition(detection: Detection) -> str:
    """The condition in the filter command of the `investigation_query`.

    It can refer to the member ``record``, which is the parsed message.
    """
    _, _, after = _short_query(detection).partition("\n| filter ")
    return after.removesuffix("\n| sort @timestamp desc")


@cache
def _query(text: str, members: tuple[str, ...] | None) -> str:
    # Alarm, saved query and dashboard of several stacks need it, so it is cached.
    def compile_plain(plain: str) -> str:
        tree = supported_part(parse(plain, max_length=None).tree, insights.compile)
        if members is None:
            return insights.compile(tree)
        return insights.compile_with_members(tree, members)

    return translate(text, compile_plain)


class QueryText(IntEnum):
    """How much of its query the description of an alarm has, from the most to the least."""

    WHOLE = 0
    WITHOUT_MEMBERS = 1
    NAMED = 2


def alarm_description(detection: Detection, query_text: QueryText = QueryText.WHOLE) -> str:
    """The description of a detection's alarm.

    If it would be too long, it has less of its query than ``query_text``; at least, it refers to
    the saved one. A log alarm has no query in its description: its notification has the events, and
    a link to its own query.
    """
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(detection.runbook, 1))
    text = f"{detection.title} ({detection.severity})\n\n{detection.why}\n\n{steps}"
    if detection.log_alarm:
        return text
    text += "\n\nQuery (CloudWatch Logs Insights):"
    queries = (investigation_query(detection), _short_query(detection))
    for query in queries[query_text:]:
        with_query = f"{text}\n{query}"
        if max_deployed_length(with_query) <= ALARM_DESCRIPTION_CHARACTERS:
            return with_query
    return f"{text} saved under the name of this alarm."
