"""
EventBridge, typed: rules of an event bus, and events to it.

In:    a `ServiceClient`.
Out:   `EventRule`; errors as `trailbell.aws.client` raises them.
Never: what an event pattern means: EventBridge tests it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trailbell.aws.client import ServiceClient
from trailbell.errors import AwsError, NotFoundError


@dataclass(frozen=True, kw_only=True)
class EventRule:
    """A rule of an event bus. ``targets`` are ARNs, ``dead_letter_queues`` those of targets."""

    name: str
    bus: str
    pattern: str
    state: str
    targets: tuple[str, ...] = ()
    dead_letter_queues: tuple[str, ...] = ()


@dataclass(frozen=True)
class EventBridge:
    """Operations on event buses. Each raises `AwsError`."""

    service: ServiceClient

    def rule(self, name: str, bus: str) -> EventRule | None:
        """Return a rule with its targets; None if there is none."""
        try:
            data = self.service.call("DescribeRule", Name=name, EventBusName=bus)
        except NotFoundError:
            return None
        targets = [
            target
            for page in self.service.pages("ListTargetsByRule", Rule=name, EventBusName=bus)
            for target in page.get("Targets", ())
        ]
        queues = (target.get("DeadLetterConfig", {}).get("Arn") for target in targets)
        return EventRule(
            name=name,
            bus=bus,
            pattern=data.get("EventPattern", ""),
            state=data.get("State", ""),
            targets=tuple(target["Arn"] for target in targets),
            dead_letter_queues=tuple(dict.fromkeys(filter(None, queues))),
        )

    def matches(self, pattern: str, event: Mapping[str, Any]) -> bool:
        """Whether a rule with this pattern matches an event, as EventBridge evaluates it."""
        response = self.service.call(
            "TestEventPattern", EventPattern=pattern, Event=json.dumps(event)
        )
        return bool(response["Result"])

    def put_event(self, bus: str, event: Mapping[str, Any]) -> str:
        """Put an event on a bus. Returns its ID. Raises `AwsError` if the bus did not accept it."""
        entry = {
            "Source": event["source"],
            "DetailType": event["detail-type"],
            "Detail": json.dumps(event["detail"], ensure_ascii=False),
            "EventBusName": bus,
        }
        response = self.service.call("PutEvents", Entries=[entry])
        [answer] = response["Entries"]
        if response.get("FailedEntryCount"):
            reason = f"{answer.get('ErrorMessage', '')} ({answer.get('ErrorCode', 'no code')})"
            raise AwsError("PutEvents", reason)
        return str(answer["EventId"])
