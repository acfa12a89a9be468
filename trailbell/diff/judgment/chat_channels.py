"""
What a change of a channel of Amazon Q Developer in chat applications means.

In:    the change of a configuration for Slack or Microsoft Teams.
Out:   a sentence for each topic that the channel no longer shows, and for another channel.
Never: a read-back. The service has endpoints in four Regions only, and a stack can be in any:
       https://docs.aws.amazon.com/general/latest/gr/chatbot.html
"""

from collections.abc import Iterator

from trailbell.diff.judgment.evaluated_template import describe
from trailbell.diff.judgment.resource_diff import ResourceDiff


def find_lost_channel(diff: ResourceDiff, *names: str) -> Iterator[str]:
    """Compare the topics, and the properties that say which channel it is."""
    if diff.removed:
        yield "This configuration is deleted: the chat channel shows no notifications."
        return
    for topic in diff.lost("SnsTopicArns"):
        yield f"The chat channel no longer shows notifications of topic {describe(topic)}."
    for name in names:
        if diff.changed(name):
            old, new = describe(diff.before.get(name)), describe(diff.after.get(name))
            yield f"{name} is {new} instead of {old}: another channel shows the notifications."
    if diff.changed("IamRoleArn"):
        role = describe(diff.after.get("IamRoleArn"))
        yield f"The role of the chat channel is {role} instead."
