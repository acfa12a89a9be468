"""
Coming back to a stack that something is going on with.

In:    a stack that exists.
Out:   its current operation from the start, event by event, and a `StackResult` at the end.
Never: a change.
"""

from trailbell.aws import stack_events
from trailbell.aws.cloudformation import STACK_TYPE, Event
from trailbell.aws.root_cause import find_root_cause
from trailbell.aws.stack_status import SUCCEEDED
from trailbell.deploy.execute import StackResult, StackResultStatus, console_url
from trailbell.deploy.session import DeploySession
from trailbell.deploy.ui import Ui
from trailbell.dist.built_templates import StackReference
from trailbell.errors import NotFoundError

_BEGINNINGS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS",
               "IMPORT_IN_PROGRESS")  # fmt: skip


def follow_stack(desk: DeploySession, named: StackReference, voice: Ui) -> StackResult:
    """Follow until nothing is under way. Raises `NotFoundError`."""
    stack = desk.cloud.stack(named.name)
    if stack is None:
        raise NotFoundError("DescribeStacks", f"there is no stack {named.name} in {desk.region}")
    before = _last_event_before_operation(desk, stack.id)
    outcome = stack_events.follow_operation(
        desk.cloud,
        stack.id,
        known=before,
        token="",
        tell=lambda event: voice.show_event(named.name, event),
        pace=desk.pace,
        deleting=stack.status == "DELETE_IN_PROGRESS",
    )
    well = outcome.succeeded or (outcome.stack is not None and outcome.stack.status in SUCCEEDED)
    return StackResult(
        stack=named.source.stack if named.source else named.name,
        name=named.name,
        status=StackResultStatus.DEPLOYED if well else StackResultStatus.FAILED,
        state=outcome.state,
        outputs=outcome.stack.outputs if outcome.stack and well else {},
        console_url=console_url(stack.id),
        root_cause=None
        if well
        else find_root_cause(desk.cloud, stack.id, outcome.events, named.source_lines),
    )


def _last_event_before_operation(desk: DeploySession, stack_id: str) -> frozenset[str]:
    """The id of the last event before the current operation began."""
    began = False
    last: list[str] = []

    def known(event: Event) -> bool:
        nonlocal began
        if began:
            last.append(event.id)
            return True
        own = event.type == STACK_TYPE and stack_events.is_stack_event(event)
        began = own and event.status in _BEGINNINGS
        return False

    desk.cloud.events(stack_id, known)
    return frozenset(last)
