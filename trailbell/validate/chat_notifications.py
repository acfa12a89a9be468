"""
The notifications that rules send to the channels of Amazon Q Developer in chat applications.

In:    the text of an input template, or the input of a target.
Out:   the faults for which nothing is shown in the channel.
Never: a fault of a value that only the event or a deployment knows.

https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from trailbell.template import TemplatePath
from trailbell.template.intrinsics import entries, referenced_id
from trailbell.template.resources import resources_of_type
from trailbell.validate.input_transformers import UNKNOWN

CHANNELS = (
    "AWS::Chatbot::SlackChannelConfiguration",
    "AWS::Chatbot::MicrosoftTeamsChannelConfiguration",
)
BARE = "\ue001"
"""Replaces a variable outside of quotes, whose value can be of any type."""

_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|<[^<>]*>')
_VARIABLE = re.compile(r"<[^<>]*>")


def chat_topics(document: Any) -> frozenset[str]:
    """The logical IDs of the topics of chat channels."""
    topics = (
        referenced_id(topic)
        for _, properties in resources_of_type(document, *CHANNELS)
        for topic, _ in entries(properties.get("SnsTopicArns"))
    )
    return frozenset(topic for topic in topics if topic is not None)


def decode(text: str) -> Any:
    """The JSON of a template, with `UNKNOWN` or `BARE` for variables; None if it is not JSON."""
    plain = _TOKEN.sub(lambda token: token[0] if token[0].startswith('"') else f'"{BARE}"', text)
    try:
        return json.loads(_VARIABLE.sub(UNKNOWN, plain))
    except (ValueError, RecursionError):
        return None


def is_custom_notification(message: Any, *, is_for_chat: bool) -> bool:
    """Whether a message is meant as a custom notification: outside of chat, only if it says so."""
    match message:
        case {"version": _, "source": "custom", "content": {}}:
            return True
        case {"content": _}:
            return is_for_chat
        case _:
            return False


def notification_faults(message: Any) -> Iterator[tuple[TemplatePath, str]]:
    """The faults of a custom notification: the path in the message, and a sentence."""
    for name, value in (("version", "1.0"), ("source", "custom")):
        if not _may_be(message.get(name), value):
            yield (name,), f'must be "{value}"'
    content = message.get("content")
    if content == BARE:
        return
    if not isinstance(content, dict):
        yield ("content",), "must be an object with a description"
        return
    if "description" not in content:
        yield ("content", "description"), "is missing"
    if "textType" in content and not _may_be(content["textType"], "client-markdown"):
        yield ("content", "textType"), 'must be "client-markdown"'
    for name, limit in (("description", 8_000), ("title", 250)):
        if name in content:
            yield from _text_faults(content[name], ("content", name), limit)
    for name, limit in (("nextSteps", 350), ("keywords", 75)):
        yield from _list_faults(content.get(name, []), ("content", name), limit)


def _may_be(value: Any, expected: str) -> bool:
    return value in (expected, BARE) or (isinstance(value, str) and UNKNOWN in value)


def _list_faults(value: Any, path: TemplatePath, limit: int) -> Iterator[tuple[TemplatePath, str]]:
    if value == BARE:
        return
    if not isinstance(value, list):
        yield path, "must be a list of texts"
        return
    for index, entry in enumerate(value):
        yield from _text_faults(entry, (*path, index), limit)


def _text_faults(value: Any, path: TemplatePath, limit: int) -> Iterator[tuple[TemplatePath, str]]:
    """Faults of a text; the values of variables are not counted."""
    if not isinstance(value, str):
        yield path, "must be a text"
    elif not value and path[-1] == "description":
        yield path, "is empty"
    elif (length := len(value.replace(UNKNOWN, "").replace(BARE, ""))) > limit:
        yield path, f"has {length:,} characters, but the maximum is {limit:,}"
