"""
EventBridge rules for detections: an event pattern, and a message for people, programs and chat.

In:    detections, and the references to bus, topics and dead-letter queue.
Out:   a `Piece`. A detection without a rule is left out; its page says why it has none.
Never: a topic or a bus. The stacks realtime and realtime-hub have them.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

from troposphere import If, Join, NoValue, events

from stacks.pieces.base_refs import BaseRefs, bucket_condition, to_sub
from stacks.pieces.base_refs import imported_refs as imported_base
from stacks.pieces.installation import NAME, RULE_NAME_CHARACTERS, SHORT_NAME_CHARACTERS, named
from stacks.pieces.realtime.inputs import (
    ALLOWS_DRILLS,
    CHAT_CONDITIONS,
    CHAT_SEVERITIES,
    GUARDS_BUCKET,
    HAS_BASE,
    KNOWN_EVERYWHERE,
    base_placeholders,
    rule_conditions,
    rule_inputs,
)
from stacks.pieces.realtime.refs import RealtimeRefs
from stacks.pieces.topics import CONSOLE_DOMAIN, CONSOLE_MAPPING
from trailbell import Detection, Piece, Severity
from trailbell.catalog.event_message import (
    CONSOLE_DOMAIN as CONSOLE_PLACEHOLDER,
)
from trailbell.catalog.event_message import (
    DRILL_SOURCE,
    chat_message,
    json_message,
    text_message,
)
from trailbell.catalog.event_rule import event_pattern, reason_without_rule, rule_state
from trailbell.catalog.placeholders import escape_for_sub, placeholders_in
from trailbell.event_pattern.input_transformer import InputTransformer

_HOUR = 3600


def event_rules(detections: Iterable[Detection], refs: RealtimeRefs) -> Piece:
    """A rule for each detection that EventBridge can say: a message for people and programs."""
    with_rule = _with_rule(detections)
    rules = [
        _rule(
            detection,
            refs,
            suffix="Rule",
            name=rule_name("", detection.id),
            State=rule_state(detection),
            Targets=[
                _target("text", refs.topics[detection.severity], text_message(detection), refs),
                _target("json", refs.events_topic, json_message(detection), refs),
            ],
        )
        for detection in with_rule
    ]
    return _piece(with_rule, rules)


def chat_rules(detections: Iterable[Detection], refs: RealtimeRefs, chat_topic: Any) -> Piece:
    """A rule for each detection: a message for chat, if its severity is chosen."""
    with_rule = _with_rule(detections)
    rules = [
        _rule(
            detection,
            refs,
            suffix="ChatRule",
            name=rule_name("chat-", detection.id),
            State=_chat_state(detection),
            Targets=[_target("chat", chat_topic, chat_message(detection), refs)],
        )
        for detection in with_rule
    ]
    piece = _piece(with_rule, rules)
    limited = {detection.severity for detection in with_rule} & {*CHAT_CONDITIONS}
    return replace(
        piece,
        inputs=(*piece.inputs, *((CHAT_SEVERITIES,) if limited else ())),
        conditions=piece.conditions | dict(CHAT_CONDITIONS[s] for s in Severity if s in limited),
    )


def _chat_state(detection: Detection) -> Any:
    state = rule_state(detection)
    if detection.severity not in CHAT_CONDITIONS:
        return state
    return If(CHAT_CONDITIONS[detection.severity][0], state, "DISABLED")


def _with_rule(detections: Iterable[Detection]) -> list[Detection]:
    return [detection for detection in detections if not reason_without_rule(detection)]


def _piece(detections: Sequence[Detection], rules: Sequence[events.Rule]) -> Piece:
    return Piece(
        inputs=rule_inputs(detections),
        conditions=rule_conditions(detections),
        mappings=CONSOLE_MAPPING if rules else {},
        resources=tuple(rules),
    )


def _rule(
    detection: Detection, refs: RealtimeRefs, *, suffix: str, name: str, **properties: Any
) -> events.Rule:
    return events.Rule(
        f"{detection.logical_id}{suffix}",
        **_condition(detection, refs),
        Name=named(name),
        Description=f"{detection.title} ({detection.severity})",
        EventBusName=refs.bus_name,
        EventPattern=accept_drills(_deployed(event_pattern(detection), refs, imported_base())),
        **properties,
    )


def rule_name(prefix: str, identifier: str) -> str:
    """A name after that of the installation, shortened if the name of a rule would be too long."""
    room = RULE_NAME_CHARACTERS - SHORT_NAME_CHARACTERS - len(f"-{prefix}")
    if len(identifier) <= room:
        return prefix + identifier
    digest = hashlib.sha256(identifier.encode()).hexdigest()[:6]
    return f"{prefix}{identifier[: room - len(digest) - 1]}-{digest}"


def _condition(detection: Detection, refs: RealtimeRefs) -> dict[str, str]:
    """A rule that can only watch resources of the base stack exists only where that stack is."""
    if bucket_condition(detection):
        return {"Condition": GUARDS_BUCKET}
    only_in_base = set(base_placeholders(detection)) - set(refs.watched)
    return {"Condition": HAS_BASE} if only_in_base else {}


# ----------------------------------------------------------------------------------- the pattern


def accept_drills(pattern: Mapping[str, Any]) -> dict[str, Any]:
    """The pattern, which also matches events of drills if the stack allows them."""
    drills = If(ALLOWS_DRILLS, DRILL_SOURCE, NoValue)
    return {**pattern, "source": [*pattern["source"], drills]}


def with_prefix(pattern: Any) -> Any:
    """The pattern with the name of the installation for ``${AlarmPrefix}``, if it has no other."""
    match pattern:
        case dict():
            return {name: with_prefix(value) for name, value in pattern.items()}
        case list():
            return [with_prefix(entry) for entry in pattern]
        case str() if placeholders_in(pattern):
            return _substituted(pattern, {"AlarmPrefix": NAME})
        case _:
            return pattern


def _deployed(value: Any, refs: RealtimeRefs, base: BaseRefs) -> Any:
    """The pattern with references for placeholders.

    A matcher with the name of a resource becomes two: one for the resource of the base stack, if it
    is here, and one for that of this installation's real-time notifications.
    """
    match value:
        case dict():
            return {
                name: [_deployed(alternative, refs, base) for alternative in inner]
                if name == "$or"
                else _deployed(inner, refs, base)
                for name, inner in value.items()
            }
        case list():
            return [new for entry in value for new in _deployed_entry(entry, refs, base)]
        case _:
            return value


def _deployed_entry(entry: Any, refs: RealtimeRefs, base: BaseRefs) -> Iterator[Any]:
    names = placeholders_in(str(entry))
    if isinstance(entry, dict) and not names:
        yield _deployed(entry, refs, base)
    elif not names:
        yield entry
    elif set(names) <= KNOWN_EVERYWHERE:
        yield _substituted(entry, base.placeholder_values)
    elif set(names) <= set(refs.watched):
        yield If(HAS_BASE, _substituted(entry, base.placeholder_values), NoValue)
        for values in product(*(refs.watched[name] for name in names)):
            yield _substituted(entry, dict(zip(names, values, strict=True)))
    else:
        yield _substituted(entry, base.placeholder_values)


def _substituted(matcher: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(matcher, dict):
        return {operator: _substituted(text, values) for operator, text in matcher.items()}
    if isinstance(matcher, list):
        return [_substituted(text, values) for text in matcher]
    text = str(matcher)
    if not placeholders_in(text):
        return matcher
    if whole := re.fullmatch(r"\$\{(\w+)\}", text):
        return values[whole[1]]
    return to_sub(escape_for_sub(text), values)


# ----------------------------------------------------------------------------------- the messages


def _target(name: str, topic: Any, message: InputTransformer, refs: RealtimeRefs) -> events.Target:
    paths = {"InputPathsMap": dict(message.paths)} if message.paths else {}
    # After an hour, people should rather learn that messages are not delivered. For programs,
    # EventBridge tries for a day: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
    retry = {} if name == "json" else {"MaximumEventAgeInSeconds": _HOUR}
    return events.Target(
        Id=name,
        Arn=topic,
        InputTransformer=events.InputTransformer(
            **paths, InputTemplate=_template(message.template)
        ),
        DeadLetterConfig=events.DeadLetterConfig(Arn=refs.dead_letters),
        **({"RetryPolicy": events.RetryPolicy(**retry)} if retry else {}),
    )


def _template(text: str) -> Any:
    """The template with the domain of the console in the partition of the stack."""
    first, *others = text.split(CONSOLE_PLACEHOLDER)
    if not others:
        return text
    return Join("", [first, *(part for other in others for part in (CONSOLE_DOMAIN, other))])
