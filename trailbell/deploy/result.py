"""
The result of a stack in a deployment.

In:    how its operation ended.
Out:   a `StackResult`, and the exit code of several.
Never: a call.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import quote

from trailbell.aws.root_cause import RootCause
from trailbell.template.partitions import CONSOLE_DOMAINS


class StackResultStatus(StrEnum):
    """The result of a stack in a deployment."""

    DEPLOYED = "deployed"
    UNCHANGED = "unchanged"
    DELETED = "deleted"
    ROLLED_BACK = "rolled back"
    WAITING = "waiting for review"
    DECLINED = "declined"
    BLOCKED = "blocked"
    REFUSED = "refused"  # a person must decide or correct something first
    FAILED = "failed"
    SKIPPED = "skipped"

    @property
    def succeeded(self) -> bool:
        """Whether dependent stacks are deployed, and the exit code can be 0."""
        return self in (
            StackResultStatus.DEPLOYED,
            StackResultStatus.UNCHANGED,
            StackResultStatus.DELETED,
            StackResultStatus.ROLLED_BACK,
            StackResultStatus.WAITING,
        )


def exit_code(results: Iterable["StackResult"]) -> int:
    """Return 0 for success, 2 if only the input was wrong, and 1 for any other failure."""
    failures = {result.status for result in results if not result.status.succeeded} - {
        StackResultStatus.SKIPPED
    }
    if not failures:
        return 0
    return 2 if failures == {StackResultStatus.REFUSED} else 1


@dataclass(frozen=True, kw_only=True)
class TopicSubscribers:
    """Who a topic of a stack notifies, as protocol and endpoint.

    ``parameters`` are those of the template that subscribe an endpoint. ``unread`` is why the
    subscriptions could not be read.
    """

    topic: str
    confirmed: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    unread: str = ""


@dataclass(frozen=True, kw_only=True)
class StackResult:
    """The result of one stack. ``root_cause`` is set after a failure, if events show it.

    ``warnings`` say what did not succeed beyond the deployment itself, and what is left behind.
    ``topics`` say who is notified now, and ``detection`` is one that a drill can send.
    """

    stack: str
    name: str
    status: StackResultStatus
    text: str = ""
    state: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)
    change_set: str = ""
    console_url: str = ""
    root_cause: RootCause | None = None
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()
    topics: tuple[TopicSubscribers, ...] = ()
    detection: str = ""


def console_url(stack_id: str, change_set: str = "") -> str:
    """Return the URL of a stack, or of a change set, in the AWS console."""
    _, partition, _, region, *_ = stack_id.split(":")
    page = "changesets/changes" if change_set else "events"
    query = f"stackId={quote(stack_id, safe='')}"
    if change_set:
        query += f"&changeSetId={quote(change_set, safe='')}"
    domain = CONSOLE_DOMAINS.get(partition, CONSOLE_DOMAINS["aws"])
    return f"https://{region}.{domain}/cloudformation/home?region={region}#/stacks/{page}?{query}"
