"""
References to the resources of `realtime` or `realtime-hub`: bus, topics and dead-letter queue.

In:    nothing, or the bus of such a stack.
Out:   `RealtimeRefs`, and the outputs that the stacks of packs import.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from troposphere import GetAtt, ImportValue, Output, Ref, Sub

from stacks.pieces.base_refs import exported, topic_logical_id
from stacks.pieces.installation import SHORT_INSTALLATION_NAME, named
from trailbell import Piece, Severity

EVENTS_TOPIC = "EventsTopic"
DEAD_LETTERS = "DeadLetterQueue"


@dataclass(frozen=True)
class RealtimeRefs:
    """What rules refer to: the bus that has the events, and where messages go.

    ``topics`` receive text, by severity; ``events_topic`` receives JSON. ``watched`` are values for
    placeholders in patterns, in addition to those of the base stack: the same detections watch
    these resources.
    """

    bus_name: Any
    topics: Mapping[Severity, Any]
    events_topic: Any
    dead_letters: Any
    watched: Mapping[str, Sequence[Any]]


def own_refs(bus_name: Any) -> RealtimeRefs:
    """The references of the stack that has the topics."""
    topics = {severity: Ref(topic_logical_id(severity)) for severity in Severity}
    return RealtimeRefs(
        bus_name=bus_name,
        topics=topics,
        events_topic=Ref(EVENTS_TOPIC),
        dead_letters=GetAtt(DEAD_LETTERS, "Arn"),
        watched=_watched(topics, Ref(EVENTS_TOPIC), Ref("AWS::StackName")),
    )


def imported_refs() -> RealtimeRefs:
    """The references of the stack of a pack."""
    topics = {
        severity: realtime_import(f"{topic_logical_id(severity)}Arn") for severity in Severity
    }
    return RealtimeRefs(
        bus_name=realtime_import("BusName"),
        topics=topics,
        events_topic=realtime_import(f"{EVENTS_TOPIC}Arn"),
        dead_letters=realtime_import("DlqArn"),
        watched=_watched(
            topics, realtime_import(f"{EVENTS_TOPIC}Arn"), realtime_import("StackName")
        ),
    )


def _watched(
    topics: Mapping[Severity, Any], events_topic: Any, stack_name: Any
) -> dict[str, list[Any]]:
    """Detections name the topic of each severity; that of events is watched with the first."""
    arns = {f"{topic_logical_id(severity)}Arn": [topic] for severity, topic in topics.items()}
    arns[f"{topic_logical_id(Severity.HIGH)}Arn"].append(events_topic)
    return {**arns, "BaseStackName": [stack_name]}


def exports(refs: RealtimeRefs) -> Piece:
    """The outputs that the stacks of packs import."""
    topics = {
        **{topic_logical_id(severity): topic for severity, topic in refs.topics.items()},
        EVENTS_TOPIC: refs.events_topic,
    }
    purposes = {
        **{topic_logical_id(severity): f"messages of {severity} severity" for severity in Severity},
        EVENTS_TOPIC: "JSON messages",
    }
    return Piece(
        inputs=(SHORT_INSTALLATION_NAME,),
        outputs=(
            realtime_export("BusName", "Name of the event bus of the rules", refs.bus_name),
            realtime_export("StackName", "Name of this stack", Ref("AWS::StackName")),
            realtime_export(
                "DlqArn", "ARN of the queue for undelivered messages", refs.dead_letters
            ),
            *(
                realtime_export(f"{name}Arn", f"ARN of the topic for {purposes[name]}", topic)
                for name, topic in topics.items()
            ),
        ),
    )


_PREFIX = "Realtime"


def realtime_export(name: str, description: str, value: Any) -> Output:
    """An output that other stacks with rules of the installation can import."""
    return exported(f"{_PREFIX}{name}", description, value)


def realtime_import(name: str) -> ImportValue:
    """The value of such an output."""
    return ImportValue(named(f"{_PREFIX}{name}"))


def rules_arn() -> Sub:
    """The ARN pattern of the rules on all buses of this account and Region."""
    return Sub("arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/*")
