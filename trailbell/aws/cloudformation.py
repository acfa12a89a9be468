"""
CloudFormation, typed: the operations on single stacks, and their responses.

In:    a `ServiceClient`.
Out:   `Stack`, `ChangeSet`, `Event` ...; errors as `trailbell.aws.client` raises them.
Never: a decision on what to do with a stack.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from trailbell.aws.change_set import ChangeSet, ChangeSetSummary, parse_change_set, parse_summary
from trailbell.aws.client import Response, ServiceClient
from trailbell.aws.event import STACK_TYPE, Event, parse_operation_event, parse_stack_event
from trailbell.aws.stack import Export, Resource, Stack, parse_resource, parse_stack
from trailbell.errors import AccessDeniedError, AwsError, NotFoundError

__all__ = ["STACK_TYPE", "ChangeSet", "CloudFormation", "Event", "Resource", "Stack"]

_INCOMPLETE = "--include-property-values option can return incomplete"


@dataclass(frozen=True)
class CloudFormation:
    """The CloudFormation operations on single stacks. Each raises `AwsError`."""

    service: ServiceClient

    def stack(self, name: str) -> Stack | None:
        """Return the stack with this name or ARN; None if there is none."""
        try:
            stacks = self.service.call("DescribeStacks", StackName=name)["Stacks"]
        except NotFoundError:
            return None
        return parse_stack(stacks[0]) if stacks else None

    def create_change_set(self, request: Mapping[str, Any]) -> tuple[str, str]:
        """Create a change set. Returns its ARN and the ARN of the stack."""
        for member in request:
            if not self.service.supports("CreateChangeSet", member):
                raise AwsError(
                    "CreateChangeSet",
                    f"The installed boto3 does not support {member}. Upgrade boto3.",
                )
        response = self.service.call("CreateChangeSet", **request)
        return response["Id"], response["StackId"]

    def change_set(self, arn: str, stack: str = "") -> ChangeSet:
        """Return a change set with property values, all pages.

        CloudFormation omits resources whose values it cannot show, and mentions it only in the
        status reason. In this case the change set is described again without values, and the
        omitted resources are added: https://github.com/aws/aws-cdk-cli/issues/1780
        """
        with_values = self._describe(arn, stack, values=True)
        if _INCOMPLETE not in with_values.reason:
            return with_values
        complete = self._describe(arn, stack, values=False)
        by_id = {change["LogicalResourceId"]: change for change in with_values.changes}
        merged = tuple(by_id.pop(c["LogicalResourceId"], c) for c in complete.changes)
        return replace(with_values, changes=(*merged, *by_id.values()))

    def describe_status(self, arn: str) -> ChangeSet:
        """Return the first page of a change set, which has its status."""
        return parse_change_set([self.service.call("DescribeChangeSet", ChangeSetName=arn)])

    def _describe(self, arn: str, stack: str, *, values: bool) -> ChangeSet:
        request: dict[str, Any] = {"ChangeSetName": arn} | ({"StackName": stack} if stack else {})
        if values and self.service.supports("DescribeChangeSet", "IncludePropertyValues"):
            request["IncludePropertyValues"] = True
        return parse_change_set(list(self.service.pages("DescribeChangeSet", **request)))

    def change_sets(self, stack: str) -> tuple[ChangeSetSummary, ...]:
        """Return the change sets of a stack that were not executed."""
        return tuple(
            parse_summary(data)
            for page in self.service.pages("ListChangeSets", StackName=stack)
            for data in page["Summaries"]
        )

    def exports(self) -> Mapping[str, Export]:
        """Return what stacks of the account and Region export, by name."""
        return {
            data["Name"]: Export(
                value=data.get("Value", ""), stack_id=data.get("ExportingStackId", "")
            )
            for page in self.service.pages("ListExports")
            for data in page.get("Exports", ())
        }

    def execute_change_set(
        self, arn: str, token: str, *, disable_rollback: bool | None = None
    ) -> None:
        """Execute this change set. A retry with the same token does not execute it twice.

        ``disable_rollback`` is None for a change set with OnStackFailure, which excludes it.
        """
        extra = {} if disable_rollback is None else {"DisableRollback": disable_rollback}
        self.service.call("ExecuteChangeSet", ChangeSetName=arn, ClientRequestToken=token, **extra)

    def delete_change_set(self, name: str, stack: str = "") -> None:
        """Delete a change set by its ARN, or by its name and stack.

        It is not an error if it no longer exists.
        """
        extra = {"StackName": stack} if stack else {}
        try:
            self.service.call("DeleteChangeSet", ChangeSetName=name, **extra)
        except NotFoundError:
            return

    def delete_stack(
        self,
        stack: str,
        *,
        token: str,
        role: str = "",
        retain: Sequence[str] = (),
        force: bool = False,
    ) -> None:
        """Start the deletion of a stack.

        ``retain`` and ``force`` are for a stack in DELETE_FAILED only. Without a role,
        CloudFormation uses that of the stack.
        """
        extra: dict[str, Any] = {"RoleARN": role} if role else {}
        extra |= {"RetainResources": list(retain)} if retain else {}
        extra |= {"DeletionMode": "FORCE_DELETE_STACK"} if force else {}
        self.service.call("DeleteStack", StackName=stack, ClientRequestToken=token, **extra)

    def continue_rollback(
        self, stack: str, *, token: str, role: str = "", skip: Sequence[str] = ()
    ) -> None:
        """Continue a rollback that failed, from UPDATE_ROLLBACK_FAILED.

        The resources to skip are logical ids, or ``NestedStackName.LogicalId``. Without a role,
        CloudFormation uses that of the stack.
        """
        extra: dict[str, Any] = {"RoleARN": role} if role else {}
        extra |= {"ResourcesToSkip": list(skip)} if skip else {}
        self.service.call(
            "ContinueUpdateRollback", StackName=stack, ClientRequestToken=token, **extra
        )

    def roll_back(self, stack: str, *, token: str, role: str = "") -> None:
        """Roll a stack back from CREATE_FAILED or UPDATE_FAILED to its last complete status.

        A stack that never had one is deleted.
        """
        extra = {"RoleARN": role} if role else {}
        self.service.call("RollbackStack", StackName=stack, ClientRequestToken=token, **extra)

    def importers(self, export: str) -> tuple[str, ...]:
        """Return the names of the stacks that import an export.

        Unsure: the text of the error for an export that no stack imports; no page has it.
        """
        try:
            return tuple(
                name
                for page in self.service.pages("ListImports", ExportName=export)
                for name in page.get("Imports", ())
            )
        except AwsError as error:
            if "not imported" in error.reason.lower():
                return ()
            raise

    def events(self, stack: str, known: Callable[[Event], bool]) -> tuple[Event, ...]:
        """Return the events since the newest known one, oldest first."""
        events: list[Event] = []
        for page in self.service.pages("DescribeStackEvents", StackName=stack):
            for data in page["StackEvents"]:
                event = parse_stack_event(data)
                if known(event):
                    return tuple(reversed(events))
                events.append(event)
        return tuple(reversed(events))

    def operation_events(self, **selector: str) -> tuple[Event, ...]:
        """Return the failed events of an ``OperationId`` or ``StackName``, or what validations
        and hooks object to in a ``ChangeSetName``, which must be the ARN: the name alone is refused
        (https://github.com/aws-cloudformation/cloudformation-cli/issues/1116).

        Unsure: whether FailedEvents, which "only returns failed events", leaves out validations
        that only warn. So all events of a change set are read. Raises `AccessDeniedError`, and
        `AwsError` if the SDK or the endpoint does not support the operation.
        """
        if not self.service.supports("DescribeEvents", "Filters"):
            raise AwsError(
                "DescribeEvents",
                "The installed boto3 does not support this operation. Upgrade boto3.",
            )
        is_change_set = "ChangeSetName" in selector
        filters = {} if is_change_set else {"Filters": {"FailedEvents": True}}
        events = (
            parse_operation_event(data)
            for page in self.service.pages("DescribeEvents", **selector, **filters)
            for data in page.get("OperationEvents", ())
        )
        return tuple(event for event in events if not is_change_set or event.is_finding)

    def resources(self, stack: str) -> tuple[Resource, ...]:
        """Return the resources of a stack, including deleted ones."""
        return tuple(
            parse_resource(data)
            for page in self.service.pages("ListStackResources", StackName=stack)
            for data in page["StackResourceSummaries"]
        )

    def template(self, stack: str, change_set: str = "") -> str | Mapping[str, Any] | None:
        """Return the original template of a stack or of a change set.

        None if it cannot be read.
        """
        selector = {"ChangeSetName": change_set} if change_set else {"StackName": stack}
        try:
            response = self.service.call("GetTemplate", **selector, TemplateStage="Original")
        except (NotFoundError, AccessDeniedError):
            return None
        body: str | Mapping[str, Any] | None = response.get("TemplateBody") or None
        return body

    def stack_policy(self, stack: str) -> str:
        """Return the stack policy; empty if there is none."""
        return str(
            self.service.call("GetStackPolicy", StackName=stack).get("StackPolicyBody") or ""
        )

    def set_stack_policy(self, stack: str, policy: str) -> None:
        """Set a stack policy. CloudFormation cannot remove a stack policy."""
        self.service.call("SetStackPolicy", StackName=stack, StackPolicyBody=policy)

    def set_termination_protection(self, stack: str, *, enabled: bool) -> None:
        """Enable or disable termination protection."""
        self.service.call(
            "UpdateTerminationProtection", StackName=stack, EnableTerminationProtection=enabled
        )

    def detect_drift(self, stack: str) -> str:
        """Start drift detection. Returns the detection id."""
        return str(self.service.call("DetectStackDrift", StackName=stack)["StackDriftDetectionId"])

    def drift_status(self, detection: str) -> Response:
        """Return the status of a drift detection."""
        return self.service.call(
            "DescribeStackDriftDetectionStatus", StackDriftDetectionId=detection
        )

    def resource_drifts(self, stack: str) -> Iterator[Response]:
        """Return the resources that drifted from the template."""
        for page in self.service.pages(
            "DescribeStackResourceDrifts",
            StackName=stack,
            StackResourceDriftStatusFilters=["MODIFIED", "DELETED"],
        ):
            yield from page["StackResourceDrifts"]
