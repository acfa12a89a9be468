"""
Taking stacks out of a set: some accounts, some Regions, or all.

In:    what was asked for, and the instances that there are.
Out:   a `DeployPlan` of deletions, for `apply_plan`.
Never: an instance that is not there, or one of the plain stacks of the management account.

INOPERABLE instances cannot be deleted, only taken out; their stacks stay.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-troubleshooting.html
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from trailbell.aws.organization import Organization
from trailbell.aws.stack_set import StackInstance
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import PreconditionError, UnknownNameError
from trailbell.rollout.config import OnRemoval, RolloutConfig
from trailbell.rollout.desired_state import DesiredState
from trailbell.rollout.plan import (
    InstanceAction,
    PlannedInstance,
    PlannedOperation,
    RolloutPlan,
    StackSetApi,
    Stage,
)
from trailbell.rollout.plan_operations import REMOVALS, PlanInput, plan_stages
from trailbell.rollout.planner import ActualState
from trailbell.rollout.session import RolloutSession, read_actual_state


@dataclass(frozen=True, kw_only=True)
class RemovalRequest:
    """What to remove. Empty accounts or Regions mean all of them, but one of the three is said.

    ``everything`` also removes the set itself, once it is empty.
    """

    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    everything: bool = False
    retain: bool = False


def read(desk: RolloutSession, source: BuiltTemplate) -> ActualState:
    """What there is in the set. The organization is not asked: its units may be gone by now."""
    alone = replace(desk, rollout=replace(desk.rollout, management=False, parameter_overrides={}))
    return read_actual_state(alone, Organization(), source)


def plan_removal(
    rollout: RolloutConfig, what: RemovalRequest, there: ActualState, *, account: str
) -> RolloutPlan:
    """The plan. Raises `UnknownNameError` for an account or a Region in which there is nothing."""
    if there.definition is None:
        raise PreconditionError(
            f"set {rollout.stack_set_name}", "it does not exist", "there is nothing to remove"
        )
    _known("account", what.accounts, (each.location.account for each in there.instances))
    _known("Region", what.regions, (each.location.region for each in there.instances))
    chosen = [each for each in there.instances if _chosen(each, what)]
    cells = tuple(
        PlannedInstance(
            each.location,
            InstanceAction.DELETE,
            REMOVALS,
            "inoperable: leaves the set, its stack stays" if each.status == "INOPERABLE" else "",
        )
        for each in sorted(chosen, key=lambda each: each.location)
    )
    # All that is there is named by the unit that made it, so no organization is needed.
    work = PlanInput(
        rollout=replace(rollout, on_removal=OnRemoval.RETAIN if what.retain else OnRemoval.DELETE),
        desired_state=DesiredState(waves={}, suspended={}, plain={}, units={}, inside={}),
        cells=cells,
        instances={each.location: each for each in there.instances},
        overrides={},
        plain=(),
        exists=True,
        known=frozenset(),
        changed=False,
        settings=False,
        release=False,
    )
    found = [stage for stage in plan_stages(work) if stage.calls]
    if what.everything:
        found.append(Stage(name="set", calls=(PlannedOperation(do=StackSetApi.DELETE_SET),)))
    remarks = []
    if rollout.management:
        remarks.append(
            f"stack {rollout.stack_set_name} of the management account is not in the StackSet: "
            f"python build.py delete {rollout.stack_set_name}, there"
        )
    return RolloutPlan(
        rollout=rollout,
        account=account,
        sha256="",
        definition=there.definition,
        cells=cells,
        stages=tuple(found),
        remarks=tuple(remarks),
        running_operations=there.under_way,
    )


def _chosen(instance: StackInstance, what: RemovalRequest) -> bool:
    return (not what.accounts or instance.location.account in what.accounts) and (
        not what.regions or instance.location.region in what.regions
    )


def _known(kind: str, wanted: Iterable[str], there: Iterable[str]) -> None:
    known = frozenset(there)
    for name in wanted:
        if name not in known:
            raise UnknownNameError(f"{kind} of this set", name, known)
