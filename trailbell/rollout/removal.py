"""
Taking stacks out of a set: some accounts, some Regions, or all.

In:    what was asked for, and the instances that there are.
Out:   a `DeployPlan` of deletions, for `drive`.
Never: an instance that is not there, or one of the plain stacks of the management account.

INOPERABLE instances cannot be deleted, only taken out; their stacks stay.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-troubleshooting.html
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from trailbell.aws.organization import Organization
from trailbell.aws.stack_set import Instance
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import PreconditionError, UnknownNameError
from trailbell.rollout.config import Leaving, Rollout
from trailbell.rollout.desired_state import Wanted
from trailbell.rollout.plan import Call, Cell, Do, Kind, Plan, Stage
from trailbell.rollout.plan_operations import LEAVING, Work, stages
from trailbell.rollout.planner import Actual
from trailbell.rollout.session import Office, actual


@dataclass(frozen=True, kw_only=True)
class What:
    """What to remove. Empty accounts or Regions mean all of them, but one of the three is said.

    ``everything`` also removes the set itself, once it is empty.
    """

    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    everything: bool = False
    retain: bool = False


def read(desk: Office, source: BuiltTemplate) -> Actual:
    """What there is in the set. The organization is not asked: its units may be gone by now."""
    alone = replace(desk, rollout=replace(desk.rollout, management=False, overrides={}))
    return actual(alone, Organization(), source)


def plan(rollout: Rollout, what: What, there: Actual, *, account: str) -> Plan:
    """The plan. Raises `UnknownNameError` for an account or a Region in which there is nothing."""
    if there.definition is None:
        raise PreconditionError(
            f"set {rollout.set_name}", "it does not exist", "there is nothing to remove"
        )
    _known("account", what.accounts, (each.pair.account for each in there.instances))
    _known("Region", what.regions, (each.pair.region for each in there.instances))
    chosen = [each for each in there.instances if _chosen(each, what)]
    cells = tuple(
        Cell(
            each.pair,
            Kind.DELETE,
            LEAVING,
            "inoperable: leaves the set, its stack stays" if each.status == "INOPERABLE" else "",
        )
        for each in sorted(chosen, key=lambda each: each.pair)
    )
    # All that is there is named by the unit that made it, so no organization is needed.
    work = Work(
        rollout=replace(rollout, leaving=Leaving.RETAIN if what.retain else Leaving.DELETE),
        wanted=Wanted(waves={}, suspended={}, plain={}, units={}, inside={}),
        cells=cells,
        instances={each.pair: each for each in there.instances},
        overrides={},
        plain=(),
        exists=True,
        known=frozenset(),
        changed=False,
        settings=False,
        release=False,
    )
    found = [stage for stage in stages(work) if stage.calls]
    if what.everything:
        found.append(Stage(name="set", calls=(Call(do=Do.DELETE_SET),)))
    remarks = []
    if rollout.management:
        remarks.append(
            f"the plain stack {rollout.set_name} of the management account is not in the set: "
            f"python build.py delete {rollout.set_name}, there"
        )
    return Plan(
        rollout=rollout,
        account=account,
        sha256="",
        definition=there.definition,
        cells=cells,
        stages=tuple(found),
        remarks=tuple(remarks),
        under_way=there.under_way,
    )


def _chosen(instance: Instance, what: What) -> bool:
    return (not what.accounts or instance.pair.account in what.accounts) and (
        not what.regions or instance.pair.region in what.regions
    )


def _known(kind: str, wanted: Iterable[str], there: Iterable[str]) -> None:
    known = frozenset(there)
    for name in wanted:
        if name not in known:
            raise UnknownNameError(f"{kind} of this set", name, known)
