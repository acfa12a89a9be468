"""
Plan a rollout: compare the desired state with the actual one.

In:    settings, organization, template, and `ActualState`: what AWS has.
Out:   a `RolloutPlan`.
Never: a call.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from trailbell.aws.organization import Organization
from trailbell.aws.stack_set import AccountRegion
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import PreconditionError
from trailbell.rollout.actual_state import ActualState
from trailbell.rollout.config import RolloutConfig
from trailbell.rollout.contradictions import check_accounts
from trailbell.rollout.desired_state import DesiredState, desired_state
from trailbell.rollout.plan import RolloutPlan
from trailbell.rollout.plan_input import PlanInput
from trailbell.rollout.plan_notices import PlanFacts, plan_notices, plan_unknowns
from trailbell.rollout.plan_operations import plan_stages
from trailbell.rollout.planned_instances import InstancePlanner
from trailbell.rollout.stack_set_definition import DefinitionChanges, compare_definition
from trailbell.rollout.stack_set_request import build_request
from trailbell.template.resources import secret_parameters

_MAX_INSTANCES = 100_000


@dataclass(frozen=True, kw_only=True)
class RolloutOptions:
    """``resume`` plans only what failed, is outdated or was not started, with the template that the
    StackSet has. ``release_inoperable`` removes INOPERABLE stack instances from the StackSet and
    retains their stacks.
    """

    resume: bool = False
    release_inoperable: bool = False


def plan_rollout(
    rollout: RolloutConfig,
    template: BuiltTemplate,
    organization: Organization,
    actual: ActualState,
    *,
    account_id: str,
    options: RolloutOptions | None = None,
) -> RolloutPlan:
    """Plan a rollout. Raises `SettingsError` and `PreconditionError`."""
    options = options or RolloutOptions()
    desired = desired_state(rollout, organization)
    _check_quota(rollout, desired)
    check_accounts(rollout, template, {**desired.wave_by_account, **desired.management_waves})
    differences = _definition_changes(rollout, template, actual, options)
    changes = DefinitionChanges() if options.resume else differences
    overrides = _comparable_overrides(rollout, template, actual)
    instances = tuple(
        InstancePlanner(
            rollout=rollout,
            desired=desired,
            organization=organization,
            actual=actual,
            parameter_overrides=overrides,
            stacks_change=changes.touches_stacks,
            resume=options.resume,
        ).plan()
    )
    stages = plan_stages(
        PlanInput(
            rollout=rollout,
            desired_state=desired,
            instances=instances,
            stack_instances={instance.location: instance for instance in actual.instances},
            parameter_overrides=overrides,
            management_stacks=actual.management_stacks,
            stack_set_exists=actual.definition is not None,
            known_parameters=frozenset(actual.definition.parameters if actual.definition else ()),
            stacks_change=changes.touches_stacks,
            managed_execution_changes=changes.managed_execution is not None,
            auto_deployment_changes=changes.auto_deployment is not None,
            release_inoperable=options.release_inoperable,
        )
    )
    facts = PlanFacts(
        rollout=rollout,
        template=template,
        organization=organization,
        desired=desired,
        actual=actual,
        instances=instances,
        stages=stages,
        differences=differences,
        resume=options.resume,
        release_inoperable=options.release_inoperable,
    )
    return RolloutPlan(
        rollout=rollout,
        account_id=account_id,
        template_sha256=template.sha256,
        definition=actual.definition,
        request=build_request(rollout, template, actual.definition),
        template_changes=changes.template,
        value_changes=(*changes.stacks, *changes.settings),
        instances=instances,
        stages=stages,
        notices=tuple(plan_notices(facts)),
        unknowns=tuple(plan_unknowns(facts)),
        running_operations=actual.running_operations,
        account_names={
            account: member.name for account, member in organization.members.items() if member.name
        },
    )


def _check_quota(rollout: RolloutConfig, desired: DesiredState) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""
    accounts, regions = len(desired.wave_by_account), len(rollout.regions)
    if accounts * regions > _MAX_INSTANCES:
        raise PreconditionError(
            f"rollout {rollout.name}",
            f"{accounts:,} accounts x {regions} Regions are {accounts * regions:,} stack "
            f"instances, and a StackSet can have {_MAX_INSTANCES:,}",
            "Split it into two rollouts, each with its own StackSet.",
        )


def _definition_changes(
    rollout: RolloutConfig, template: BuiltTemplate, actual: ActualState, options: RolloutOptions
) -> DefinitionChanges:
    if actual.definition is not None:
        return compare_definition(rollout, template, actual.definition)
    if options.resume:
        raise PreconditionError(
            f"StackSet {rollout.stack_set_name}",
            "it does not exist, so there is nothing to resume",
            f"Create it with: python build.py rollout apply {rollout.name}",
        )
    return DefinitionChanges()


def _comparable_overrides(
    rollout: RolloutConfig, template: BuiltTemplate, actual: ActualState
) -> dict[AccountRegion, Mapping[str, str]]:
    """The overrides in AWS. A NoEcho value is asterisks there, so it counts as the wanted one.

    One to push counts as another one.
    """
    secret = secret_parameters(template.document) - frozenset(rollout.push_secrets)
    return {
        location: {
            name: rollout.parameter_overrides.get(location.account, {}).get(name, value)
            if name in secret
            else value
            for name, value in values.items()
        }
        for location, values in actual.parameter_overrides.items()
    }
