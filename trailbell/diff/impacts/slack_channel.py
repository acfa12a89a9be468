"""
What a change means for a channel of Slack: which notifications it shows.

In:    the old and the new properties of an `AWS::Chatbot::SlackChannelConfiguration`.
Out:   a sentence for each way in which notifications are no longer shown.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator

from trailbell.diff.judgment.chat_channels import find_lost_channel
from trailbell.diff.judgment.resource_diff import ResourceDiff

TYPE = "AWS::Chatbot::SlackChannelConfiguration"


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops notifications in the channel."""
    yield from find_lost_channel(diff, "SlackWorkspaceId", "SlackChannelId")
