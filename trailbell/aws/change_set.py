"""
Change sets, as CloudFormation describes them.

In:    the pages of a response to DescribeChangeSet.
Out:   a `ChangeSet`. Its changes stay as the API returns them: `deploy` reads their meaning.
Never: a call.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trailbell.aws.stack import (
    RollbackConfiguration,
    read_pairs,
    read_resolved_parameters,
    read_rollback,
)

NO_CHANGES = ("didn't contain changes", "No updates are to be performed")

_IS_BEING_DELETED = ("DELETE_PENDING", "DELETE_IN_PROGRESS")


@dataclass(frozen=True, kw_only=True)
class ChangeSet:
    """A change set with all its pages. ``changes`` are ResourceChange structures of the API,
    ``unknown_changes`` the types of changes that are about something else.

    Tags, topics and rollback triggers are those that the stack has after the execution.
    """

    id: str
    name: str
    stack_id: str
    stack_name: str
    status: str
    execution: str
    reason: str
    changes: tuple[Mapping[str, Any], ...] = ()
    unknown_changes: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    resolved_parameters: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    capabilities: tuple[str, ...] = ()
    notification_arns: tuple[str, ...] = ()
    rollback: RollbackConfiguration = field(default_factory=RollbackConfiguration)
    include_nested_stacks: bool = False
    on_stack_failure: str = ""
    deployment_mode: str = ""
    drift: str = ""
    description: str = ""

    @property
    def is_finished(self) -> bool:
        """Whether CloudFormation has finished creating it.

        An unknown status is final, unless its name ends like that of one in progress.
        """
        in_progress = self.status.endswith(("_PENDING", "_IN_PROGRESS"))
        return not in_progress or self.status in _IS_BEING_DELETED

    @property
    def is_executable(self) -> bool:
        """Whether it is complete, as far as its status is known."""
        return self.status == "CREATE_COMPLETE"

    @property
    def has_no_changes(self) -> bool:
        """Whether it failed only because there are no changes."""
        return self.status == "FAILED" and any(message in self.reason for message in NO_CHANGES)


@dataclass(frozen=True, kw_only=True)
class ChangeSetSummary:
    """A change set as ListChangeSets returns it."""

    id: str
    name: str
    status: str
    execution: str = ""
    description: str = ""


def parse_change_set(pages: Sequence[Mapping[str, Any]]) -> ChangeSet:
    """Read a change set; the first page has everything but the other changes."""
    first = pages[0]
    changes = [change for page in pages for change in page.get("Changes", ())]
    parameters = first.get("Parameters", ())
    return ChangeSet(
        id=first["ChangeSetId"],
        name=first["ChangeSetName"],
        stack_id=first["StackId"],
        stack_name=first["StackName"],
        status=first["Status"],
        execution=first.get("ExecutionStatus", ""),
        reason=first.get("StatusReason", "") or "",
        changes=tuple(change["ResourceChange"] for change in changes if "ResourceChange" in change),
        unknown_changes=tuple(
            str(change.get("Type")) for change in changes if "ResourceChange" not in change
        ),
        parameters=read_pairs(parameters, "ParameterKey", "ParameterValue"),
        resolved_parameters=read_resolved_parameters(parameters),
        tags=read_pairs(first.get("Tags", ()), "Key", "Value"),
        capabilities=tuple(first.get("Capabilities", ())),
        notification_arns=tuple(first.get("NotificationARNs", ())),
        rollback=read_rollback(first.get("RollbackConfiguration")),
        include_nested_stacks=bool(first.get("IncludeNestedStacks")),
        on_stack_failure=first.get("OnStackFailure", ""),
        deployment_mode=first.get("DeploymentMode", ""),
        drift=first.get("StackDriftStatus", ""),
        description=first.get("Description", ""),
    )


def parse_summary(data: Mapping[str, Any]) -> ChangeSetSummary:
    """Read a ChangeSetSummary structure."""
    return ChangeSetSummary(
        id=data["ChangeSetId"],
        name=data["ChangeSetName"],
        status=data["Status"],
        execution=data.get("ExecutionStatus", ""),
        description=data.get("Description", ""),
    )
