"""
Plans from an account, without a trace left in it.

In:    targets, and a `DeploySession`.
Out:   a `DeployPlan` of real change sets, which are removed again unless they are to be kept.
Never: an execution. The command line loads this module only when an account is asked.
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
    wishes: DeployOptions,
    voice: Ui,
    *,
    keep: bool,
) -> DeployPlan:
    """The plans of all targets, in order. ``keep`` leaves the change sets for a later run."""
    here = open_session(environment)
    outputs = here.outputs(targets)
    return DeployPlan(
        tuple(_stack(here, each, wishes, outputs, voice, keep=keep) for each in targets)
    )


def _stack(
    here: DeploySession,
    target: StackToDeploy,
    wishes: DeployOptions,
    outputs: Mapping[str, Mapping[str, str]],
    voice: Ui,
    *,
    keep: bool,
) -> StackPlan:
    awaited = _missing_outputs(target, outputs)
    if awaited:
        return _offline_plan(here, target, awaited)
    found = prepare.prepare_stack(here, target.name, wishes, voice, dry=True)
    made = change_set.create(
        here.account, here.cloud, target, found.stack, found.do, wishes, outputs
    )
    kept = False
    try:
        made = change_set.wait_until_created(here.cloud, made, here.pace)
        planned = change_set_plan.plan_from_change_set(
            here.cloud, target, made, region=here.region, account=here.identity.account
        )
        kept = keep and not made.change_set.has_no_changes and not planned.blocked
    finally:
        if not kept:
            change_set.remove(here.cloud, made)
    return planned if kept else _without_change_set(planned, made)


def _without_change_set(planned: StackPlan, made: PendingChangeSet) -> StackPlan:
    """The pin of a plan whose change set is gone; nothing to change needs none."""
    stack_id = "" if made.placeholder else planned.based_on.stack_id
    return replace(planned, based_on=replace(planned.based_on, change_set="", stack_id=stack_id))


def _missing_outputs(
    target: StackToDeploy, outputs: Mapping[str, Mapping[str, str]]
) -> tuple[str, ...]:
    """Stacks that are not deployed yet and whose outputs this one needs."""
    given = target.options.parameters.values()
    return tuple(
        sorted({g.stack for g in given if isinstance(g, StackOutput) and g.stack not in outputs})
    )


def _offline_plan(
    here: DeploySession, target: StackToDeploy, awaited: tuple[str, ...]
) -> StackPlan:
    """A plan from the templates, for a stack that cannot be asked about yet."""
    planned = templates.plan_from_templates(target.source, None, "nothing", region=here.region)
    remark = Notice(
        level=NoticeLevel.WARNING,
        logical_id="",
        text=f"takes parameters from {', '.join(awaited)}, which is not deployed: not asked",
    )
    return replace(planned, name=target.name, account=here.identity.account, notices=(remark,))
