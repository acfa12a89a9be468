"""
From settings to the plan of a whole rollout: read, plan, and check what planning can know.

In:    the `Sessions` of a rollout, templates, the other rollouts of the settings.
Out:   a `RolloutPlan`; an error if a check of a wave cannot be made, if a stack imports what
       nothing exports, or if it would no longer export what another one imports.
Never: a change.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from trailbell.dist.built_templates import BuiltTemplate
from trailbell.rollout.apply.wave_check import check_wave_checks
from trailbell.rollout.configuration.config import Rollout
from trailbell.rollout.exports.exporters import check_exporters
from trailbell.rollout.exports.imports import find_imports
from trailbell.rollout.exports.lost_exports import check_lost_exports
from trailbell.rollout.model.plan import RolloutPlan
from trailbell.rollout.observe.left_stack_sets import left_stack_sets
from trailbell.rollout.plan.planner import RolloutOptions, plan_rollout
from trailbell.rollout.session import Sessions, read_rollout, shared_session
from trailbell.wording import pluralize


@dataclass(frozen=True, kw_only=True)
class Planning:
    """How a plan is computed."""

    options: RolloutOptions
    check_overrides: bool = False


def plan_whole_rollout(
    sessions: Sessions,
    rollout: Rollout,
    templates: Mapping[str, BuiltTemplate],
    planning: Planning,
    others: tuple[Rollout, ...] = (),
    unused: Mapping[str, str] | None = None,
    show: Callable[[str], None] = lambda _: None,
) -> RolloutPlan:
    """Read what AWS has, plan, and check; ``unused`` is for `left_stack_sets`.

    ``show`` is called with each step.

    Raises `PreconditionError` and others as these do.
    """
    session = shared_session(sessions)
    organization, actual = read_rollout(
        sessions, templates, check_overrides=planning.check_overrides
    )
    instances = sum(len(each.instances) for each in actual.values())
    show(f"planning, with {pluralize(instances, 'stack instance')} deployed")
    plan = plan_rollout(
        rollout,
        templates,
        organization,
        actual,
        account_id=session.identity.account,
        options=planning.options,
    )
    show("checking exports and the conditions of waves")
    check_lost_exports(plan, templates, session.partition)
    imports = find_imports(plan, templates, session.partition)
    management = organization.management if rollout.shared.include_management_account else ""
    unknowns = [*imports.unknowns]
    if imports.missing:
        unknowns += check_exporters(
            session, rollout, templates, imports.missing, others, management
        )
    notices = (
        *plan.notices,
        *check_wave_checks(session, plan),
        *left_stack_sets(session, unused or {}),
    )
    return replace(plan, notices=notices, unknowns=(*plan.unknowns, *unknowns))
