"""
Why a deployment failed: the first failure, not the ones that follow from it.

In:    the events of an operation and of its rollback.
Out:   a `RootCause`: resource, reason, property, the line of Python, and a hint.
Never: "Resource creation canceled", which only follows from another failure; a failure of an
       earlier operation on the stack, or on a stack nested in it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trailbell.aws.cloudformation import STACK_TYPE, CloudFormation, Event
from trailbell.aws.hints import hint_for
from trailbell.aws.stack_events import is_stack_event
from trailbell.errors import AccessDeniedError, AwsError
from trailbell.source_location import SourceLocation

_CANCELED = re.compile(r"cancell?ed", re.IGNORECASE)
_PATH = re.compile(r"/?Resources/[^/]+/(.+)")
_IN_MESSAGE = re.compile(r"#/(?:properties/)?([A-Za-z0-9/]+)")


@dataclass(frozen=True, kw_only=True)
class RootCause:
    """The first failure.

    ``path`` is the property, ``source_location`` the Python line that defines the resource,
    ``further_failures`` the number of other failed resources, ``warning`` what could not be read.
    """

    logical_id: str
    type: str
    reason: str
    path: str = ""
    source_location: SourceLocation | None = None
    hint: str = ""
    stack: str = ""
    further_failures: int = 0
    warning: str = ""


def find_root_cause(
    cloud: CloudFormation,
    stack_id: str,
    events: Sequence[Event],
    source_lines: Mapping[str, SourceLocation],
    name: str = "",
) -> RootCause | None:
    """Find the root cause; None if no event shows it.

    ``events`` are those of one operation, the oldest first. ``name`` is the stack as the command
    line names it. Two operations fail: the deployment, and then its rollback. The older one has
    the cause.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeEvents.html
    """
    precise, warning = _operation_failures(cloud, events)
    failed = [event for event in (*precise, *events) if event.failed and not _is_consequence(event)]
    first = failed[0] if failed else None
    if first is None:
        return _stack_itself(events, warning, name)
    nested = first.type == STACK_TYPE and first.physical_id not in ("", stack_id)
    if nested:
        nested_cause = _nested_cause(cloud, first.physical_id, events, name)
        if nested_cause is not None:
            return nested_cause
    distinct = {event.logical_id for event in failed} - {first.logical_id}
    return RootCause(
        logical_id=first.logical_id,
        type=first.type,
        reason=first.reason or first.status,
        path=_property(first),
        source_location=source_lines.get(first.logical_id),
        hint=hint_for(first.reason, name),
        stack=stack_id,
        further_failures=len(distinct),
        warning=warning,
    )


def _nested_cause(
    cloud: CloudFormation, nested: str, events: Sequence[Event], name: str
) -> RootCause | None:
    """Find the root cause in a nested stack; None if it cannot be read.

    Its events go back to its creation. Those of this operation are not older than the operation
    of the parent. Unsure: that they have the token of the parent's request, as "all events
    triggered by a given stack operation" (ClientRequestToken of StackEvent); where some have it,
    only these count.
    """
    started = events[0].at
    try:
        recent = cloud.events(nested, lambda event: event.at < started)
    except AwsError:
        return None
    tokens = {event.token for event in events if event.token}
    own = [event for event in recent if event.token in tokens]
    return find_root_cause(cloud, nested, own or recent, {}, name)


def _operation_failures(
    cloud: CloudFormation, events: Sequence[Event]
) -> tuple[tuple[Event, ...], str]:
    """Read the failed events of the oldest of these operations, or return a warning.

    The stack events show the cause too, but not the property.
    """
    operation = next((event.operation for event in events if event.operation), "")
    if not operation:
        return (), ""
    try:
        failed = cloud.operation_events(OperationId=operation)
    except AccessDeniedError as error:
        return (), f"cloudformation:DescribeEvents is not allowed ({error.reason})"
    except AwsError:
        return (), ""
    return tuple(sorted(failed, key=lambda event: event.at)), ""


def _is_consequence(event: Event) -> bool:
    """Whether an event only follows from another failure."""
    return is_stack_event(event) or _CANCELED.search(event.reason) is not None


def _stack_itself(events: Sequence[Event], warning: str, name: str) -> RootCause | None:
    """Return the reason of the stack itself if no resource failed (a rollback trigger)."""
    for event in events:
        if is_stack_event(event) and event.reason and ("ROLLBACK" in event.status or event.failed):
            return RootCause(
                logical_id=event.logical_id,
                type=event.type,
                reason=event.reason,
                hint=hint_for(event.reason, name),
                warning=warning,
            )
    return None


def _property(event: Event) -> str:
    """``MetricTransformations.0.MetricName`` from a ValidationPath or a handler message."""
    match = _PATH.search(event.path)
    if match:
        return match[1].removeprefix("Properties/").replace("/", ".")
    match = _IN_MESSAGE.search(event.reason)
    return match[1].replace("/", ".") if match else ""
