"""
Create plans from change sets in an account, and leave no trace in it.

In:    the stacks to deploy, and a `DeploySession`.
Out:   a `DeployPlan` of real change sets, which are deleted again unless they are to be kept.
Never: an execution. The command line loads this module only for a plan of an account.
"""

from collections.abc import Callable
from dataclasses import replace

from trailbell.deploy import change_set
from trailbell.deploy.change_set import DeployOptions, PendingChangeSet
from trailbell.deploy.contradictions import contradictions
from trailbell.deploy.environment import Environment
from trailbell.deploy.exports import export_problems, exporters_to_deploy
from trailbell.deploy.planned_stack import (
    Outputs,
    Purpose,
    missing_stacks,
    plan_from_template,
    plan_from_templates,
    plan_stack,
)
from trailbell.deploy.session import DeploySession, open_session
from trailbell.deploy.target import StackToDeploy
from trailbell.deploy.ui import Ui
from trailbell.diff.model import DeployPlan, Notice, NoticeLevel, PlanBasis, StackPlan
from trailbell.errors import AwsError, CredentialsError


def plan_from_account(
    environment: Environment,
    targets: tuple[StackToDeploy, ...],
    options: DeployOptions,
    ui: Ui,
    *,
    keep_change_sets: bool,
    show: Callable[[str], None] = lambda _: None,
) -> DeployPlan:
    """Plan all stacks, in order. ``keep_change_sets`` keeps the change sets for a later run.

    ``show`` is called with each step. A stack for which AWS refuses a call is planned from its
    template, with a failure.
    """
    session = open_session(environment)
    outputs = session.outputs(targets)
    exporters = exporters_to_deploy(session, targets)
    refused = (
        *contradictions(session, targets, ui, keep_previous=options.previous_parameters),
        *export_problems(session, targets, ui),
    )
    plans, unreachable = [], set()
    for number, target in enumerate(targets, 1):
        show(f"planning {target.stack} (stack {number} of {len(targets)})")
        problems = [text for stack, text in refused if stack == target.stack]
        notice = (
            _failure("\n".join(problems))
            if problems
            else missing_stacks(target, outputs, exporters.get(target.stack, ()))
        )
        try:
            if notice is not None:
                plan = plan_from_templates(session, target, notice)
            else:
                plan = _plan_stack(
                    session, target, options, outputs, ui, keep_change_sets=keep_change_sets
                )
        except CredentialsError:
            raise
        except AwsError as error:
            failure = _failure(f"The stack could not be planned. {error}")
            plan = plan_from_template(session, target, failure)
            unreachable.add(target.stack)
        plans.append(plan)
    unplanned = (plan.stack for plan in plans if plan.blocked and plan.basis is PlanBasis.OFFLINE)
    return DeployPlan(
        tuple(plans), refused=tuple(stack for stack in unplanned if stack not in unreachable)
    )


def _failure(text: str) -> Notice:
    return Notice(level=NoticeLevel.FAILURE, logical_id="", text=text)


def _plan_stack(
    session: DeploySession,
    target: StackToDeploy,
    options: DeployOptions,
    outputs: Outputs,
    ui: Ui,
    *,
    keep_change_sets: bool,
) -> StackPlan:
    """Plan one stack, and delete its change set unless it is kept."""
    registered: list[PendingChangeSet] = []
    plan: StackPlan | None = None
    keep, left = False, tuple[str, ...]()
    try:
        planned = plan_stack(session, target, options, outputs, ui, registered.append, Purpose.PLAN)
        plan = planned.plan
        keep = keep_change_sets and planned.has_change_set and not plan.blocked
    finally:
        if registered and not keep:
            left = change_set.remove(session.cloud, registered[-1])
        if plan is None:
            for text in left:
                ui.info(text)
    return plan if keep or not registered else _without_change_set(plan, registered[-1], left)


def _without_change_set(
    plan: StackPlan, pending: PendingChangeSet, left: tuple[str, ...]
) -> StackPlan:
    """Remove a deleted change set from the fingerprint of a plan, and name what remains."""
    stack_id = "" if pending.created_stack else plan.based_on.stack_id
    return replace(
        plan,
        based_on=replace(plan.based_on, change_set="", stack_id=stack_id),
        notices=(
            *plan.notices,
            *(Notice(level=NoticeLevel.WARNING, logical_id="", text=text) for text in left),
        ),
    )
