"""
What a change means for the policy of an event bus: which accounts may send events to it.

In:    the old and the new properties of an `AWS::Events::EventBusPolicy`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.diff.impacts.event_bus import DESCRIBE_EVENT_BUS
from trailbell.diff.judgment.evaluated_template import describe
from trailbell.diff.judgment.policy_faults import describe_refusals, request_context
from trailbell.diff.judgment.read_back import Described, Finding, Read, not_compared, parse_json
from trailbell.diff.judgment.required_access import SERVICE_ACCESS
from trailbell.diff.judgment.resource_diff import ResourceDiff
from trailbell.diff.judgment.service_access import find_lost_access
from trailbell.template.evaluate import is_unknown
from trailbell.template.policy_evaluation import list_statements, sample_requests

TYPE = "AWS::Events::EventBusPolicy"


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        yield "This policy is deleted: the accounts that it allows can no longer send events."
        return
    if diff.changed("EventBusName"):
        bus = describe(_event_bus(diff.before))
        yield f"The policy no longer applies to event bus {bus}: other accounts cannot send events."
    for access in SERVICE_ACCESS[TYPE]:
        yield from find_lost_access(_document(diff.before), _document(diff.after), access)


def _event_bus(properties: Mapping[str, Any]) -> Any:
    return properties.get("EventBusName", "default")


def _document(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The policy as a document, whether it is a statement or has the properties of one.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-eventbuspolicy.html
    """
    statement = properties.get("Statement")
    if not isinstance(statement, Mapping):
        statement = {
            "Effect": "Allow",
            "Action": properties.get("Action"),
            "Principal": _principal(properties.get("Principal")),
            "Condition": _condition(properties.get("Condition")),
        }
    return {"Statement": [statement]}


def _principal(account: Any) -> Any:
    return account if account == "*" else {"AWS": account}


def _condition(condition: Any) -> Any:
    match condition:
        case {"Type": str(operator), "Key": str(key), "Value": value}:
            return {operator: {key: value}}
        case _:
            return {}


# What AWS describes

READS = (DESCRIBE_EVENT_BUS,)


def list_reads(described: Described) -> Iterator[Read]:
    """The event bus that has this policy."""
    bus = _event_bus(described.resource.properties)
    if isinstance(bus, str):
        yield DESCRIBE_EVENT_BUS(Name=bus)


def find_faults(described: Described) -> Iterator[Finding]:
    """Find what the policy of the template allows and that of the event bus does not.

    A bus can have statements of several templates, so others are not reported.
    """
    properties = described.resource.properties
    if is_unknown(dict(properties)):
        yield not_compared("The policy of the event bus")
        return
    answer = described.answer(DESCRIBE_EVENT_BUS(Name=_event_bus(properties)))
    if answer is not None:
        live = list_statements(parse_json(answer.get("Policy")))
        requests = [
            request
            for statement in list_statements(_document(properties))
            for request in sample_requests(statement, request_context(described), own_resource=True)
        ]
        yield from describe_refusals("The policy of the event bus", requests, live)
