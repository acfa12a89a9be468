"""
Events of stacks, of change sets and of operations.

In:    a StackEvent or OperationEvent structure of the API.
Out:   an `Event`.
Never: a call.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

STACK_TYPE = "AWS::CloudFormation::Stack"

_UNKNOWN_TIME = datetime.max.replace(tzinfo=UTC)
"""No time member of an OperationEvent is required."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """An event of a resource, or of the stack itself.

    ``kind`` is its EventType. ``path``, ``mode`` (FAIL or WARN) and ``check`` (FAILED or SKIPPED)
    belong to validations, ``mode`` to hooks, too.
    """

    id: str
    at: datetime
    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str = ""
    token: str = ""
    operation: str = ""
    path: str = ""
    kind: str = "STACK_EVENT"
    mode: str = ""
    check: str = ""
    stack_id: str = ""

    @property
    def failed(self) -> bool:
        """Whether the event is a failure. A kind that ends in ``_ERROR`` is one, known or not."""
        return self.status.endswith("_FAILED") or self.kind.endswith("_ERROR")

    @property
    def is_finding(self) -> bool:
        """Whether a validation or a hook objects, as a failure or as a warning."""
        return self.failed or self.check == "FAILED"


def parse_stack_event(data: Mapping[str, Any]) -> Event:
    """Read a StackEvent structure."""
    return Event(
        id=data["EventId"],
        at=data["Timestamp"],
        logical_id=data.get("LogicalResourceId", ""),
        physical_id=data.get("PhysicalResourceId", ""),
        type=data.get("ResourceType", ""),
        status=data.get("ResourceStatus", ""),
        reason=data.get("ResourceStatusReason", "") or data.get("HookStatusReason", ""),
        token=data.get("ClientRequestToken", ""),
        operation=data.get("OperationId", ""),
        stack_id=data.get("StackId", ""),
    )


def parse_operation_event(data: Mapping[str, Any]) -> Event:
    """Read an OperationEvent structure."""
    reason = (
        data.get("ValidationStatusReason")
        or data.get("ResourceStatusReason")
        or data.get("HookStatusReason")
        or ""
    )
    return Event(
        id=data.get("EventId", ""),
        at=data.get("Timestamp") or data.get("EndTime") or data.get("StartTime") or _UNKNOWN_TIME,
        logical_id=data.get("LogicalResourceId", ""),
        physical_id=data.get("PhysicalResourceId", ""),
        type=data.get("ResourceType", ""),
        status=data.get("ResourceStatus", "") or data.get("HookStatus", ""),
        reason=reason,
        token=data.get("ClientRequestToken", ""),
        operation=data.get("OperationId", ""),
        path=data.get("ValidationPath", ""),
        kind=data.get("EventType", ""),
        mode=data.get("ValidationFailureMode") or data.get("HookFailureMode") or "",
        check=data.get("ValidationStatus", ""),
        stack_id=data.get("StackId", ""),
    )
