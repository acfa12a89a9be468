"""
The 23 states of a stack, and the one thing that is done in each.

In:    a state.
Out:   a `Step`: what `apply` does, and a sentence for people.
Never: a deletion that nobody asked for by name.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
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
    def moving(self) -> bool:
        """Whether an operation is under way. REVIEW_IN_PROGRESS waits for a person."""
        return self.endswith("_IN_PROGRESS") and self is not State.REVIEW_IN_PROGRESS


class Do(StrEnum):
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
class Step:
    """``why`` is a sentence for people; ``remedy`` what they can do where we may not."""

    do: Do
    why: str
    remedy: str = ""


_READY = "the last operation ended well"
_ROLLED_BACK = "the last operation failed and was undone; the stack is as it was before"
_BY_NAME = (
    "look at what it still holds; to delete it and create it anew: "
    "python build.py deploy STACK --delete-failed-stack NAME"
)

STEPS: Mapping[State, Step] = {
    State.CREATE_COMPLETE: Step(Do.UPDATE, _READY),
    State.UPDATE_COMPLETE: Step(Do.UPDATE, _READY),
    State.IMPORT_COMPLETE: Step(Do.UPDATE, _READY),
    State.UPDATE_ROLLBACK_COMPLETE: Step(Do.UPDATE, _ROLLED_BACK),
    State.IMPORT_ROLLBACK_COMPLETE: Step(Do.UPDATE, _ROLLED_BACK),
    State.REVIEW_IN_PROGRESS: Step(
        Do.REVIEW,
        "an empty stack on which a change set waits for somebody to execute it",
        "execute or delete that change set; or, to execute it here: "
        "python build.py deploy --execute ARN",
    ),
    State.CREATE_FAILED: Step(
        Do.RESUME,
        "creation failed and was not undone, so it may hold live resources; an update goes on "
        "from there",
        _BY_NAME,
    ),
    State.UPDATE_FAILED: Step(
        Do.RESUME,
        "an update failed and was not undone, by choice; another update goes on from there",
    ),
    State.CREATE_IN_PROGRESS: Step(Do.WAIT, "somebody is creating it"),
    State.UPDATE_IN_PROGRESS: Step(Do.WAIT, "somebody is updating it"),
    State.UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: Step(
        Do.WAIT, "an update went well and old resources are being removed"
    ),
    State.ROLLBACK_IN_PROGRESS: Step(Do.WAIT, "creation failed and is being undone"),
    State.UPDATE_ROLLBACK_IN_PROGRESS: Step(Do.WAIT, "an update failed and is being undone"),
    State.UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: Step(
        Do.WAIT, "an update was undone and new resources are being removed"
    ),
    State.DELETE_IN_PROGRESS: Step(Do.WAIT, "somebody is deleting it"),
    State.IMPORT_IN_PROGRESS: Step(Do.WAIT, "somebody is importing resources into it"),
    State.IMPORT_ROLLBACK_IN_PROGRESS: Step(Do.WAIT, "an import failed and is being undone"),
    State.DELETE_COMPLETE: Step(Do.CREATE, "it was deleted"),
    State.ROLLBACK_COMPLETE: Step(
        Do.REMAKE, "creation failed and was undone; such a stack can only be deleted", _BY_NAME
    ),
    State.ROLLBACK_FAILED: Step(
        Do.REMAKE, "creation failed, and undoing it too; it may hold live resources", _BY_NAME
    ),
    State.DELETE_FAILED: Step(
        Do.REMAKE, "deleting it failed; it may hold live resources", _BY_NAME
    ),
    State.UPDATE_ROLLBACK_FAILED: Step(
        Do.ROLL_BACK,
        "an update failed, and undoing it too; some resources are neither old nor new",
        "mend what the events name, then: python build.py deploy STACK --continue-rollback",
    ),
    State.IMPORT_ROLLBACK_FAILED: Step(
        Do.REFUSE,
        "an import failed, and undoing it too",
        "mend what the events name and roll back in the console, or ask AWS Support",
    ),
}

SUCCEEDED = frozenset(
    {
        State.CREATE_COMPLETE,
        State.UPDATE_COMPLETE,
        State.IMPORT_COMPLETE,
    }
)
"""Where a create or an update ends that went well."""
