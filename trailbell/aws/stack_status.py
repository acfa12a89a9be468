"""
The 23 states of a stack, and the one thing that is done in each.

In:    a state.
Out:   a `StatusRule`: what `apply` does, and a sentence for people.
Never: a deletion that nobody asked for by name.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
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

    @property
    def in_progress(self) -> bool:
        """Whether an operation is under way. REVIEW_IN_PROGRESS waits for a person."""
        return self.endswith("_IN_PROGRESS") and self is not StackStatus.REVIEW_IN_PROGRESS


class StatusAction(StrEnum):
    """What `apply` does about a state."""

    CREATE = "create"
    REVIEW = "create, unless somebody else's change set waits there"
    UPDATE = "update"
    RESUME = "update, and keep what was made if it fails again"
    WAIT = "wait for the operation that is under way, then look again"
    REMAKE = "delete by name, then create"
    ROLL_BACK = "continue the rollback if told to, then update"
    REFUSE = "refuse"


@dataclass(frozen=True)
class StatusRule:
    """``why`` is a sentence for people; ``remedy`` what they can do where we may not."""

    do: StatusAction
    why: str
    remedy: str = ""


_READY = "the last operation ended well"
_ROLLED_BACK = "the last operation failed and was undone; the stack is as it was before"
_BY_NAME = (
    "look at what it still holds; to delete it and create it anew: "
    "python build.py deploy STACK --delete-failed-stack NAME"
)

RULES: Mapping[StackStatus, StatusRule] = {
    StackStatus.CREATE_COMPLETE: StatusRule(StatusAction.UPDATE, _READY),
    StackStatus.UPDATE_COMPLETE: StatusRule(StatusAction.UPDATE, _READY),
    StackStatus.IMPORT_COMPLETE: StatusRule(StatusAction.UPDATE, _READY),
    StackStatus.UPDATE_ROLLBACK_COMPLETE: StatusRule(StatusAction.UPDATE, _ROLLED_BACK),
    StackStatus.IMPORT_ROLLBACK_COMPLETE: StatusRule(StatusAction.UPDATE, _ROLLED_BACK),
    StackStatus.REVIEW_IN_PROGRESS: StatusRule(
        StatusAction.REVIEW,
        "an empty stack on which a change set waits for somebody to execute it",
        "execute or delete that change set; or, to execute it here: "
        "python build.py deploy --execute ARN",
    ),
    StackStatus.CREATE_FAILED: StatusRule(
        StatusAction.RESUME,
        "creation failed and was not undone, so it may hold live resources; an update goes on "
        "from there",
        _BY_NAME,
    ),
    StackStatus.UPDATE_FAILED: StatusRule(
        StatusAction.RESUME,
        "an update failed and was not undone, by choice; another update goes on from there",
    ),
    StackStatus.CREATE_IN_PROGRESS: StatusRule(StatusAction.WAIT, "somebody is creating it"),
    StackStatus.UPDATE_IN_PROGRESS: StatusRule(StatusAction.WAIT, "somebody is updating it"),
    StackStatus.UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: StatusRule(
        StatusAction.WAIT, "an update went well and old resources are being removed"
    ),
    StackStatus.ROLLBACK_IN_PROGRESS: StatusRule(
        StatusAction.WAIT, "creation failed and is being undone"
    ),
    StackStatus.UPDATE_ROLLBACK_IN_PROGRESS: StatusRule(
        StatusAction.WAIT, "an update failed and is being undone"
    ),
    StackStatus.UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: StatusRule(
        StatusAction.WAIT, "an update was undone and new resources are being removed"
    ),
    StackStatus.DELETE_IN_PROGRESS: StatusRule(StatusAction.WAIT, "somebody is deleting it"),
    StackStatus.IMPORT_IN_PROGRESS: StatusRule(
        StatusAction.WAIT, "somebody is importing resources into it"
    ),
    StackStatus.IMPORT_ROLLBACK_IN_PROGRESS: StatusRule(
        StatusAction.WAIT, "an import failed and is being undone"
    ),
    StackStatus.DELETE_COMPLETE: StatusRule(StatusAction.CREATE, "it was deleted"),
    StackStatus.ROLLBACK_COMPLETE: StatusRule(
        StatusAction.REMAKE,
        "creation failed and was undone; such a stack can only be deleted",
        _BY_NAME,
    ),
    StackStatus.ROLLBACK_FAILED: StatusRule(
        StatusAction.REMAKE,
        "creation failed, and undoing it too; it may hold live resources",
        _BY_NAME,
    ),
    StackStatus.DELETE_FAILED: StatusRule(
        StatusAction.REMAKE, "deleting it failed; it may hold live resources", _BY_NAME
    ),
    StackStatus.UPDATE_ROLLBACK_FAILED: StatusRule(
        StatusAction.ROLL_BACK,
        "an update failed, and undoing it too; some resources are neither old nor new",
        "mend what the events name, then: python build.py deploy STACK --continue-rollback",
    ),
    StackStatus.IMPORT_ROLLBACK_FAILED: StatusRule(
        StatusAction.REFUSE,
        "an import failed, and undoing it too",
        "mend what the events name and roll back in the console, or ask AWS Support",
    ),
}

SUCCEEDED = frozenset(
    {
        StackStatus.CREATE_COMPLETE,
        StackStatus.UPDATE_COMPLETE,
        StackStatus.IMPORT_COMPLETE,
    }
)
"""Where a create or an update ends that went well."""
