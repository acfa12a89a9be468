"""
From an alarm to its answer: what the person reads who is woken by it.

In:    a detection.
Out:   the alarm's description, and the Logs Insights query that lists who did it.
Never: more than fits. CloudWatch takes 1,024 characters of description and shows Markdown.

Both may hold names of what is deployed, as ``${LogGroupName}``, like the pattern itself.
"""

import re
from functools import cache

from trailbell.catalog.detection import Detection
from trailbell.catalog.placeholders import PLACEHOLDERS, max_deployed_length, with_values
from trailbell.errors import UnsupportedError
from trailbell.pattern import all_of, any_of, parse
from trailbell.pattern.ast import And, Condition, JsonPattern, MatchAll, Or, Pattern
from trailbell.pattern.targets import insights

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
MAX_DESCRIPTION = 1_024
_PLACEHOLDER_TOKENS = {name: f"ownXname{name}Xend" for name in PLACEHOLDERS}
_PLACEHOLDER_TOKEN = re.compile("ownXname(" + "|".join(PLACEHOLDERS) + ")Xend")


def investigation_query(detection: Detection) -> str:
    """The events a detection fires on, newest first, with who, what and from where.

    Where Logs Insights cannot look, as into an array, the query asks for less and so lists more:
    the language knows no negation, and what is left out can only widen it.
    """
    return _query(detection.pattern_text)


@cache
def _query(text: str) -> str:
    """The alarm, the saved query and the dashboard all ask for it, in several stacks."""
    # A name is put in as one plain word, so that no target sees a reason to escape it.
    plain = with_values(text, _PLACEHOLDER_TOKENS)
    return _PLACEHOLDER_TOKEN.sub(
        r"${\1}", insights.compile(_without_unsupported(parse(plain, max_length=None).tree))
    )


def _without_unsupported(tree: Pattern) -> Pattern:
    match tree:
        case JsonPattern(condition):
            left = _supported_part(condition)
            return JsonPattern(left) if left else MatchAll()
        case _:
            return tree


def _supported_part(condition: Condition) -> Condition | None:
    """The condition without what Logs Insights cannot say; None where nothing is left of it."""
    match condition:
        case And(parts):
            kept = [part for part in map(_supported_part, parts) if part]
            return all_of(*kept) if kept else None
        case Or(parts):
            alternatives = [part for part in map(_supported_part, parts) if part]
            return any_of(*alternatives) if len(alternatives) == len(parts) else None
        case _:
            try:
                insights.compile(JsonPattern(condition))
            except UnsupportedError:
                return None
            return condition


def alarm_description(detection: Detection, *, brief: bool = False) -> str:
    """What happened, why it matters, what to do, and the query.

    Where the query does not fit, or if all is to be ``brief``, it is named instead.
    """
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(detection.runbook, 1))
    told = f"**{detection.title}** ({detection.severity})\n\n{detection.why}\n\n{steps}\n\n"
    whole = f"{told}Who did it, in Logs Insights:\n```\n{investigation_query(detection)}\n```"
    if not brief and max_deployed_length(whole) <= MAX_DESCRIPTION:
        return whole
    return (
        f"{told}Who did it: in Logs Insights, the saved query that is called like this alarm. "
        "The stack of its pack's queries brings it."
    )
