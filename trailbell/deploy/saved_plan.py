"""
Apply a plan that was saved.

In:    a plan that ``plan --live --out`` saved, and the same account.
Out:   a `StackResult` for each stack.
Never: a decision: the change sets and the settings are those of the plan, and a plan is refused if
       its stack has changed since.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from trailbell.aws.change_set import ChangeSet
from trailbell.aws.stack import Stack
from trailbell.aws.stack_status import StatusAction
from trailbell.deploy import plan_file
from trailbell.deploy.change_set_plan import EMPTY, settings_digest
from trailbell.deploy.plan_file import SavedStack
from trailbell.deploy.planned_stack import PlannedStack
from trailbell.deploy.prepare import Preparation
from trailbell.deploy.result import StackResult, StackResultStatus
from trailbell.deploy.reviewed import confirm_and_execute, load_executable, plan_reviewed
from trailbell.deploy.session import DeploySession
from trailbell.deploy.stack_settings import (
    ENABLED,
    SERVICE_ROLE,
    STACK_POLICY,
    TERMINATION_PROTECTION,
    compare_direct,
    direct_changes,
)
from trailbell.deploy.target import StackToDeploy
from trailbell.deploy.ui import Ui
from trailbell.diff.model import (
    PlanBasis,
    PlanFingerprint,
    Risk,
    StackPlan,
    ValueChange,
)
from trailbell.errors import (
    AwsError,
    ChangeSetUnavailableError,
    ContentError,
    DeploymentInterruptedError,
    StalePlanError,
)


def apply_saved_plan(
    session: DeploySession,
    path: Path,
    targets: Sequence[StackToDeploy],
    risks: frozenset[Risk],
    ui: Ui,
) -> tuple[StackResult, ...]:
    """Apply a saved plan.

    Raises `StalePlanError` before anything is executed, and `DeploymentInterruptedError` on Ctrl-C.
    After a stack failed, the other stacks of the plan are skipped.
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
            try:
                results.append(_execute_saved(session, stack, risks, ui))
            except DeploymentInterruptedError as error:
                deployed = StackResultStatus.DEPLOYED
                error.done = tuple(r.name for r in results if r.status is deployed)
                raise
        else:
            results.append(_result(stack, StackResultStatus.UNCHANGED, "no changes"))
    return tuple(results)


def _execute_saved(
    session: DeploySession, planned: PlannedStack, risks: frozenset[Risk], ui: Ui
) -> StackResult:
    """Execute one stack of a plan. An error is its result: what was done before is reported."""
    try:
        return confirm_and_execute(session, planned, risks, ui)
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
    reviewed = _reviewed(session, planned.change_set)
    fingerprint = PlanFingerprint(
        template=target.source.sha256,
        stack_id=stack.id if stack else "",
        last_change=current.last_updated if current else "",
        change_set=reviewed.id if reviewed else "",
        settings=settings_digest(current),
    )
    plan_file.ensure_fresh(path, saved.stack, planned, fingerprint)
    if reviewed is not None:
        role = next((c.after for c in saved.settings if c.name == SERVICE_ROLE), None) or ""
        again = plan_reviewed(session, reviewed, (target,), ui, service_role=role)
    else:
        again = _settings_only(session, target, stack, fingerprint)
    if direct_changes(again.plan.settings) != direct_changes(saved.settings):
        raise StalePlanError(str(path), saved.stack, "the settings of the stack have changed")
    return again


def _reviewed(session: DeploySession, arn: str) -> ChangeSet | None:
    """The change set of a plan; None if there is none, or if it can no longer be executed."""
    try:
        return load_executable(session, arn) if arn else None
    except ChangeSetUnavailableError:
        return None


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
    if saved.obstacle:
        raise ContentError(
            str(path),
            f'stack "{saved.stack}" has no change set to execute: {saved.obstacle}',
            "deploy or correct what is named here first, then create a new plan",
        )
    if not saved.based_on.stack_id:
        raise ContentError(
            str(path),
            f'the plan of stack "{saved.stack}" was created from templates only',
            "create a plan with: trailbell plan --live --out FILE",
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
