"""
Plan the part of a drill that goes through an EventBridge rule.

In:    what a stack has of a detection, and what EventBridge has now: rule, targets, topics.
Out:   a `RulePart`.
Never: an event that the deployed rule does not match: EventBridge itself tests the pattern.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from trailbell.aws.event_bus import EventBridge, EventRule
from trailbell.aws.sns import Sns
from trailbell.catalog.detection import Detection
from trailbell.catalog.event_message import DRILL_SOURCE, bus_event
from trailbell.deploy.session import DeploySession
from trailbell.diff.judgment.read_back import DeployedResource
from trailbell.drill.deployed_detection import DeployedDetection
from trailbell.drill.notified import read_topics
from trailbell.drill.plan import Part, PlannedRule, RulePart
from trailbell.drill.sample_event import Marking, candidates, mark
from trailbell.errors import PreconditionError
from trailbell.samples import Event

ALLOW_DRILLS = "AllowDrills"
"""The parameter of a stack with which its rules also accept the events of a drill."""

_DEFAULT_BUS = "default"
_DISABLED = "DISABLED"


def plan_rule_part(
    session: DeploySession,
    deployed: DeployedDetection,
    detection: Detection,
    marking: Marking,
    resource: DeployedResource,
) -> RulePart:
    """Read a rule and its topics, and plan. Raises `PreconditionError`."""
    if deployed.parameters.get(ALLOW_DRILLS) != "yes":
        raise PreconditionError(
            f"stack {deployed.stack}",
            f"Its rules do not accept the events of a drill: {ALLOW_DRILLS} is not yes.",
            f"Deploy it with: trailbell deploy {deployed.stack} --parameter {ALLOW_DRILLS}=yes "
            "--previous-parameters",
        )
    events = EventBridge(session.aws.service("events"))
    rule = _read_rule(events, deployed, resource)
    event = _choose_event(session, events, rule, (deployed, detection), marking)
    topics = [arn for arn in dict.fromkeys(rule.targets) if ":sns:" in arn]
    return RulePart(
        stack=deployed.stack,
        bus=rule.bus,
        event=event,
        rules=(
            PlannedRule(
                name=rule.name,
                targets=len(rule.targets),
                dead_letter_queues=rule.dead_letter_queues,
            ),
        ),
        topics=read_topics(Sns(session.aws.service("sns")), topics),
    )


def to_bus_event(record: Event, *, account: str, region: str) -> Mapping[str, Any]:
    """The event in which a bus delivers the record of a drill."""
    return {**bus_event(record), "source": DRILL_SOURCE, "account": account, "region": region}


def merge_rule_parts(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Join the parts of one bus: all their rules match the same event, which is sent once."""
    merged: list[Part] = []
    by_bus: dict[str, int] = {}
    for part in parts:
        if isinstance(part, RulePart) and part.bus in by_bus:
            first = merged[by_bus[part.bus]]
            merged[by_bus[part.bus]] = _join(first, part)
            continue
        if isinstance(part, RulePart):
            by_bus[part.bus] = len(merged)
        merged.append(part)
    return tuple(merged)


def _join(first: Part, second: RulePart) -> Part:
    if not isinstance(first, RulePart):
        return first
    topics = {topic.arn: topic for topic in (*first.topics, *second.topics)}
    return replace(
        first,
        stack=", ".join(dict.fromkeys((*first.stack.split(", "), second.stack))),
        rules=(*first.rules, *second.rules),
        topics=tuple(topics.values()),
    )


def _read_rule(
    events: EventBridge, deployed: DeployedDetection, resource: DeployedResource
) -> EventRule:
    """The rule as it is now. Raises `PreconditionError` if it cannot notify.

    The physical ID of a rule of another bus than the default one is ``bus|rule``, and the property
    EventBusName is the name or the ARN of the bus.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-events-rule.html
    """
    bus, _, name = resource.physical_id.rpartition("|")
    declared = resource.properties.get("EventBusName")
    if not bus and isinstance(declared, str):
        bus = declared.rpartition("/")[2]
    rule = events.rule(name, bus or _DEFAULT_BUS)
    if rule is None:
        raise _blocked(deployed, name, "It was deleted outside CloudFormation.")
    if rule.state == _DISABLED:
        raise _blocked(deployed, name, "It is disabled.")
    if not rule.targets:
        raise _blocked(deployed, name, "It has no targets.")
    return rule


def _blocked(deployed: DeployedDetection, name: str, reason: str) -> PreconditionError:
    return PreconditionError(
        f"rule {name}", reason, f"Find out what differs with: trailbell verify {deployed.stack}"
    )


def _choose_event(
    session: DeploySession,
    events: EventBridge,
    rule: EventRule,
    subject: tuple[DeployedDetection, Detection],
    marking: Marking,
) -> Mapping[str, Any]:
    """The first sample event that the rule matches, as the bus delivers it."""
    deployed, detection = subject
    account, region = session.identity.account, session.region
    for event, where in candidates(detection, marking):
        candidate = to_bus_event(mark(event, where), account=account, region=region)
        if events.matches(rule.pattern, candidate):
            return candidate
    raise PreconditionError(
        f"rule {rule.name}",
        f"The deployed event pattern matches no sample event of {detection.id}.",
        f"Deploy {deployed.stack} with the current templates. If a setting excludes the sample "
        "events of this account, drill another detection.",
    )
