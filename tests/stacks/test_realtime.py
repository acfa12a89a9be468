"""
The stacks with rules, deployed with CloudFormation on an emulator, and the messages they send.

The emulator reads its own page of EventBridge, so it is a referee for `render` and for patterns.
Like EventBridge, it accepts no event with a source of AWS, so drills are allowed. It never runs
rules in the state for read-only events, so the templates have the other state here.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest

from tests import PROJECT
from tests.packs import PACKS
from trailbell import Catalog, Detection, Event, Severity, load_catalog
from trailbell.catalog.event_message import (
    CONSOLE_DOMAIN,
    DRILL_MARK,
    DRILL_SOURCE,
    bus_event,
    chat_message,
    json_message,
    text_message,
)
from trailbell.catalog.event_rule import ENABLED, ENABLED_WITH_READS, reason_without_rule
from trailbell.catalog.placeholders import PLACEHOLDERS
from trailbell.dist import manifest
from trailbell.event_pattern.input_transformer import render
from trailbell.pattern import Outcome

pytestmark = [pytest.mark.emulator, pytest.mark.slow]

_ENTRIES = manifest.read(PROJECT / "dist").stacks
_PACKS = tuple(sorted(pack.name for pack in PACKS if pack.name != "essentials"))
_QUEUES = (*(str(severity) for severity in Severity), "json", "chat")
_DOMAIN = "console.aws.amazon.com"


def _client(service: str) -> Any:
    return boto3.client(service, region_name="us-east-1")


def _deploy(stack: str, **parameters: str) -> dict[str, str]:
    """Create a stack, and return its outputs."""
    text = (PROJECT / "dist" / f"{stack}.json").read_text()
    document = json.loads(text.replace(f'"{ENABLED_WITH_READS}"', f'"{ENABLED}"'))
    declared = document["Parameters"]
    cloudformation = _client("cloudformation")
    cloudformation.create_stack(
        StackName=stack,
        TemplateBody=json.dumps(document, separators=(",", ":")),
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value}
            for key, value in parameters.items()
            if key in declared
        ],
        Capabilities=[*_ENTRIES[stack].capabilities],
    )
    waiter = cloudformation.get_waiter("stack_create_complete")
    waiter.wait(StackName=stack, WaiterConfig={"Delay": 1})
    (created,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    return {o["OutputKey"]: o["OutputValue"] for o in created.get("Outputs", [])}


def _subscribe(topics: Mapping[str, str]) -> dict[str, str]:
    """A queue behind each topic; their URLs."""
    urls = {}
    for name, topic in topics.items():
        url = _client("sqs").create_queue(QueueName=f"test-{name}")["QueueUrl"]
        arn = f"arn:aws:sqs:us-east-1:111122223333:test-{name}"
        _client("sns").subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=arn,
            Attributes={"RawMessageDelivery": "true"},
        )
        urls[name] = url
    return urls


def _received(url: str) -> Iterator[str]:
    queue = _client("sqs")
    while messages := queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            yield message["Body"]
            queue.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def _deployed_event(event: Event, names: Mapping[str, str]) -> Event:
    """A sample event with the names of what is deployed."""
    text = json.dumps(event)
    for placeholder, sample in PLACEHOLDERS.items():
        if placeholder in names and sample != "security-alerts":
            text = text.replace(sample, names[placeholder])
    deployed: Event = json.loads(text)
    return {**deployed, "drill": DRILL_MARK}


def _put(events: list[dict[str, Any]]) -> None:
    client = _client("events")
    for start in range(0, len(events), 10):
        answer = client.put_events(
            Entries=[
                {
                    "Source": DRILL_SOURCE,
                    "DetailType": event["detail-type"],
                    "Detail": json.dumps(event["detail"]),
                }
                for event in events[start : start + 10]
            ]
        )
        assert answer["FailedEntryCount"] == 0


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def _with_rule(catalog: Catalog) -> list[Detection]:
    return [d for d in catalog if not reason_without_rule(d)]


def _expected(
    detection: Detection, event: dict[str, Any], rules: Mapping[str, str]
) -> dict[str, Any]:
    """The messages of a detection for an event, as the queues receive them."""
    text = render(text_message(detection), event)
    chat = render(chat_message(detection), event)
    machine = render(json_message(detection), event, rule_arn=rules[f"{detection.logical_id}Rule"])
    return {
        "text": text.replace(CONSOLE_DOMAIN, _DOMAIN),
        "chat": json.loads(chat.replace(CONSOLE_DOMAIN, _DOMAIN)),
        "json": json.loads(machine),
    }


def _rule_arns(stacks: list[str]) -> dict[str, str]:
    """The ARN of each rule by its logical ID."""
    found = {}
    for stack in stacks:
        pages = _client("cloudformation").describe_stack_resources(StackName=stack)
        for resource in pages["StackResources"]:
            if resource["ResourceType"] == "AWS::Events::Rule":
                name = resource["PhysicalResourceId"].rpartition("/")[2]
                bus = "security-alerts/" if "realtime-hub" in stacks else ""
                arn = f"arn:aws:events:us-east-1:111122223333:rule/{bus}{name}"
                found[resource["LogicalResourceId"]] = arn
    return found


def _sample_events(catalog: Catalog, base: Mapping[str, str]) -> list[dict[str, Any]]:
    """Every sample event, as an event of a drill on the default bus."""
    events = []
    for detection in catalog:
        for example in (*detection.fires, *detection.silent):
            event = bus_event(_deployed_event(example.event, base))
            # The emulator makes the envelope itself; the rest of it is compared.
            event |= {"source": DRILL_SOURCE, "account": "111122223333", "region": "us-east-1"}
            events.append(event)
    return events


def _wanted(
    events: list[dict[str, Any]],
    detections: list[Detection],
    base: Mapping[str, str],
    rules: Mapping[str, str],
) -> dict[str, list[Any]]:
    """The messages of every detection for every event that its filter pattern matches."""
    wanted: dict[str, list[Any]] = {name: [] for name in _QUEUES}
    for event in events:
        for detection in detections:
            if detection.resolve(base).test_record(event["detail"]) is Outcome.MATCH:
                messages = _expected(detection, event, rules)
                wanted[str(detection.severity)].append(messages["text"])
                wanted["json"].append(messages["json"])
                wanted["chat"].append(messages["chat"])
    return wanted


def _topics(outputs: Mapping[str, str]) -> dict[str, str]:
    by_severity = {str(s): outputs[f"Realtime{s.capitalize()}TopicArn"] for s in Severity}
    return {**by_severity, "json": outputs["RealtimeEventsTopicArn"]}


def _assert_received(urls: Mapping[str, str], wanted: Mapping[str, list[Any]]) -> None:
    for name, url in urls.items():
        read = json.loads if name in ("json", "chat") else str
        got = sorted(_comparable(read(message)) for message in _received(url))
        assert wanted[name], name
        assert got == sorted(map(_comparable, wanted[name])), name


def test_every_sample_event_sends_the_messages_of_every_detection_that_it_matches(
    emulator: str, catalog: Catalog
) -> None:
    assert emulator
    base = _deploy("security-alerts")
    stacks = ["realtime", *(f"{pack}-realtime" for pack in _PACKS)]
    chats = ["realtime-chat", *(f"{pack}-chat" for pack in _PACKS)]
    drills = {"AllowDrills": "yes", "BaseRegion": "us-east-1", "ChatSeverities": "all"}
    outputs = {
        name: value
        for stack in (*stacks, *chats)
        for name, value in _deploy(stack, **drills).items()
    }
    rules, detections = _rule_arns(stacks), _with_rule(catalog)
    assert len(rules) == len(detections)
    urls = _subscribe({**_topics(outputs), "chat": outputs["RealtimeChatTopicArn"]})
    events = _sample_events(catalog, base)
    _put(events)
    _assert_received(urls, _wanted(events, detections, base, rules))


def test_the_hub_sends_each_message_once_for_an_event_that_was_forwarded(
    emulator: str, catalog: Catalog
) -> None:
    """Without a base stack, whose resources have no rules then."""
    assert emulator
    outputs = _deploy("realtime-hub", AllowDrills="yes", OrganizationId="o-a1b2c3d4e5")
    stacks = [f"{pack}-realtime" for pack in _PACKS]
    for stack in stacks:
        _deploy(stack, AllowDrills="yes")
    _deploy("realtime-forward", AllowDrills="yes", HubBusArn=outputs["BusArn"])
    rules = _rule_arns(["realtime-hub", *stacks])
    detections = [d for d in _with_rule(catalog) if f"{d.logical_id}Rule" in rules]
    names = {"AlarmPrefix": "security-alerts", "BaseStackName": "realtime-hub"}
    names |= {name.removeprefix("Realtime"): value for name, value in outputs.items()}
    urls = _subscribe(_topics(outputs))
    events = _sample_events(catalog, names)
    _put(events)
    wanted = _wanted(events, detections, names, rules)
    assert "topic-tampering" in {message["detection"] for message in wanted["json"]}
    _assert_received(urls, wanted)


def _comparable(message: Any) -> str:
    """A message without what the emulator makes itself: the ID and the time of the event."""
    if isinstance(message, str):
        lines = message.split("\n")
        return "\n".join([lines[0], lines[1].rpartition(", ")[0], *lines[2:]])
    if "event" in message:
        message = {**message, "event": {"detail": message["event"]["detail"]}}
    return json.dumps(message, sort_keys=True)


def test_the_topics_of_rules_are_watched_like_those_of_alarms() -> None:
    """In an account and Region with a base stack, and in any other."""
    document = json.loads((PROJECT / "dist" / "tamper-realtime.json").read_text())
    rule = document["Resources"]["TopicTamperingRule"]["Properties"]
    watched = rule["EventPattern"]["detail"]["requestParameters"]["topicArn"]

    def imported(name: str) -> dict[str, Any]:
        return {"Fn::ImportValue": {"Fn::Sub": f"${{InstallationName}}-{name}"}}

    def in_base(name: str) -> dict[str, Any]:
        return {"Fn::If": ["HasBase", imported(name), {"Ref": "AWS::NoValue"}]}

    assert watched == [
        in_base("HighTopicArn"),
        imported("RealtimeHighTopicArn"),
        imported("RealtimeEventsTopicArn"),
        in_base("MediumTopicArn"),
        imported("RealtimeMediumTopicArn"),
        in_base("LowTopicArn"),
        imported("RealtimeLowTopicArn"),
    ]
