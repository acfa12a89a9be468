"""
Plan a rollout: compare the desired state with the actual one.

In:    settings, organization, templates, and an `ActualState` for each stack: what AWS has.
Out:   a `RolloutPlan`.
Never: a call.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from trailbell.aws.organization import Organization
from trailbell.aws.stack_set import AccountRegion
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import PreconditionError
from trailbell.rollout.configuration.config import Rollout, RolloutConfig
from trailbell.rollout.configuration.contradictions import check_accounts
from trailbell.rollout.model.actual_state import ActualState
from trailbell.rollout.model.desired_state import DesiredState, desired_state
from trailbell.rollout.model.plan import RolloutPlan, StackSetPlan
from trailbell.rollout.model.stack_set_request import build_request, stack_set_dependencies
from trailbell.rollout.plan.plan_input import PlanInput
from trailbell.rollout.plan.plan_notices import PlanFacts, plan_notices, plan_unknowns
from trailbell.rollout.plan.plan_operations import StackSetSteps, all_steps, plan_steps
from trailbell.rollout.plan.plan_stages import plan_stages
from trailbell.rollout.plan.planned_costs import planned_costs
from trailbell.rollout.plan.planned_instances import InstancePlanner
from trailbell.rollout.plan.stack_set_definition import DefinitionChanges, compare_definition
from trailbell.template.resources import secret_parameters
from trailbell.wording import pluralize

_MAX_INSTANCES = 100_000


@dataclass(frozen=True, kw_only=True)
class RolloutOptions:
    """``resume`` plans only what failed, is outdated or was not started, with the template that the
    StackSet has. ``release_inoperable`` removes INOPERABLE stack instances from the StackSet and
    retains their stacks.
    """

    resume: bool = False
    release_inoperable: bool = False


@dataclass(frozen=True, kw_only=True)
class _StackSetParts:
    """What is planned for one StackSet, before it is put together with the others."""

    plan: StackSetPlan
    steps: StackSetSteps
    notices: tuple[str, ...]
    unknowns: tuple[str, ...]


def plan_rollout(
    rollout: Rollout,
    templates: Mapping[str, BuiltTemplate],
    organization: Organization,
    actual: Mapping[str, ActualState],
    *,
    account_id: str,
    options: RolloutOptions | None = None,
) -> RolloutPlan:
    """Plan a rollout; ``templates`` and ``actual`` are by stack.

    Raises `SettingsError` and `PreconditionError`.
    """
    options = options or RolloutOptions()
    _check_resumable(rollout, actual, options)
    reached = desired_state(rollout.shared, organization)
    check_accounts(rollout, templates, {**reached.wave_by_account, **reached.management_waves})
    parts = {
        config.stack: _plan_stack_set(
            rollout, config, templates[config.stack], organization, actual, options
        )
        for config in rollout.stack_sets
    }
    return RolloutPlan(
        rollout=rollout,
        account_id=account_id,
        stack_sets=tuple(each.plan for each in parts.values()),
        stages=plan_stages(rollout, {stack: each.steps for stack, each in parts.items()}),
        notices=_together({stack: each.notices for stack, each in parts.items()}),
        unknowns=_together({stack: each.unknowns for stack, each in parts.items()}),
        account_names={
            account: member.name for account, member in organization.members.items() if member.name
        },
    )


def _plan_stack_set(
    rollout: Rollout,
    config: RolloutConfig,
    template: BuiltTemplate,
    organization: Organization,
    states: Mapping[str, ActualState],
    options: RolloutOptions,
) -> _StackSetParts:
    actual = states[config.stack]
    desired = desired_state(config, organization)
    _check_quota(config, desired)
    dependencies = stack_set_dependencies(rollout, config, states)
    request = build_request(config, template, actual.definition, dependencies)
    differences = (
        compare_definition(config, template, actual.definition, dependencies)
        if actual.definition
        else DefinitionChanges()
    )
    changes = DefinitionChanges() if options.resume else differences
    plan_input = _plan_input(config, template, organization, desired, actual, changes, options)
    steps = plan_steps(plan_input)
    facts = PlanFacts(
        rollout=config,
        template=template,
        organization=organization,
        desired=desired,
        actual=actual,
        instances=plan_input.instances,
        operations=tuple(each for step in all_steps(steps) for each in step.operations),
        differences=differences,
        resume=options.resume,
        release_inoperable=options.release_inoperable,
    )
    plan = StackSetPlan(
        rollout=config,
        template_sha256=template.sha256,
        definition=actual.definition,
        request=request,
        template_changes=changes.template,
        value_changes=(*changes.stacks, *changes.settings),
        instances=plan_input.instances,
        management_stacks=actual.management_stacks,
        running_operations=actual.running_operations,
        costs=planned_costs(config, template.document, actual, plan_input.instances),
    )
    return _StackSetParts(
        plan=plan,
        steps=steps,
        notices=tuple(plan_notices(facts)),
        unknowns=tuple(plan_unknowns(facts)),
    )


def _plan_input(
    config: RolloutConfig,
    template: BuiltTemplate,
    organization: Organization,
    desired: DesiredState,
    actual: ActualState,
    changes: DefinitionChanges,
    options: RolloutOptions,
) -> PlanInput:
    """What happens to each stack instance, and what the operations are planned from."""
    overrides = _comparable_overrides(config, template, actual)
    planner = InstancePlanner(
        rollout=config,
        desired=desired,
        organization=organization,
        actual=actual,
        parameter_overrides=overrides,
        stacks_change=changes.touches_stacks,
        resume=options.resume,
    )
    return PlanInput(
        rollout=config,
        desired_state=desired,
        instances=tuple(planner.plan()),
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


def _together(by_stack: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The sentences about all stacks once, and those about some of them with their names."""
    stacks: dict[str, list[str]] = {}
    for stack, sentences in by_stack.items():
        for sentence in dict.fromkeys(sentences):
            stacks.setdefault(sentence, []).append(stack)
    return tuple(
        sentence if len(names) == len(by_stack) else f"{', '.join(names)}: {sentence}"
        for sentence, names in stacks.items()
    )


def _check_resumable(
    rollout: Rollout, actual: Mapping[str, ActualState], options: RolloutOptions
) -> None:
    """A run that was stopped before it created all StackSets can be resumed; one of none cannot."""
    if options.resume and all(state.definition is None for state in actual.values()):
        raise PreconditionError(
            f"StackSet {rollout.shared.stack_set_name}",
            "it does not exist, so there is nothing to resume",
            f"Create it with: trailbell rollout apply {rollout.name}",
        )


def _check_quota(rollout: RolloutConfig, desired: DesiredState) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""
    accounts, regions = len(desired.wave_by_account), len(rollout.regions)
    if accounts * regions > _MAX_INSTANCES:
        raise PreconditionError(
            f"rollout {rollout.name}",
            f"{accounts:,} accounts x {pluralize(regions, 'Region')} are "
            f"{accounts * regions:,} stack instances, and a StackSet can have {_MAX_INSTANCES:,}",
            "Split it into two rollouts, each with its own StackSet.",
        )


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
