"""
The notifications that topics deliver: a queue behind all of them, and what its messages are.

In:    the topics of the emulator.
Out:   real-time messages by detection; the e-mail of an alarm.
Never: a message that is lost between two readings. The emulator delivers before it answers.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from trailbell.aws.client import AwsSession
from trailbell.demo.timeline import Mail, RealtimeMessage

QUEUE = "trailbell-demo-notifications"
REGION_NAME = "US East (N. Virginia)"
_DETECTION_LINE = re.compile(r'^"?Detection: ([a-z0-9-]+)"?$', re.MULTILINE)
_BATCH = 10


def entries(aws: AwsSession, service: str, operation: str, member: str) -> list[Mapping[str, Any]]:
    """All entries of a list in AWS. Raises `AwsError`."""
    return [entry for page in aws.service(service).pages(operation) for entry in page[member]]


@dataclass(frozen=True)
class Queue:
    """A queue behind all topics."""

    aws: AwsSession
    url: str

    def receive(self) -> list[str]:
        """The messages that arrived since the last call, in their order."""
        return list(self._receive())

    def _receive(self) -> Iterator[str]:
        sqs = self.aws.service("sqs")
        request = {"QueueUrl": self.url, "MaxNumberOfMessages": _BATCH}
        while messages := sqs.call("ReceiveMessage", **request).get("Messages"):
            yield from (str(json.loads(message["Body"])["Message"]) for message in messages)
            received = [
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                for number, message in enumerate(messages)
            ]
            sqs.call("DeleteMessageBatch", QueueUrl=self.url, Entries=received)


def subscribe(aws: AwsSession) -> Queue:
    """Make a queue and subscribe it to every topic. Raises `AwsError`."""
    sqs, sns = aws.service("sqs"), aws.service("sns")
    url = sqs.call("CreateQueue", QueueName=QUEUE)["QueueUrl"]
    attributes = sqs.call("GetQueueAttributes", QueueUrl=url, AttributeNames=["QueueArn"])
    arn = attributes["Attributes"]["QueueArn"]
    for topic in entries(aws, "sns", "ListTopics", "Topics"):
        sns.call("Subscribe", TopicArn=topic["TopicArn"], Protocol="sqs", Endpoint=arn)
    return Queue(aws, url)


def by_detection(bodies: Iterable[str], seconds: float) -> dict[str, RealtimeMessage]:
    """The messages of rules for one event, which arrived after so many seconds."""
    messages: dict[str, RealtimeMessage] = {}
    for body in bodies:
        detection, form = _describe(body)
        known = messages.get(detection, RealtimeMessage(detection=detection, seconds=seconds))
        match form:
            case "json":
                messages[detection] = replace(known, as_json=body)
            case "chat":
                messages[detection] = replace(known, for_chat=body)
            case _:
                messages[detection] = replace(known, text=body)
    return messages


def _describe(body: str) -> tuple[str, str]:
    """The detection that a message is about, and its form.

    Lines for people name the detection before the texts that the caller chose.
    """
    try:
        content = json.loads(body)
    except json.JSONDecodeError:
        content = None
    match content:
        case {"detection": str(detection)}:
            return detection, "json"
        case {"content": {"keywords": [str(detection), *_]}}:
            return detection, "chat"
        case _:
            line = _DETECTION_LINE.search(body)
            return (line[1] if line else ""), "text"


def mail(notification: Mapping[str, Any], at: datetime) -> Mail:
    """The e-mail that SNS makes of the notification of an alarm, without its links.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
    """
    name = notification["AlarmName"]
    lines = (
        "Alarm Details:",
        f"- Name: {name}",
        f"- Description: {notification['AlarmDescription']}",
        f"- State Change: {notification['OldStateValue']} -> {notification['NewStateValue']}",
        f"- Reason for State Change: {notification['NewStateReason']}",
        f"- Timestamp: {at:%A %d %B, %Y %H:%M:%S} UTC",
        f"- AWS Account: {notification['AWSAccountId']}",
    )
    subject = f'ALARM: "{name}" in {REGION_NAME}'
    return Mail(alarm=name, at=at, subject=subject, text="\n".join(lines))
