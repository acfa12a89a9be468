"""
Why a deployment failed: the first thing that went wrong, not the loudest.

In:    the events of an operation and of its rollback.
Out:   a `RootCause`: resource, reason, the place in template and Python, what to do.
Never: "Resource creation cancelled", which is only what the others heard.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trailbell.aws.cloudformation import STACK_TYPE, CloudFormation, Event
from trailbell.aws.stack_events import is_stack_event
from trailbell.errors import AccessDeniedError, AwsError
from trailbell.source_location import SourceLocation

_CANCELLED = re.compile(r"cancell?ed", re.IGNORECASE)
_PATH = re.compile(r"/?Resources/[^/]+/(.+)")
_IN_MESSAGE = re.compile(r"#/(?:properties/)?([A-Za-z0-9/]+)")

_HINTS = (
    (
        r"already exists|AlreadyExists",
        "a thing of that name exists: rename, delete it, or adopt it with --import-existing",
    ),
    (
        r"not authorized|AccessDenied|Access Denied|is not able to perform",
        "the deployer lacks a permission: python build.py permissions STACK prints them all",
    ),
    (
        r"LimitExceeded|limit exceeded|quota|ServiceLimit|TooMany|Maximum number",
        "a quota of the account is used up: ask for more in Service Quotas, or remove something",
    ),
    (r"BucketNotEmpty|not empty", "empty the bucket, then run the same command again"),
    (r"Rate exceeded|Throttl", "AWS was asked too much at once: run the same command again"),
    (
        r"Rollback triggered|RollbackTrigger|monitored alarm|went to ALARM",
        "an alarm among rollback_alarms rang during the update: look at it first",
    ),
    (
        r"InsufficientS3BucketPolicy|Incorrect S3 bucket policy|InsufficientEncryptionPolicy",
        "the bucket or key policy does not let CloudTrail in, or not yet: run it once more",
    ),
    (r"Internal ?Failure|InternalError|ServiceUnavailable", "AWS failed: run it again"),
)


@dataclass(frozen=True, kw_only=True)
class RootCause:
    """The first failure. ``path`` is the property; ``place`` the Python line of the resource.

    ``others`` counts further failures; ``warning`` says what could not be read.
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
    places: Mapping[str, SourceLocation],
) -> RootCause | None:
    """The root cause; None if no event tells. Two operations fail, the deployment and then its
    rollback; the older one knows why.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeEvents.html
    """
    precise, warning = _operation_failures(cloud, events)
    failed = [event for event in (*precise, *events) if event.failed and not _is_consequence(event)]
    first = failed[0] if failed else None
    if first is None:
        return _stack_itself(events, warning)
    nested = first.type == STACK_TYPE and first.physical_id not in ("", stack_id)
    if nested:
        inner = cloud.events(first.physical_id, lambda _: False)
        deeper = find_root_cause(cloud, first.physical_id, inner, {})
        if deeper is not None:
            return deeper
    distinct = {event.logical_id for event in failed} - {first.logical_id}
    return RootCause(
        logical_id=first.logical_id,
        type=first.type,
        reason=first.reason or first.status,
        path=_property(first),
        source_location=places.get(first.logical_id),
        hint=hint_for(first.reason),
        stack=stack_id,
        further_failures=len(distinct),
        warning=warning,
    )


def _operation_failures(
    cloud: CloudFormation, events: Sequence[Event]
) -> tuple[tuple[Event, ...], str]:
    """Failed events of the oldest operation among these, and a warning if they are not to be had.

    The plain events tell the cause as well, without the property.
    """
    operation = next((event.operation for event in events if event.operation), "")
    if not operation:
        return (), ""
    try:
        found = cloud.operation_events(OperationId=operation)
    except AccessDeniedError as error:
        return (), f"cloudformation:DescribeEvents is not allowed ({error.reason})"
    except AwsError:
        return (), ""
    return tuple(sorted(found, key=lambda event: event.at)), ""


def _is_consequence(event: Event) -> bool:
    """Whether an event merely passes on that something else failed."""
    return is_stack_event(event) or _CANCELLED.search(event.reason) is not None


def _stack_itself(events: Sequence[Event], warning: str) -> RootCause | None:
    """What the stack says of itself, where no resource failed (a rollback trigger)."""
    for event in events:
        if is_stack_event(event) and event.reason and ("ROLLBACK" in event.status or event.failed):
            return RootCause(
                logical_id=event.logical_id,
                type=event.type,
                reason=event.reason,
                hint=hint_for(event.reason),
                warning=warning,
            )
    return None


def _property(event: Event) -> str:
    """``MetricTransformations.0.MetricName`` from a ValidationPath or the words of a handler."""
    found = _PATH.search(event.path)
    if found:
        return found[1].removeprefix("Properties/").replace("/", ".")
    found = _IN_MESSAGE.search(event.reason)
    return found[1].replace("/", ".") if found else ""


def hint_for(reason: str) -> str:
    """What to do about a reason; empty if nobody knows."""
    for pattern, text in _HINTS:
        if re.search(pattern, reason):
            return text
    return ""
