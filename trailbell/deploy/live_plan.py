"""
Create plans from change sets in an account, and leave no trace in it.

In:    the stacks to deploy, and a `DeploySession`.
Out:   a `DeployPlan` of real change sets, which are deleted again unless they are to be kept.
Never: an execution. The command line loads this module only for a plan of an account.
"""

from collections.abc import Mapping
from dataclasses import replace

from trailbell.deploy import change_set, change_set_plan, prepare
from trailbell.deploy.change_set import DeployOptions, PendingChangeSet
from trailbell.deploy.environment import Environment, StackOutput
from trailbell.deploy.session import DeploySession, open_session
from trailbell.deploy.target import StackToDeploy
from trailbell.deploy.ui import Ui
from trailbell.diff import templates
from trailbell.diff.model import DeployPlan, Notice, NoticeLevel, StackPlan


def plan_from_account(
    environment: Environment,
    targets: tuple[StackToDeploy, ...],
    options: DeployOptions,
    ui: Ui,
    *,
    keep_change_sets: bool,
) -> DeployPlan:
    """Plan all stacks, in order. ``keep_change_sets`` keeps the change sets for a later run."""
    session = open_session(environment)
    outputs = session.outputs(targets)
    return DeployPlan(
        tuple(
            _plan_stack(session, target, options, outputs, ui, keep_change_sets=keep_change_sets)
            for target in targets
        )
    )


def _plan_stack(
    session: DeploySession,
    target: StackToDeploy,
    options: DeployOptions,
    outputs: Mapping[str, Mapping[str, str]],
    ui: Ui,
    *,
    keep_change_sets: bool,
) -> StackPlan:
    missing = _missing_outputs(target, outputs)
    if missing:
        return _offline_plan(
            session,
            target,
            Notice(
                level=NoticeLevel.WARNING,
                logical_id="",
                text=f"uses outputs of {', '.join(missing)}, which "
                f"{'is' if len(missing) == 1 else 'are'} not deployed yet: planned from the "
                "template only",
            ),
        )
    prepared = prepare.plan_preparation(session, target.name, options, ui, executes=False)
    if not prepared.ready:
        text = f"{prepared.reason} Before the deployment, {prepared.step}."
        notice = Notice(level=NoticeLevel.WARNING, logical_id="", text=text)
        return _offline_plan(session, target, notice)
    pending = change_set.create(
        session.aws, session.cloud, target, prepared.stack, prepared.action, options, outputs
    )
    keep = False
    try:
        pending = change_set.wait_until_created(session.cloud, pending, session.poller)
        plan = change_set_plan.plan_from_change_set(
            session.cloud, target, pending, region=session.region, account=session.identity.account
        )
        keep = keep_change_sets and not pending.change_set.has_no_changes and not plan.blocked
    finally:
        if not keep:
            change_set.remove(session.cloud, pending)
    return plan if keep else _without_change_set(plan, pending)


def _without_change_set(plan: StackPlan, pending: PendingChangeSet) -> StackPlan:
    """Remove a deleted change set from the fingerprint of a plan."""
    stack_id = "" if pending.created_stack else plan.based_on.stack_id
    return replace(plan, based_on=replace(plan.based_on, change_set="", stack_id=stack_id))


def _missing_outputs(
    target: StackToDeploy, outputs: Mapping[str, Mapping[str, str]]
) -> tuple[str, ...]:
    """Return the stacks that are not deployed yet and whose outputs this stack uses."""
    values = target.options.parameters.values()
    return tuple(
        sorted(
            {
                value.stack
                for value in values
                if isinstance(value, StackOutput) and value.stack not in outputs
            }
        )
    )


def _offline_plan(session: DeploySession, target: StackToDeploy, notice: Notice) -> StackPlan:
    """Plan a stack from its template only, because no change set can be created yet."""
    plan = templates.plan_from_templates(target.source, None, "nothing", region=session.region)
    return replace(plan, name=target.name, account=session.identity.account, notices=(notice,))
