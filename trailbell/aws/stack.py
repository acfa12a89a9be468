"""
Stacks and their resources, as CloudFormation describes them.

In:    a Stack or StackResourceSummary structure of the API.
Out:   a `Stack` or a `Resource`. A status that the API did not have when this was written is kept
       as it is: `StackStatus` accepts it.
Never: a call.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from trailbell.aws.stack_status import StackStatus


@dataclass(frozen=True)
class RollbackConfiguration:
    """The alarms that roll an operation back, as (ARN, type), and the minutes to monitor them."""

    triggers: tuple[tuple[str, str], ...] = ()
    minutes: int = 0


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A stack. ``last_updated`` is the time of its last operation, as text.

    ``exports`` has the values of its exports. ``resolved_parameters`` are the values behind
    parameters of a Systems Manager type. ``disable_rollback`` is what the last operation was given.
    """

    id: str
    name: str
    status: StackStatus
    reason: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    resolved_parameters: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    exports: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    capabilities: tuple[str, ...] = ()
    notification_arns: tuple[str, ...] = ()
    rollback: RollbackConfiguration = field(default_factory=RollbackConfiguration)
    role_arn: str = ""
    disable_rollback: bool = False
    termination_protection: bool = False
    last_updated: str = ""
    operations: tuple[str, ...] = ()
    parent: str = ""


@dataclass(frozen=True, kw_only=True)
class Export:
    """The value that a stack exports."""

    value: str
    stack_id: str

    @property
    def stack(self) -> str:
        """The name of the exporting stack: ``arn:...:stack/<name>/<uuid>``."""
        return self.stack_id.partition(":stack/")[2].partition("/")[0]


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource of a stack, as CloudFormation records it."""

    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str = ""


def parse_stack(data: Mapping[str, Any]) -> Stack:
    """Read a Stack structure."""
    last_updated = data.get("LastUpdatedTime") or data.get("CreationTime") or ""
    parameters = data.get("Parameters", ())
    return Stack(
        id=data["StackId"],
        name=data["StackName"],
        status=StackStatus(data["StackStatus"]),
        reason=data.get("StackStatusReason", ""),
        parameters=read_pairs(parameters, "ParameterKey", "ParameterValue"),
        resolved_parameters=read_resolved_parameters(parameters),
        outputs=read_pairs(data.get("Outputs", ()), "OutputKey", "OutputValue"),
        exports={
            output["ExportName"]: output.get("OutputValue", "")
            for output in data.get("Outputs", ())
            if output.get("ExportName")
        },
        tags=read_pairs(data.get("Tags", ()), "Key", "Value"),
        capabilities=tuple(data.get("Capabilities", ())),
        notification_arns=tuple(data.get("NotificationARNs", ())),
        rollback=read_rollback(data.get("RollbackConfiguration")),
        role_arn=data.get("RoleARN", ""),
        disable_rollback=bool(data.get("DisableRollback")),
        termination_protection=bool(data.get("EnableTerminationProtection")),
        last_updated=last_updated.isoformat()
        if isinstance(last_updated, datetime)
        else str(last_updated),
        operations=tuple(
            operation["OperationId"]
            for operation in data.get("LastOperations", ())
            if "OperationId" in operation
        ),
        parent=data.get("ParentId", ""),
    )


def parse_resource(data: Mapping[str, Any]) -> Resource:
    """Read a StackResourceSummary structure."""
    return Resource(
        logical_id=data["LogicalResourceId"],
        physical_id=data.get("PhysicalResourceId", ""),
        type=data["ResourceType"],
        status=data["ResourceStatus"],
        reason=data.get("ResourceStatusReason", ""),
    )


def read_pairs(entries: Iterable[Mapping[str, str]], key: str, value: str) -> dict[str, str]:
    """Read a list of parameters, outputs or tags."""
    return {entry[key]: entry.get(value, "") for entry in entries}


def read_resolved_parameters(entries: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Read the ResolvedValue of the parameters that have one: those of a Systems Manager type."""
    return {
        entry["ParameterKey"]: entry["ResolvedValue"]
        for entry in entries
        if "ResolvedValue" in entry
    }


def read_rollback(data: Mapping[str, Any] | None) -> RollbackConfiguration:
    """Read a RollbackConfiguration structure."""
    data = data or {}
    return RollbackConfiguration(
        triggers=tuple(
            (trigger["Arn"], trigger["Type"]) for trigger in data.get("RollbackTriggers", ())
        ),
        minutes=int(data.get("MonitoringTimeInMinutes") or 0),
    )
