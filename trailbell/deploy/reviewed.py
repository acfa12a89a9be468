"""
Execute a reviewed change set by its ARN.

In:    an ARN.
Out:   what its execution changes, and after the question a `StackResult`.
Never: a change set that was executed already, or one that was not shown.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace

from trailbell.aws.change_set import ChangeSet
from trailbell.aws.stack import RollbackConfiguration, Stack
from trailbell.aws.stack_status import StatusAction
from trailbell.aws.waiter import WaitCanceledError
from trailbell.deploy import change_set, change_set_plan, execute
from trailbell.deploy.change_set import PendingChangeSet
from trailbell.deploy.environment import StackSettings
from trailbell.deploy.planned_stack import PlannedStack
from trailbell.deploy.prepare import Preparation
from trailbell.deploy.result import StackResult, StackResultStatus
from trailbell.deploy.session import DeploySession
from trailbell.deploy.target import StackToDeploy
from trailbell.deploy.ui import Ui
from trailbell.deploy.without_execution import settings_result
from trailbell.diff.model import (
    DeployPlan,
    Risk,
    why_blocked,
)
from trailbell.dist.built_templates import BuiltTemplate, parse_document
from trailbell.errors import (
    AwsError,
    ChangeSetUnavailableError,
    DeploymentInterruptedError,
    NotFoundError,
    PreconditionError,
)
from trailbell.template import Template


def execute_change_set(
    session: DeploySession,
    arn: str,
    targets: Sequence[StackToDeploy],
    risks: frozenset[Risk],
    ui: Ui,
) -> StackResult:
    """Show a reviewed change set, ask for confirmation, and execute it.

    Raises `PreconditionError`, `ChangeSetUnavailableError`.
    """
    return confirm_and_execute(session, _load(session, arn, targets, ui), risks, ui)


def _load(
    session: DeploySession, arn: str, targets: Sequence[StackToDeploy], ui: Ui
) -> PlannedStack:
    """Read a reviewed change set, and plan what its execution changes."""
    account = arn.split(":")[4]
    if account != session.identity.account:
        raise PreconditionError(
            f"change set {arn}",
            f"The change set is in account {account}, but the credentials are for account "
            f"{session.identity.account}.",
            f"Sign in to account {account}.",
        )
    return plan_reviewed(session, load_executable(session, arn), targets, ui)


def plan_reviewed(
    session: DeploySession,
    reviewed: ChangeSet,
    targets: Sequence[StackToDeploy],
    ui: Ui,
    *,
    service_role: str = "",
) -> PlannedStack:
    """Plan what the execution of a reviewed change set changes.

    ``service_role`` is the role that was requested with the change set, if that is known: no
    response shows it.
    """
    stack = session.cloud.stack(reviewed.stack_id)
    target = _target(session, reviewed, targets, ui)
    options, triggers = _carried_settings(target.options, reviewed, stack)
    options = replace(options, service_role=service_role or options.service_role)
    target = replace(target, options=options)
    pending = PendingChangeSet(change_set=reviewed, stack=stack, triggers=triggers)
    pending = change_set.with_others(session.cloud, pending)
    return PlannedStack(
        target=target,
        preparation=Preparation(stack=stack, action=StatusAction.UPDATE),
        pending=pending,
        plan=change_set_plan.plan_from_change_set(session, target, pending),
    )


def _carried_settings(
    options: StackSettings, reviewed: ChangeSet, stack: Stack | None
) -> tuple[StackSettings, tuple[tuple[str, str], ...]]:
    """Replace the settings that a change set carries with its own, and return its triggers.

    The settings of today do not change what was reviewed. What the change set does not show, the
    stack keeps.
    """
    old = stack.rollback if stack else RollbackConfiguration()
    options = replace(
        options,
        tags=reviewed.tags or (stack.tags if stack else {}),
        notification_arns=reviewed.notification_arns or (stack.notification_arns if stack else ()),
        rollback_alarms=(),
        rollback_minutes=reviewed.rollback.minutes or old.minutes,
        service_role=stack.role_arn if stack else "",
    )
    return options, reviewed.rollback.triggers or old.triggers


def confirm_and_execute(
    session: DeploySession, planned: PlannedStack, risks: frozenset[Risk], ui: Ui
) -> StackResult:
    """Show the plan, ask, and execute. On Ctrl-C, the error says how to follow the operation."""
    target, plan = planned.target, planned.plan
    ui.show_plan(DeployPlan((plan,)))
    result = StackResult(
        stack=target.stack,
        name=target.name,
        status=StackResultStatus.BLOCKED,
        change_set=plan.based_on.change_set,
    )
    reason = why_blocked(plan, risks)
    if reason:
        return replace(result, text=reason)
    question = "Execute the change set?" if planned.has_change_set else "Apply the settings?"
    if not ui.confirm(question):
        text = "the change set was not deleted" if planned.has_change_set else "nothing was changed"
        return replace(result, status=StackResultStatus.DECLINED, text=text)
    if planned.pending is None or not planned.has_change_set:
        return settings_result(session, planned)
    stack = None if plan.created else planned.pending.stack
    reviewed = planned.pending.change_set
    try:
        execution = execute.start(session, reviewed, stack, target.options, plan.settings, ui)
        return execute.follow(
            session, execution, source=target.source, settings=plan.settings, ui=ui
        )
    except (KeyboardInterrupt, WaitCanceledError):
        started = execute.may_have_started(session.cloud, reviewed)
        raise DeploymentInterruptedError((target.name,) if started else ()) from None


def load_executable(session: DeploySession, arn: str) -> ChangeSet:
    """Return the change set if it can still be executed.

    Raises `ChangeSetUnavailableError` if not.
    """
    try:
        described = session.cloud.change_set(arn)
    except NotFoundError as error:
        raise ChangeSetUnavailableError(
            "DescribeChangeSet", f"Change set {arn} no longer exists."
        ) from error
    if described.status != "CREATE_COMPLETE" or described.execution != "AVAILABLE":
        raise ChangeSetUnavailableError(
            "DescribeChangeSet",
            f"{described.name} is {described.status}, {described.execution or 'unknown'}",
        )
    return described


def _target(
    session: DeploySession, reviewed: ChangeSet, targets: Sequence[StackToDeploy], ui: Ui
) -> StackToDeploy:
    """Return the stack in ``dist/`` with this template; else build one from the change set.

    A template that cannot be read is empty: the plan then shows what the change set shows.
    """
    named = next((target for target in targets if target.name == reviewed.stack_name), None)
    text, document = _template(session, reviewed)
    if named is not None and named.source.document == document:
        return named
    reason = "is not in dist/" if document else "could not be read (cloudformation:GetTemplate)"
    ui.info(f"The template of {reviewed.name} {reason}. The change set is executed as reviewed.")
    source = BuiltTemplate(
        stack=named.stack if named else reviewed.stack_name,
        text=text,
        document=document,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
    options = named.options if named else StackSettings(stack_name=reviewed.stack_name)
    return StackToDeploy(source=source, options=options)


def _template(session: DeploySession, reviewed: ChangeSet) -> tuple[str, Template]:
    """Return the text and the document of a change set's template; empty if it may not be read."""
    try:
        body = session.cloud.template(reviewed.stack_id, reviewed.id)
    except AwsError:
        body = None
    if body is None:
        return "", {}
    text = body if isinstance(body, str) else json.dumps(body)
    return text, parse_document(text, reviewed.name)
