"""
From an alarm to its answer: what the person reads who is woken by it.

In:    a detection.
Out:   the alarm's description, and the Logs Insights query that lists who did it.
Never: more than fits. CloudWatch takes 1,024 characters of description and shows Markdown.

Both may hold names of what is deployed, as ``${LogGroupName}``, like the pattern itself.
"""

import re

from trailbell.detection import Detection
from trailbell.pattern import parse
from trailbell.pattern.targets import insights

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
LONGEST_DESCRIPTION = 1_024
_NAME = re.compile(r"\$\{(\w+)\}")
_MARK = re.compile(r"ownXname(\w+?)Xend")


def query(detection: Detection) -> str:
    """The events a detection fires on, newest first, with who, what and from where.

    Raises `trailbell.errors.Unsupported` if Logs Insights cannot say what the pattern says.
    """
    # A name is put in as one plain word, so that no target sees a reason to escape it.
    plain = _NAME.sub(r"ownXname\1Xend", detection.text)
    return _MARK.sub(r"${\1}", insights.compile(parse(plain, longest=None).tree))


def description(detection: Detection) -> str:
    """What happened, why it matters, what to do, and the query; or its name where it is long."""
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(detection.respond, 1))
    told = f"**{detection.title}** ({detection.severity})\n\n{detection.why}\n\n{steps}\n\n"
    whole = f"{told}Who did it, in Logs Insights:\n```\n{query(detection)}\n```"
    if len(whole) <= LONGEST_DESCRIPTION:
        return whole
    return f"{told}Who did it: in Logs Insights, the saved query that is called like this alarm."
