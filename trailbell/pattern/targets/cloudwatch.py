"""
A tree as the text of a filter pattern, for FilterPattern of a metric filter.

In:    a tree.
Out:   its canonical text, not longer than PutMetricFilter accepts.
Never: a text that the service rejects. Patterns that are too long are split before.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
"""

from trailbell.errors import UnsupportedError
from trailbell.pattern.ast import Pattern
from trailbell.pattern.filter_pattern import MAX_LENGTH
from trailbell.pattern.printer import pattern_text

NAME = "CloudWatch Logs"


def compile(tree: Pattern) -> str:
    """The canonical text. Raises `UnsupportedError` if it is too long for the service."""
    text = pattern_text(tree)
    if len(text) > MAX_LENGTH:
        reason = (
            f"the pattern has {len(text):,} characters, but the maximum is {MAX_LENGTH:,}; "
            "split it into several metric filters"
        )
        raise UnsupportedError(NAME, text, reason)
    return text
