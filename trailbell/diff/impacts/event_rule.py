"""
What a change means for a rule of EventBridge: which events reach its targets.

In:    the old and the new properties of an `AWS::Events::Rule`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from trailbell.diff.impacts.topic import GET_TOPIC_ATTRIBUTES
from trailbell.diff.judgment.delivery_targets import Target, find_lost_delivery, targets_of
from trailbell.diff.judgment.evaluated_template import EvaluatedTemplate, describe
from trailbell.diff.judgment.event_matching import find_unmatched_events, parse
from trailbell.diff.judgment.read_back import (
    Described,
    Finding,
    Operation,
    Read,
    comparable,
    compare,
    not_compared,
)
from trailbell.diff.judgment.resource_diff import ResourceDiff, Unjudged
from trailbell.template.evaluate import is_unknown

TYPE = "AWS::Events::Rule"
JUDGES_UNKNOWN = ("Targets",)

# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html
_ENABLED, _DISABLED = "ENABLED", "DISABLED"
_WITH_READS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"


def find_gaps(diff: ResourceDiff) -> Iterator[str | Unjudged]:
    """Find the ways in which this change stops the detection of events.

    A rule that is disabled detects nothing, so nothing is lost. What another rule sends to the same
    targets is not lost either.
    """
    if _state(diff.before) == _DISABLED:
        return
    if diff.removed:
        if any(_unmatched(diff, [])):
            yield "The rule is deleted: its targets receive no events."
        return
    yield from _state_gaps(diff)
    if diff.changed("EventBusName"):
        old, new = (describe(_event_bus(side)) for side in (diff.before, diff.after))
        if old != new:
            yield f"The rule receives events of event bus {new} instead of {old}."
    if diff.changed("EventPattern") and "EventPattern" in diff.before:
        yield from _unmatched(diff, [diff.after.get("EventPattern")])
    if diff.changed("ScheduleExpression"):
        yield "The rule may run less often: ScheduleExpression could not be compared."
    yield from find_lost_delivery(diff)


def _state(properties: Mapping[str, Any]) -> Any:
    return properties.get("State", _ENABLED)


def _event_bus(properties: Mapping[str, Any]) -> Any:
    return properties.get("EventBusName", "default")


def _state_gaps(diff: ResourceDiff) -> Iterator[str | Unjudged]:
    old, new = _state(diff.before), _state(diff.after)
    if old == new:
        return
    if new == _DISABLED:
        yield "The rule is disabled."
    elif new == _ENABLED:
        yield "The rule no longer receives events of read-only API calls."
    elif new != _WITH_READS:
        yield Unjudged(f"State is {describe(new)}, which is known only during the deployment.")


def _unmatched(diff: ResourceDiff, after: list[Any]) -> list[str | Unjudged]:
    """What neither the new pattern nor the rules with the same targets match."""
    before = diff.before.get("EventPattern")
    if before is None:
        return ["The rule no longer runs."]
    others = list(_patterns_of_same_targets(diff.new, diff.before, diff.change.logical_id))
    return list(find_unmatched_events(before, after, others))


def _patterns_of_same_targets(
    template: EvaluatedTemplate, rule: Mapping[str, Any], logical_id: str
) -> Iterator[Any]:
    """The patterns of other enabled rules on the same bus that send to all targets of a rule."""
    bus, arns = _event_bus(rule), _arns(rule)
    for name, other in template.of_type(TYPE):
        same_bus = _event_bus(other) == bus
        is_as_open = _state(other) in (_state(rule), _WITH_READS)
        if name != logical_id and same_bus and is_as_open and arns <= _arns(other):
            yield other.get("EventPattern")


def _arns(properties: Mapping[str, Any]) -> set[str]:
    return {str(target.get("Arn")) for target in targets_of(properties)}


# What AWS describes

DESCRIBE_RULE = Operation(service="events", name="DescribeRule")
LIST_TARGETS = Operation(service="events", name="ListTargetsByRule", items="Targets")
GET_TARGET_TOPIC = replace(GET_TOPIC_ATTRIBUTES, optional=True)
READS = (DESCRIBE_RULE, LIST_TARGETS, GET_TARGET_TOPIC)


def list_reads(described: Described) -> Iterator[Read]:
    """The rule, its targets, and the topics among them."""
    name, bus = _name(described), _bus(described)
    yield DESCRIBE_RULE(Name=name, **bus)
    yield _targets_read(described)
    for target in described.items(_targets_read(described)):
        if _is_topic_here(target, described):
            yield GET_TARGET_TOPIC(TopicArn=target["Arn"])


def find_faults(described: Described) -> Iterator[Finding]:
    """Find what keeps the rule from matching, and events from reaching its targets."""
    rule = described.answer(DESCRIBE_RULE(Name=_name(described), **_bus(described)))
    if rule is not None:
        yield from _rule_faults(described, rule)
    if described.answer(_targets_read(described)) is not None:
        yield from _target_faults(described)


def _targets_read(described: Described) -> Read:
    return LIST_TARGETS(Rule=_name(described), **_bus(described))


def _name(described: Described) -> str:
    """The name. The physical ID of a rule on another bus begins with the name of the bus.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html
    """
    return described.physical_id.rpartition("|")[2].rpartition("/")[2]


def _bus(described: Described) -> dict[str, str]:
    bus = described.property("EventBusName")
    return {"EventBusName": bus} if isinstance(bus, str) else {}


def _is_topic_here(target: Mapping[str, Any], described: Described) -> bool:
    return f":sns:{described.stack.region}:" in str(target.get("Arn"))


def _rule_faults(described: Described, rule: Mapping[str, Any]) -> Iterator[Finding]:
    wanted, state = described.property("State", _ENABLED), rule.get("State", _ENABLED)
    if state == _DISABLED and wanted != _DISABLED and not is_unknown(wanted):
        yield Finding("The rule is disabled.")
    else:
        yield from compare("State", wanted, state)
    schedule = described.property("ScheduleExpression")
    yield from compare("ScheduleExpression", schedule, rule.get("ScheduleExpression"))
    pattern = described.property("EventPattern")
    if is_unknown(pattern):
        yield not_compared("EventPattern")
        return
    expected, actual = parse(pattern), parse(rule.get("EventPattern"))
    if comparable(expected) == comparable(actual):
        return
    lost = [] if expected is None else find_unmatched_events(expected, [actual])
    texts = [text for text in lost if isinstance(text, str)]
    yield from map(Finding, texts or ["EventPattern is not that of the template."])


def _target_faults(described: Described) -> Iterator[Finding]:
    wanted = described.property("Targets", [])
    if is_unknown([_identity(target) for target in targets_of(described.resource.properties)]):
        yield not_compared("Targets")
        return
    actual = {str(target.get("Id")): target for target in described.items(_targets_read(described))}
    expected = {str(target.get("Id")): target for target in wanted if isinstance(target, Mapping)}
    for name, target in expected.items():
        if name not in actual:
            yield Finding(f'It no longer has the target "{name}", {target.get("Arn")}.')
        else:
            yield from _differences(name, target, actual[name])
    for name, target in actual.items():
        if name not in expected:
            yield Finding(f'It has the target "{name}", {target.get("Arn")}, not in the template.')
    for target in actual.values():
        if _is_topic_here(target, described) and described.is_absent(
            GET_TARGET_TOPIC(TopicArn=target["Arn"])
        ):
            yield Finding(f"The topic {target['Arn']}, to which it sends, does not exist.")


def _identity(target: Target) -> tuple[Any, Any]:
    return target.get("Id"), target.get("Arn")


_INPUTS = ("Input", "InputPath", "InputTransformer")


def _differences(name: str, wanted: Target, actual: Mapping[str, Any]) -> Iterator[Finding]:
    for member in ("Arn", "RoleArn", "DeadLetterConfig", "RetryPolicy"):
        yield from compare(
            f'{member} of target "{name}"', wanted.get(member), actual.get(member) or None
        )
    expected = {member: _without_empty(wanted[member]) for member in _INPUTS if member in wanted}
    described = {member: _without_empty(actual[member]) for member in _INPUTS if actual.get(member)}
    if is_unknown(expected):
        yield not_compared(f'The message to target "{name}"')
    elif expected != described:
        yield Finding(f'The message to target "{name}" is not that of the template.')


def _without_empty(value: Any) -> Any:
    """A transformer without its paths if it has none: AWS describes an empty map, or none."""
    if not isinstance(value, Mapping):
        return value
    return {name: member for name, member in value.items() if member}
