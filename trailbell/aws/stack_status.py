"""
The 23 statuses of a stack, and the one action that a deployment takes in each.

In:    a stack status.
Out:   a `StatusRule`: the action that `apply` takes, and a sentence for people.
Never: the deletion of a stack that may hold resources, unless its name was given.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class StackStatus(StrEnum):
    """StackStatus of the API."""

    CREATE_IN_PROGRESS = "CREATE_IN_PROGRESS"
    CREATE_FAILED = "CREATE_FAILED"
    CREATE_COMPLETE = "CREATE_COMPLETE"
    ROLLBACK_IN_PROGRESS = "ROLLBACK_IN_PROGRESS"
    ROLLBACK_FAILED = "ROLLBACK_FAILED"
    ROLLBACK_COMPLETE = "ROLLBACK_COMPLETE"
    DELETE_IN_PROGRESS = "DELETE_IN_PROGRESS"
    DELETE_FAILED = "DELETE_FAILED"
    DELETE_COMPLETE = "DELETE_COMPLETE"
    UPDATE_IN_PROGRESS = "UPDATE_IN_PROGRESS"
    UPDATE_COMPLETE_CLEANUP_IN_PROGRESS = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
    UPDATE_COMPLETE = "UPDATE_COMPLETE"
    UPDATE_FAILED = "UPDATE_FAILED"
    UPDATE_ROLLBACK_IN_PROGRESS = "UPDATE_ROLLBACK_IN_PROGRESS"
    UPDATE_ROLLBACK_FAILED = "UPDATE_ROLLBACK_FAILED"
    UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS = "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"
    UPDATE_ROLLBACK_COMPLETE = "UPDATE_ROLLBACK_COMPLETE"
    REVIEW_IN_PROGRESS = "REVIEW_IN_PROGRESS"
    IMPORT_IN_PROGRESS = "IMPORT_IN_PROGRESS"
    IMPORT_COMPLETE = "IMPORT_COMPLETE"
    IMPORT_ROLLBACK_IN_PROGRESS = "IMPORT_ROLLBACK_IN_PROGRESS"
    IMPORT_ROLLBACK_FAILED = "IMPORT_ROLLBACK_FAILED"
    IMPORT_ROLLBACK_COMPLETE = "IMPORT_ROLLBACK_COMPLETE"

    @classmethod
    def _missing_(cls, value: object) -> "StackStatus":
        """Accept a status of a newer API: shown as it is, and known to no rule but `STOP`."""
        status = str.__new__(cls, str(value))
        status._name_ = status._value_ = str(value)
        return status

    @property
    def is_known(self) -> bool:
        """Whether this is one of the statuses above."""
        return self in StackStatus.__members__

    @property
    def is_unclear(self) -> bool:
        """Whether neither its rule nor its name shows if an operation is in progress."""
        return not self.is_known and not self.endswith(("_IN_PROGRESS", "_COMPLETE", "_FAILED"))

    @property
    def in_progress(self) -> bool:
        """Whether an operation is in progress. REVIEW_IN_PROGRESS is not one; an unclear one is."""
        if self.is_unclear:
            return True
        return self.endswith("_IN_PROGRESS") and self is not StackStatus.REVIEW_IN_PROGRESS


class StatusAction(StrEnum):
    """What `apply` does about a stack status."""

    CREATE = "create"
    REVIEW = "create, unless the stack has change sets of others"
    UPDATE = "update"
    RESUME = "update, and keep the created resources if the update fails"
    WAIT = "wait for the operation that is in progress, then read the status again"
    RECREATE = "delete if the stack name was given, then create"
    ROLL_BACK = "continue the rollback if requested, then update"
    STOP = "stop"


@dataclass(frozen=True)
class StatusRule:
    """What to do in one status.

    ``reason`` is a full sentence about the status; ``remedy`` is what a person can do where
    `apply` does not act without being asked.
    """

    action: StatusAction
    reason: str
    remedy: str = ""


_DELETE_BY_NAME = (
    "Check which resources the stack still has. To delete it and create it again: "
    "trailbell deploy {name} --delete-failed-stack {name}"
)

RULES: Mapping[StackStatus, StatusRule] = {
    StackStatus.CREATE_COMPLETE: StatusRule(StatusAction.UPDATE, "The stack was created."),
    StackStatus.UPDATE_COMPLETE: StatusRule(StatusAction.UPDATE, "The stack was updated."),
    StackStatus.IMPORT_COMPLETE: StatusRule(
        StatusAction.UPDATE, "Resources were imported into the stack."
    ),
    StackStatus.UPDATE_ROLLBACK_COMPLETE: StatusRule(
        StatusAction.UPDATE, "The last update failed and was rolled back."
    ),
    StackStatus.IMPORT_ROLLBACK_COMPLETE: StatusRule(
        StatusAction.UPDATE, "The last resource import failed and was rolled back."
    ),
    StackStatus.REVIEW_IN_PROGRESS: StatusRule(
        StatusAction.REVIEW,
        "The stack has no resources yet; its change sets were not executed.",
        "Execute or delete these change sets. To execute one: "
        "trailbell deploy --execute-change-set ARN. To delete the stack with all of them: "
        "trailbell delete {name} --confirm {name}",
    ),
    StackStatus.CREATE_FAILED: StatusRule(
        StatusAction.RESUME,
        "Stack creation failed and was not rolled back. The stack may have resources; an update "
        "continues the creation.",
        _DELETE_BY_NAME,
    ),
    StackStatus.UPDATE_FAILED: StatusRule(
        StatusAction.RESUME,
        "The last update failed and was not rolled back. The next update continues it.",
        "To return to the last complete state instead: trailbell rollback {name}",
    ),
    StackStatus.CREATE_IN_PROGRESS: StatusRule(StatusAction.WAIT, "Stack creation is in progress."),
    StackStatus.UPDATE_IN_PROGRESS: StatusRule(StatusAction.WAIT, "A stack update is in progress."),
    StackStatus.UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: StatusRule(
        StatusAction.WAIT, "The update succeeded; CloudFormation is deleting the old resources."
    ),
    StackStatus.ROLLBACK_IN_PROGRESS: StatusRule(
        StatusAction.WAIT, "Stack creation failed and is being rolled back."
    ),
    StackStatus.UPDATE_ROLLBACK_IN_PROGRESS: StatusRule(
        StatusAction.WAIT, "The update failed and is being rolled back."
    ),
    StackStatus.UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: StatusRule(
        StatusAction.WAIT,
        "The update was rolled back; CloudFormation is deleting the new resources.",
    ),
    StackStatus.DELETE_IN_PROGRESS: StatusRule(StatusAction.WAIT, "Stack deletion is in progress."),
    StackStatus.IMPORT_IN_PROGRESS: StatusRule(
        StatusAction.WAIT, "A resource import is in progress."
    ),
    StackStatus.IMPORT_ROLLBACK_IN_PROGRESS: StatusRule(
        StatusAction.WAIT, "The resource import failed and is being rolled back."
    ),
    StackStatus.DELETE_COMPLETE: StatusRule(StatusAction.CREATE, "The stack was deleted."),
    StackStatus.ROLLBACK_COMPLETE: StatusRule(
        StatusAction.RECREATE,
        "Stack creation failed and was rolled back. The stack must be deleted before it can be "
        "created again.",
        _DELETE_BY_NAME,
    ),
    StackStatus.ROLLBACK_FAILED: StatusRule(
        StatusAction.RECREATE,
        "Stack creation and its rollback failed. The stack may have resources; it must be deleted "
        "before it can be created again.",
        _DELETE_BY_NAME,
    ),
    StackStatus.DELETE_FAILED: StatusRule(
        StatusAction.RECREATE,
        "Stack deletion failed. The stack may have resources; it must be deleted before it can be "
        "created again.",
        _DELETE_BY_NAME,
    ),
    StackStatus.UPDATE_ROLLBACK_FAILED: StatusRule(
        StatusAction.ROLL_BACK,
        "The update and its rollback failed; some resources are in an inconsistent state.",
        "Fix the errors in the stack events, then continue the rollback with: "
        "trailbell rollback {name}",
    ),
    StackStatus.IMPORT_ROLLBACK_FAILED: StatusRule(
        StatusAction.STOP,
        "The resource import and its rollback failed.",
        "Fix the errors in the stack events and roll back in the console, or contact AWS Support.",
    ),
}


def rule_for(status: StackStatus, name: str) -> StatusRule:
    """Return the rule for a status, with the name of the stack in its commands.

    An unknown status is awaited if its name shows an operation; else a person must decide.
    """
    rule = RULES.get(status)
    if rule is None:
        return StatusRule(
            StatusAction.STOP if status.is_unclear or not status.in_progress else StatusAction.WAIT,
            f'This version of Trailbell does not know the status "{status}".',
            f"Look at stack {name} in the AWS console, or upgrade Trailbell.",
        )
    return replace(rule, remedy=rule.remedy.replace("{name}", name))


SUCCEEDED = frozenset(
    {
        StackStatus.CREATE_COMPLETE,
        StackStatus.UPDATE_COMPLETE,
        StackStatus.IMPORT_COMPLETE,
    }
)
"""The final statuses of a successful create, update or import."""
