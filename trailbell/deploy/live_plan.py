"""
Plans from an account, without a trace left in it.

In:    targets, and a `Desk`.
Out:   a `DeployPlan` of real change sets, which are removed again unless they are to be kept.
Never: an execution. The command line loads this module only when an account is asked.
"""

from collections.abc import Mapping
from dataclasses import replace

from trailbell.deploy import change_set, change_set_plan, prepare
from trailbell.deploy.change_set import Made, Wishes
from trailbell.deploy.environment import Environment, FromOutput
from trailbell.deploy.session import Desk, desk
from trailbell.deploy.target import Target
from trailbell.deploy.ui import Voice
from trailbell.diff import templates
from trailbell.diff.model import DeployPlan, Notice, NoticeLevel, StackPlan


def plan(
    environment: Environment,
    targets: tuple[Target, ...],
    wishes: Wishes,
    voice: Voice,
    *,
    keep: bool,
) -> DeployPlan:
    """The plans of all targets, in order. ``keep`` leaves the change sets for a later run."""
    here = desk(environment)
    outputs = here.outputs(targets)
    return DeployPlan(
        tuple(_stack(here, each, wishes, outputs, voice, keep=keep) for each in targets)
    )


def _stack(
    here: Desk,
    target: Target,
    wishes: Wishes,
    outputs: Mapping[str, Mapping[str, str]],
    voice: Voice,
    *,
    keep: bool,
) -> StackPlan:
    awaited = _awaited(target, outputs)
    if awaited:
        return _unasked(here, target, awaited)
    found = prepare.settled(here, target.name, wishes, voice, dry=True)
    made = change_set.ask(here.account, here.cloud, target, found.stack, found.do, wishes, outputs)
    kept = False
    try:
        made = change_set.settled(here.cloud, made, here.pace)
        planned = change_set_plan.plan(
            here.cloud, target, made, region=here.region, account=here.identity.account
        )
        kept = keep and not made.change_set.nothing and not planned.blocked
    finally:
        if not kept:
            change_set.remove(here.cloud, made)
    return planned if kept else _without_change_set(planned, made)


def _without_change_set(planned: StackPlan, made: Made) -> StackPlan:
    """The pin of a plan whose change set is gone; nothing to change needs none."""
    stack_id = "" if made.placeholder else planned.based_on.stack_id
    return replace(planned, based_on=replace(planned.based_on, change_set="", stack_id=stack_id))


def _awaited(target: Target, outputs: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    """Stacks that are not deployed yet and whose outputs this one needs."""
    given = target.options.parameters.values()
    return tuple(
        sorted({g.stack for g in given if isinstance(g, FromOutput) and g.stack not in outputs})
    )


def _unasked(here: Desk, target: Target, awaited: tuple[str, ...]) -> StackPlan:
    """A plan from the templates, for a stack that cannot be asked about yet."""
    planned = templates.plan_from_templates(target.source, None, "nothing", region=here.region)
    remark = Notice(
        level=NoticeLevel.WARNING,
        logical_id="",
        text=f"takes parameters from {', '.join(awaited)}, which is not deployed: not asked",
    )
    return replace(planned, name=target.name, account=here.identity.account, notices=(remark,))
