"""The rule E9821: a rule sends valid custom notifications, or whole events, to chat channels."""

import json
from typing import Any

import pytest

from tests.validate.rule_matches import (
    Matches,
    Resources,
    either,
    fires,
    ref,
    resource,
    rule_matches,
    silent,
    sub,
)
from trailbell.validate.template_rules.ChatNotificationInvalid import ChatNotificationInvalid


def _rule(template: object = None, **target: object) -> Resources:
    transformer = {"InputTemplate": template, "InputPathsMap": {"a": "$.detail.a"}}
    entry: dict[str, object] = {"Id": "t", "Arn": ref("T")}
    entry |= {"InputTransformer": transformer} if template is not None else {}
    rule = resource("Events::Rule", Targets=[entry | target])
    return {"R": rule, "T": resource("SNS::Topic")}


def _chat(template: object = None, **target: object) -> Resources:
    topics = either([ref("T")], [ref("Other")])
    channel = resource("Chatbot::SlackChannelConfiguration", SnsTopicArns=topics)
    return _rule(template, **target) | {"C": channel}


def _notification(content: object = None, **members: object) -> str:
    message: dict[str, Any] = {"version": "1.0", "source": "custom"}
    return json.dumps(message | {"content": content or {"description": "<a>"}} | members)


_PATH = "R.Properties.Targets.0.InputTransformer.InputTemplate"
_OTHER = (
    "The topic belongs to a chat channel, which shows only custom notifications and whole events. "
    "Write one with version, source and content.description."
)


def _invalid(fault: str) -> tuple[str, str]:
    return _PATH, f"The custom notification is invalid: {fault}."


_FULL = {
    "textType": "client-markdown",
    "title": "x" * 250 + "<a>",
    "description": "x" * 8_000 + "<a>",
    "nextSteps": ["x" * 350, "<a>"],
    "keywords": ["x" * 75],
}
_CASES = [
    silent("a line for a topic without channel", _rule('"<a>"')),
    silent("JSON of another kind", _rule('{"content": "<a>"}')),
    silent("JSON with a version of its own", _rule('{"version": "2", "content": {}}')),
    silent("JSON of another source", _rule('{"version": "2", "source": "x", "content": {}}')),
    silent("a constant input of another kind", _rule(Input='{"content": "a"}')),
    silent("a whole event for a channel", _chat()),
    silent("a whole event by name", _chat("<aws.events.event.json>")),
    silent("a notification", _chat(_notification())),
    silent(
        "a notification of all members", _chat(_notification(_FULL, metadata={"threadId": "t"}))
    ),
    silent("values of their own", _chat('{"version":"1.0","source":"custom","content":<a>}')),
    silent(
        "texts from parameters",
        _chat(sub('{"version":"${V}","source":"custom","content":{"description":"${D}"}}')),
    ),
    silent("JSON with a variable for a member", _chat(sub("{${Members}}"))),
    silent("a template from a parameter", _chat(ref("Template"))),
    fires("a line for a channel", _chat('"<a>"'), (_PATH, _OTHER)),
    fires("a line of a variable", _chat(sub('"${Name}"')), (_PATH, _OTHER)),
    fires("JSON for a channel", _chat('{"text": "<a>"}'), (_PATH, _OTHER)),
    fires(
        "a constant input for a channel",
        _chat(Input='"It happened."'),
        ("R.Properties.Targets.0.Input", _OTHER),
    ),
    fires(
        "a part of an event",
        _chat(InputPath="$.detail"),
        (
            "R.Properties.Targets.0.InputPath",
            (
                "The topic belongs to a chat channel, which does not show a part of an event. "
                "Remove InputPath, or write a custom notification with InputTransformer."
            ),
        ),
    ),
    fires(
        "no version and no source",
        _chat('{"content": {"description": "<a>"}}'),
        _invalid('version must be "1.0"'),
        _invalid('source must be "custom"'),
    ),
    fires(
        "another version, without a channel",
        _rule(_notification(version="1")),
        _invalid('version must be "1.0"'),
    ),
    fires(
        "a text for content",
        _chat(_notification("x")),
        _invalid("content must be an object with a description"),
    ),
    fires(
        "no description",
        _chat(_notification({"title": "x"})),
        _invalid("content.description is missing"),
    ),
    fires(
        "an empty description",
        _chat(_notification({"description": ""})),
        _invalid("content.description is empty"),
    ),
    fires(
        "another type of text",
        _chat(_notification({"description": "x", "textType": "markdown"})),
        _invalid('content.textType must be "client-markdown"'),
    ),
    fires(
        "texts that are too long",
        _chat(
            _notification(
                {
                    "description": "x" * 8_001,
                    "title": "x" * 251,
                    "nextSteps": ["x", "x" * 351],
                    "keywords": ["x" * 76],
                }
            )
        ),
        _invalid("content.description has 8,001 characters, but the maximum is 8,000"),
        _invalid("content.title has 251 characters, but the maximum is 250"),
        _invalid("content.nextSteps[1] has 351 characters, but the maximum is 350"),
        _invalid("content.keywords[0] has 76 characters, but the maximum is 75"),
    ),
    fires(
        "a step without a list, and a number",
        _chat(_notification({"description": 5, "nextSteps": "x"})),
        _invalid("content.description must be a text"),
        _invalid("content.nextSteps must be a list of texts"),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(ChatNotificationInvalid(), resources) == findings
