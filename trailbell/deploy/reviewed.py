"""
Execute reviewed change sets: by ARN, or from a saved plan.

In:    an ARN; a plan that ``plan --live --out`` saved.
Out:   a `StackResult` for each change set.
Never: a change set that was executed already, or whose stack has changed since.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from trailbell.aws.change_set import ChangeSet
from trailbell.aws.stack import Stack
from trailbell.aws.stack_status import StatusAction
from trailbell.aws.waiter import WaitCanceledError
from trailbell.deploy import change_set, change_set_plan, execute, plan_file
from trailbell.deploy.change_set import PendingChangeSet
from trailbell.deploy.change_set_plan import EMPTY, settings_digest
from trailbell.deploy.environment import StackSettings
from trailbell.deploy.execute import StackResult, StackResultStatus, settings_result
from trailbell.deploy.plan_file import SavedStack
from trailbell.deploy.planned_stack import PlannedStack
from trailbell.deploy.prepare import Preparation
from trailbell.deploy.session import DeploySession
from trailbell.deploy.stack_settings import (
    ENABLED,
    STACK_POLICY,
    TERMINATION_PROTECTION,
    compare_direct,
    direct_changes,
)
from trailbell.deploy.target import StackToDeploy
from trailbell.deploy.ui import Ui
from trailbell.diff.model import (
    DeployPlan,
    PlanBasis,
    PlanFingerprint,
    Risk,
    StackPlan,
    ValueChange,
    why_blocked,
)
from trailbell.dist.built_templates import BuiltTemplate, parse_document
from trailbell.errors import (
    AwsError,
    ChangeSetUnavailableError,
    ContentError,
    DeploymentInterruptedError,
    NotFoundError,
    PreconditionError,
    StalePlanError,
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
    return _confirm_and_execute(session, _load(session, arn, targets, ui), risks, ui)


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
    reviewed = load_executable(session, arn)
    stack = session.cloud.stack(reviewed.stack_id)
    target = _target(session, reviewed, targets, ui)
    pending = PendingChangeSet(change_set=reviewed, stack=stack)
    pending = change_set.with_others(session.cloud, pending)
    return PlannedStack(
        target=target,
        preparation=Preparation(stack=stack, action=StatusAction.UPDATE),
        pending=pending,
        plan=change_set_plan.plan_from_change_set(session, target, pending),
    )


def _confirm_and_execute(
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
    execution = execute.start(
        session, planned.pending.change_set, stack, target.options, plan.settings, ui
    )
    try:
        return execute.follow(
            session, execution, source=target.source, settings=plan.settings, ui=ui
        )
    except (KeyboardInterrupt, WaitCanceledError):
        raise DeploymentInterruptedError((target.name,)) from None


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


def apply_saved_plan(
    session: DeploySession,
    path: Path,
    targets: Sequence[StackToDeploy],
    risks: frozenset[Risk],
    ui: Ui,
) -> tuple[StackResult, ...]:
    """Apply a saved plan.

    Raises `StalePlanError` before anything is executed. After a stack failed, the other stacks of
    the plan are skipped.
    """
    by_stack = {target.stack: target for target in targets}
    planned = [
        _load_saved(session, path, saved, by_stack, ui) for saved in plan_file.read_plan(path)
    ]
    results: list[StackResult] = []
    for stack in planned:
        if any(not result.status.succeeded for result in results):
            text = "an earlier stack of the plan failed"
            results.append(_result(stack, StackResultStatus.SKIPPED, text))
        elif stack.has_change_set or stack.plan.settings:
            results.append(_execute_saved(session, stack, risks, ui))
        else:
            results.append(_result(stack, StackResultStatus.UNCHANGED, "no changes"))
    return tuple(results)


def _execute_saved(
    session: DeploySession, planned: PlannedStack, risks: frozenset[Risk], ui: Ui
) -> StackResult:
    """Execute one stack of a plan. An error is its result: what was done before is reported."""
    try:
        return _confirm_and_execute(session, planned, risks, ui)
    except AwsError as error:
        return _result(planned, StackResultStatus.FAILED, str(error))


def _result(planned: PlannedStack, status: StackResultStatus, text: str) -> StackResult:
    target = planned.target
    return StackResult(stack=target.stack, name=target.name, status=status, text=text)


def _load_saved(
    session: DeploySession,
    path: Path,
    saved: SavedStack,
    by_stack: Mapping[str, StackToDeploy],
    ui: Ui,
) -> PlannedStack:
    """Plan a stack again, with the settings of the saved plan. Raises `StalePlanError`."""
    target, planned = _pinned_target(path, saved, by_stack), saved.based_on
    stack = session.cloud.stack(planned.stack_id)
    current = None if stack is None or stack.status in EMPTY else stack
    arn = planned.change_set
    if arn:
        try:
            arn = load_executable(session, arn).id
        except ChangeSetUnavailableError:
            arn = ""
    fingerprint = PlanFingerprint(
        template=target.source.sha256,
        stack_id=stack.id if stack else "",
        last_change=current.last_updated if current else "",
        change_set=arn,
        settings=settings_digest(current),
    )
    plan_file.ensure_fresh(path, saved.stack, planned, fingerprint)
    if arn:
        again = _load(session, arn, (target,), ui)
    else:
        again = _settings_only(session, target, stack, fingerprint)
    if direct_changes(again.plan.settings) != direct_changes(saved.settings):
        raise StalePlanError(str(path), saved.stack, "the settings of the stack have changed")
    return again


def _pinned_target(
    path: Path, saved: SavedStack, by_stack: Mapping[str, StackToDeploy]
) -> StackToDeploy:
    """The stack with the stack policy and termination protection of the saved plan."""
    if saved.stack not in by_stack:
        raise ContentError(
            str(path),
            f'the plan contains stack "{saved.stack}", which is not in dist/',
            "create a new plan",
        )
    if not saved.based_on.stack_id:
        raise ContentError(
            str(path),
            f'the plan of stack "{saved.stack}" was created from templates only',
            "create a plan with: python build.py plan --live --out FILE",
        )
    target = by_stack[saved.stack]
    after = {change.name: change.after for change in saved.settings}
    options = replace(
        target.options,
        stack_policy=after.get(STACK_POLICY) or "",
        termination_protection=after.get(TERMINATION_PROTECTION) == ENABLED
        if TERMINATION_PROTECTION in after
        else None,
    )
    return replace(target, options=options)


def _settings_only(
    session: DeploySession,
    target: StackToDeploy,
    stack: Stack | None,
    fingerprint: PlanFingerprint,
) -> PlannedStack:
    """Plan a stack of a saved plan that has no change set: only its settings may change."""
    changes: tuple[ValueChange, ...] = ()
    if stack is not None:
        changes, _, _ = compare_direct(session.cloud, target.options, stack)
    plan = StackPlan(
        stack=target.stack,
        name=target.name,
        region=session.region,
        account=session.identity.account,
        basis=PlanBasis.ACCOUNT,
        compared_with=f"stack {target.name}",
        created=False,
        resource_changes=(),
        settings=changes,
        based_on=fingerprint,
    )
    return PlannedStack(
        target=target,
        preparation=Preparation(stack=stack, action=StatusAction.UPDATE),
        pending=None,
        plan=plan,
    )
