"""
The messages of the EventBridge rule of a detection: who did what, where, and what to do first.

In:    a detection; for an example, a CloudTrail record.
Out:   input transformers for people (lines of text), for programs (JSON) and for chat.
Never: a value of an event that can break a message or imitate a line of ours. EventBridge escapes
       nothing, and callers choose names, user agents and requests: such texts come last and after a
       line that says so, and JSON has them only in the whole event, which stays JSON.

The templates have ``${ConsoleDomain}`` for the domain of the AWS Management Console.
"""

import json
from collections.abc import Mapping
from typing import Any

from trailbell.catalog.detection import Detection
from trailbell.catalog.placeholders import PLACEHOLDERS, fill_placeholders
from trailbell.event_pattern.input_transformer import InputTransformer

CONSOLE_DOMAIN = "${ConsoleDomain}"
"""Replaced by the domain of the console, which differs in each partition."""

DRILL_SOURCE = "trailbell.drill"
"""The source of events of a drill. Rules accept it only if their stack allows drills.

Messages begin with the source of their event, in brackets. EventBridge accepts no source of AWS
from a caller, so a drill cannot look like an event, nor an event like a drill.
"""

DRILL_MARK = "DRILL, not a real event. "
"""The member ``drill`` in the record of a drill, which programs and log queries see."""

_IDENTITY = "$.detail.userIdentity"
_TEXT_PATHS: Mapping[str, str] = {
    "origin": "$.source",
    "account": "$.account",
    "region": "$.region",
    "time": "$.time",
    "type": f"{_IDENTITY}.type",
    "arn": f"{_IDENTITY}.arn",
    "owner": f"{_IDENTITY}.accountId",
    "ip": "$.detail.sourceIPAddress",
    "call": "$.detail.eventName",
    "source": "$.detail.eventSource",
    "error": "$.detail.errorCode",
    "result": "$.detail.responseElements.ConsoleLogin",
    "event": "$.detail.eventID",
    "who": _IDENTITY,
    "agent": "$.detail.userAgent",
    "request": "$.detail.requestParameters",
}
_CHAT_PATHS: Mapping[str, str] = {
    **{name: _TEXT_PATHS[name] for name in ("origin", "account", "region", "type", "owner")},
    "key": f"{_IDENTITY}.accessKeyId",
    "role": f"{_IDENTITY}.sessionContext.sessionIssuer.userName",
    **{name: _TEXT_PATHS[name] for name in ("ip", "call", "error", "event")},
}
_EVENT_URL = f"https://<region>.{CONSOLE_DOMAIN}/cloudtrailv2/home?region=<region>#/events/<event>"


def text_message(detection: Detection) -> InputTransformer:
    """Lines for people, each in quotes of its own, as EventBridge requires.

    The values of the first lines are written by AWS, or consist of characters that cannot end a
    line. The last lines have the caller's own words: an object is JSON without
    its quotes, in which a line cannot end.
    """
    signs_in = any(e.event.get("eventName") == "ConsoleLogin" for e in detection.fires)
    lines = (
        f"[<origin>] {detection.severity.upper()}: {_static(detection.title)}",
        "Account <account>, Region <region>, <time>",
        "Who: <type> <arn> of account <owner>",
        "From: <ip>",
        "Call: <call> of <source>",
        "Refused (empty or null: no): <error>",
        *(["Sign-in: <result>"] if signs_in else []),
        f"First step: {_static(detection.runbook[0])}",
        f"Event: {_EVENT_URL}",
        f"Detection: {detection.id}",
        "Texts of the caller:",
        "Identity: <who>",
        "User agent: <agent>",
        "Request: <request>",
    )
    paths = {name: p for name, p in _TEXT_PATHS.items() if name != "result" or signs_in}
    return InputTransformer(paths, "\n".join(f'"{line}"' for line in lines))


def json_message(detection: Detection) -> InputTransformer:
    """The detection and the whole event for queues, functions and HTTPS endpoints.

    It is valid JSON whatever the event has, because the event is the value of a member.
    """
    members = {
        "detection": detection.id,
        "severity": str(detection.severity),
        "title": _static(detection.title),
    }
    text = json.dumps(members, ensure_ascii=False, separators=(",", ":"))
    variables = '"rule":<aws.events.rule-arn>,"event":<aws.events.event.json>'
    return InputTransformer({}, f"{text[:-1]},{variables}}}")


def chat_message(detection: Detection) -> InputTransformer:
    """A custom notification of Amazon Q Developer in chat applications, for Slack and Teams.

    It has only values that cannot break the JSON, so no ARN, no request, and no name of a user: an
    identity provider allows any character in it. The link has them.
    https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
    """
    message = {
        "version": "1.0",
        "source": "custom",
        "content": {
            "textType": "client-markdown",
            "title": f"[<origin>] {detection.severity.upper()}: {_static(detection.title)}",
            "description": (
                "*Account* <account>, *Region* <region>\n"
                "*Who* <type> <role> of account <owner>, key <key>, *from* <ip>\n"
                "*Call* <call>, *refused* (empty or null: no) <error>\n"
                f"{_EVENT_URL}"
            ),
            "nextSteps": [_static(detection.runbook[0])[:_CHAT_STEP]],
            "keywords": [detection.id],
        },
        "metadata": {"threadId": f"{detection.id} <account>"},
    }
    return InputTransformer(
        _CHAT_PATHS,
        json.dumps(message, ensure_ascii=False, separators=(",", ":")),
    )


_CHAT_STEP = 350
"""Characters of a step in a custom notification."""


def _static(text: str) -> str:
    """A text of a detection without what a template or CloudFormation gives another meaning.

    "The characters < and > can't be escaped", and no page says how the lines of a text that is
    not JSON show an escaped quote. The resource of a placeholder may not exist where the rule is,
    so its name is written instead.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-input-transformer-tutorial.html
    """
    named = fill_placeholders(text, {name: f"({name})" for name in PLACEHOLDERS})
    return named.translate(_SPECIAL).replace("${", "$(")


_SPECIAL = {ord("<"): "(", ord(">"): ")", ord('"'): "'", ord("\\"): "/"}


# ------------------------------------------------------------------------------------- on the bus

# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
_DETAIL_TYPES = {
    "AwsServiceEvent": "AWS Service Event via CloudTrail",
    "AwsConsoleSignIn": "AWS Console Sign In via CloudTrail",
    "AwsConsoleAction": "AWS Console Action via CloudTrail",
    "AwsCloudTrailInsight": "AWS Insight via CloudTrail",
}


def bus_event(record: Mapping[str, Any]) -> dict[str, Any]:
    """The event that the default bus receives for a CloudTrail record."""
    service = str(record.get("eventSource", "")).partition(".")[0]
    return {
        "version": "0",
        "id": record.get("eventID", ""),
        "detail-type": _DETAIL_TYPES.get(
            str(record.get("eventType")), "AWS API Call via CloudTrail"
        ),
        "source": f"aws.{service}",
        "account": record.get("recipientAccountId", ""),
        "time": record.get("eventTime", ""),
        "region": record.get("awsRegion", ""),
        "resources": [],
        "detail": dict(record),
    }
