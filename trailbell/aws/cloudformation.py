"""
CloudFormation, typed: what this package asks of it, and what it answers.

In:    a `ServiceClient`.
Out:   `Stack`, `ChangeSet`, `Event` ...; faults as they come from the door.
Never: a decision. `states` and `apply` decide.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from trailbell.aws.client import Response, ServiceClient
from trailbell.aws.stack_status import StackStatus
from trailbell.errors import AccessDeniedError, AwsError, NotFoundError

STACK_TYPE = "AWS::CloudFormation::Stack"
_INCOMPLETE = "--include-property-values option can return incomplete"
NO_CHANGES = ("didn't contain changes", "No updates are to be performed")


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A stack as it is. ``changed`` is the time of its last operation, as text."""

    id: str
    name: str
    status: StackStatus
    reason: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    termination_protection: bool = False
    last_updated: str = ""
    operations: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ChangeSet:
    """A change set with all its pages. ``changes`` are ResourceChange structures of the API."""

    id: str
    name: str
    stack_id: str
    stack_name: str
    status: str
    execution: str
    reason: str
    changes: tuple[Mapping[str, Any], ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    drift: str = ""
    description: str = ""

    @property
    def is_finished(self) -> bool:
        """Whether it will not change by itself any more."""
        return self.status not in ("CREATE_PENDING", "CREATE_IN_PROGRESS")

    @property
    def has_no_changes(self) -> bool:
        """Whether it failed only because there is nothing to change."""
        return self.status == "FAILED" and any(words in self.reason for words in NO_CHANGES)


@dataclass(frozen=True, kw_only=True)
class ChangeSetSummary:
    """A change set in the list of a stack."""

    id: str
    name: str
    status: str


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened to one resource (or to the stack itself)."""

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

    @property
    def failed(self) -> bool:
        """Whether something went wrong in it."""
        return self.status.endswith("_FAILED") or self.kind in (
            "VALIDATION_ERROR",
            "PROVISIONING_ERROR",
            "HOOK_INVOCATION_ERROR",
        )


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource of a stack, as CloudFormation records it."""

    logical_id: str
    physical_id: str
    type: str
    status: str


@dataclass(frozen=True)
class CloudFormation:
    """The operations of CloudFormation that single stacks need. Each raises `AwsError`s."""

    service: ServiceClient

    def stack(self, name: str) -> Stack | None:
        """The stack of a name or an ARN; None if there is none."""
        try:
            found = self.service.call("DescribeStacks", StackName=name)["Stacks"]
        except NotFoundError:
            return None
        return _stack(found[0]) if found else None

    def create_change_set(self, request: Mapping[str, Any]) -> tuple[str, str]:
        """Ask for a change set. Returns its ARN and that of the stack."""
        for member in request:
            if not self.service.supports("CreateChangeSet", member):
                raise AwsError(
                    "CreateChangeSet", f"the installed boto3 does not know {member}; upgrade it"
                )
        answer = self.service.call("CreateChangeSet", **request)
        return answer["Id"], answer["StackId"]

    def change_set(self, arn: str, stack: str = "") -> ChangeSet:
        """A change set with values, all pages.

        CloudFormation leaves resources out when it cannot show their values, and says so only
        in the reason of the status. Then it is described again without values, and what was
        left out is added: https://github.com/aws/aws-cdk-cli/issues/1780
        """
        full = self._described(arn, stack, values=True)
        if _INCOMPLETE not in full.reason:
            return full
        plain = self._described(arn, stack, values=False)
        known = {change["LogicalResourceId"]: change for change in full.changes}
        merged = tuple(known.pop(c["LogicalResourceId"], c) for c in plain.changes)
        return _with_changes(full, (*merged, *known.values()))

    def describe_status(self, arn: str) -> ChangeSet:
        """The first page of a change set: enough to see how it stands."""
        return _change_set([self.service.call("DescribeChangeSet", ChangeSetName=arn)])

    def _described(self, arn: str, stack: str, *, values: bool) -> ChangeSet:
        request: dict[str, Any] = {"ChangeSetName": arn} | ({"StackName": stack} if stack else {})
        if values and self.service.supports("DescribeChangeSet", "IncludePropertyValues"):
            request["IncludePropertyValues"] = True
        return _change_set(list(self.service.pages("DescribeChangeSet", **request)))

    def change_sets(self, stack: str) -> tuple[ChangeSetSummary, ...]:
        """The change sets of a stack that were not executed."""
        return tuple(
            ChangeSetSummary(
                id=each["ChangeSetId"], name=each["ChangeSetName"], status=each["Status"]
            )
            for page in self.service.pages("ListChangeSets", StackName=stack)
            for each in page["Summaries"]
        )

    def execute_change_set(self, arn: str, token: str) -> None:
        """Execute exactly this change set. A retry with the same token is not a second one."""
        self.service.call("ExecuteChangeSet", ChangeSetName=arn, ClientRequestToken=token)

    def delete_change_set(self, arn: str) -> None:
        """Remove a change set; one that is not there any more is fine."""
        try:
            self.service.call("DeleteChangeSet", ChangeSetName=arn)
        except NotFoundError:
            return

    def delete_stack(self, stack: str, *, token: str, role: str = "") -> None:
        """Start to delete a stack."""
        extra = {"RoleARN": role} if role else {}
        self.service.call("DeleteStack", StackName=stack, ClientRequestToken=token, **extra)

    def continue_rollback(self, stack: str, *, token: str, role: str = "") -> None:
        """Try again a rollback that failed."""
        extra = {"RoleARN": role} if role else {}
        self.service.call(
            "ContinueUpdateRollback", StackName=stack, ClientRequestToken=token, **extra
        )

    def events(self, stack: str, known: Callable[[Event], bool]) -> tuple[Event, ...]:
        """The events since the newest one that is known, oldest first."""
        found: list[Event] = []
        for page in self.service.pages("DescribeStackEvents", StackName=stack):
            for each in page["StackEvents"]:
                event = _event(each)
                if known(event):
                    return tuple(reversed(found))
                found.append(event)
        return tuple(reversed(found))

    def operation_events(self, **what: str) -> tuple[Event, ...]:
        """Events by ``ChangeSetName``, ``OperationId`` or ``StackName``, failed ones alone.

        Raises `AccessDeniedError`, and `AwsError` where SDK or endpoint do not know the operation.
        """
        if not self.service.supports("DescribeEvents", "Filters"):
            raise AwsError("DescribeEvents", "the installed boto3 does not know it; upgrade it")
        request: dict[str, Any] = {**what, "Filters": {"FailedEvents": True}}
        return tuple(
            _operation_event(each)
            for page in self.service.pages("DescribeEvents", **request)
            for each in page.get("OperationEvents", ())
        )

    def resources(self, stack: str) -> tuple[Resource, ...]:
        """The resources of a stack, also those that it no longer has."""
        return tuple(
            Resource(
                logical_id=each["LogicalResourceId"],
                physical_id=each.get("PhysicalResourceId", ""),
                type=each["ResourceType"],
                status=each["ResourceStatus"],
            )
            for page in self.service.pages("ListStackResources", StackName=stack)
            for each in page["StackResourceSummaries"]
        )

    def template(self, stack: str, change_set: str = "") -> str | Mapping[str, Any] | None:
        """The template that was deployed, or that a change set holds, as it was sent.

        None if it cannot be had.
        """
        which = {"ChangeSetName": change_set} if change_set else {"StackName": stack}
        try:
            answer = self.service.call("GetTemplate", **which, TemplateStage="Original")
        except (NotFoundError, AccessDeniedError):
            return None
        body: str | Mapping[str, Any] | None = answer.get("TemplateBody") or None
        return body

    def stack_policy(self, stack: str) -> str:
        """The stack policy; empty if there is none."""
        return str(
            self.service.call("GetStackPolicy", StackName=stack).get("StackPolicyBody") or ""
        )

    def set_stack_policy(self, stack: str, policy: str) -> None:
        """Put a stack policy. There is no way to take one away again."""
        self.service.call("SetStackPolicy", StackName=stack, StackPolicyBody=policy)

    def set_termination_protection(self, stack: str, *, enabled: bool) -> None:
        """Switch termination protection."""
        self.service.call(
            "UpdateTerminationProtection", StackName=stack, EnableTerminationProtection=enabled
        )

    def detect_drift(self, stack: str) -> str:
        """Start to look for drift. Returns the id to ask for."""
        return str(self.service.call("DetectStackDrift", StackName=stack)["StackDriftDetectionId"])

    def drift_status(self, detection: str) -> Response:
        """How a search for drift stands."""
        return self.service.call(
            "DescribeStackDriftDetectionStatus", StackDriftDetectionId=detection
        )

    def resource_drifts(self, stack: str) -> Iterator[Response]:
        """The resources that are not as the template says."""
        for page in self.service.pages(
            "DescribeStackResourceDrifts",
            StackName=stack,
            StackResourceDriftStatusFilters=["MODIFIED", "DELETED"],
        ):
            yield from page["StackResourceDrifts"]


def _stack(data: Mapping[str, Any]) -> Stack:
    changed = data.get("LastUpdatedTime") or data.get("CreationTime") or ""
    return Stack(
        id=data["StackId"],
        name=data["StackName"],
        status=StackStatus(data["StackStatus"]),
        reason=data.get("StackStatusReason", ""),
        parameters=_pairs(data.get("Parameters", ()), "ParameterKey", "ParameterValue"),
        outputs=_pairs(data.get("Outputs", ()), "OutputKey", "OutputValue"),
        tags=_pairs(data.get("Tags", ()), "Key", "Value"),
        termination_protection=bool(data.get("EnableTerminationProtection")),
        last_updated=changed.isoformat() if isinstance(changed, datetime) else str(changed),
        operations=tuple(each["OperationId"] for each in data.get("LastOperations", ())),
    )


def _pairs(entries: Any, key: str, value: str) -> dict[str, str]:
    return {entry[key]: entry.get(value, "") for entry in entries}


def _change_set(pages: list[Response]) -> ChangeSet:
    """One change set from its pages; all but the changes stands in the first."""
    first = pages[0]
    changes = (c["ResourceChange"] for page in pages for c in page.get("Changes", ())
               if "ResourceChange" in c)  # fmt: skip
    return ChangeSet(
        id=first["ChangeSetId"],
        name=first["ChangeSetName"],
        stack_id=first["StackId"],
        stack_name=first["StackName"],
        status=first["Status"],
        execution=first.get("ExecutionStatus", ""),
        reason=first.get("StatusReason", "") or "",
        changes=tuple(changes),
        parameters=_pairs(first.get("Parameters", ()), "ParameterKey", "ParameterValue"),
        tags=_pairs(first.get("Tags", ()), "Key", "Value"),
        drift=first.get("StackDriftStatus", ""),
        description=first.get("Description", ""),
    )


def _with_changes(found: ChangeSet, changes: tuple[Mapping[str, Any], ...]) -> ChangeSet:
    return ChangeSet(**(vars(found) | {"changes": changes}))


def _event(data: Mapping[str, Any]) -> Event:
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
    )


def _operation_event(data: Mapping[str, Any]) -> Event:
    reason = (
        data.get("ValidationStatusReason")
        or data.get("ResourceStatusReason")
        or data.get("HookStatusReason")
        or ""
    )
    return Event(
        id=data.get("EventId", ""),
        at=data["Timestamp"],
        logical_id=data.get("LogicalResourceId", ""),
        physical_id=data.get("PhysicalResourceId", ""),
        type=data.get("ResourceType", ""),
        status=data.get("ResourceStatus", ""),
        reason=reason,
        token=data.get("ClientRequestToken", ""),
        operation=data.get("OperationId", ""),
        path=data.get("ValidationPath", ""),
        kind=data.get("EventType", ""),
        mode=data.get("ValidationFailureMode") or data.get("HookFailureMode") or "",
    )
