"""
Plan a rollout: compare the desired state with the actual one.

In:    settings, organization, template, and `ActualState`: what AWS has.
Out:   a `RolloutPlan`.
Never: a comparison of Regions alone, or of accounts alone. A new account in an old Region is a
       stack instance like any other: https://github.com/aws-cloudformation/rain/issues/586
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from trailbell.aws.organization import Organization
from trailbell.aws.stack_set import (
    AccountRegion,
    StackInstance,
    StackSetDefinition,
    StackSetOperation,
)
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import PreconditionError
from trailbell.rollout.config import OnRemoval, RolloutConfig
from trailbell.rollout.desired_state import DesiredState, desired_state
from trailbell.rollout.operation_preferences import ConcurrencyMode
from trailbell.rollout.plan import InstanceAction, ManagementStack, PlannedInstance, RolloutPlan
from trailbell.rollout.plan_operations import REMOVALS, PlanInput, plan_stages
from trailbell.rollout.stack_set_definition import DefinitionChanges, compare_definition
from trailbell.rollout.stack_set_request import build_request
from trailbell.template.resources import properties, resources

INOPERABLE_REMOVAL = "INOPERABLE; it is removed from the StackSet and its stack is retained"
_NOT_COMPLETED = ("FAILED", "CANCELLED", "SKIPPED_SUSPENDED_ACCOUNT")
_MAX_LISTED = 50
_MAX_INSTANCES = 100_000


@dataclass(frozen=True, kw_only=True)
class ActualState:
    """What AWS has. ``parameter_overrides`` holds only the stack instances that were read."""

    definition: StackSetDefinition | None
    instances: tuple[StackInstance, ...] = ()
    parameter_overrides: Mapping[AccountRegion, Mapping[str, str]] = field(default_factory=dict)
    management_stacks: tuple[ManagementStack, ...] = ()
    running_operations: tuple[StackSetOperation, ...] = ()


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
    differences = _definition_changes(rollout, template, actual.definition, options)
    changes = DefinitionChanges() if options.resume else differences
    instances = tuple(_instances(rollout, desired, actual, changes, options))
    plan_input = PlanInput(
        rollout=rollout,
        desired_state=desired,
        instances=instances,
        stack_instances={instance.location: instance for instance in actual.instances},
        parameter_overrides=actual.parameter_overrides,
        management_stacks=actual.management_stacks,
        stack_set_exists=actual.definition is not None,
        known_parameters=frozenset(actual.definition.parameters if actual.definition else ()),
        stacks_change=changes.touches_stacks,
        managed_execution_changes=changes.managed_execution is not None,
        auto_deployment_changes=changes.auto_deployment is not None,
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
        stages=plan_stages(plan_input),
        notices=(
            *_notices(rollout, desired, instances, actual, differences, options),
            *_name_collisions(rollout, template),
        ),
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
    rollout: RolloutConfig,
    template: BuiltTemplate,
    definition: StackSetDefinition | None,
    options: RolloutOptions,
) -> DefinitionChanges:
    if definition is not None:
        return compare_definition(rollout, template, definition)
    if options.resume:
        raise PreconditionError(
            f"StackSet {rollout.stack_set_name}",
            "it does not exist, so there is nothing to resume",
            f"Create it with: python build.py rollout apply {rollout.name}",
        )
    return DefinitionChanges()


def _instances(
    rollout: RolloutConfig,
    desired: DesiredState,
    actual: ActualState,
    changes: DefinitionChanges,
    options: RolloutOptions,
) -> Iterator[PlannedInstance]:
    """Every stack instance: desired ones by account and Region, then those to remove or retain."""
    remaining = {instance.location: instance for instance in actual.instances}
    stacks_change = changes.touches_stacks
    for account, wave in desired.wave_by_account.items():
        overrides = rollout.parameter_overrides.get(account)
        for region in rollout.regions:
            location = AccountRegion(account, region)
            instance = remaining.pop(location, None)
            action, reason = (
                (InstanceAction.CREATE, "")
                if instance is None
                else _action(instance, stacks_change=stacks_change)
            )
            if action is InstanceAction.UNCHANGED and not options.resume:
                current = actual.parameter_overrides.get(location)
                if current is not None and dict(current) != dict(overrides or {}):
                    action, reason = InstanceAction.UPDATE, "parameter overrides"
            yield PlannedInstance(location, action, wave, reason)
    for account, state in desired.suspended.items():
        for region in rollout.regions:
            location = AccountRegion(account, region)
            remaining.pop(location, None)
            yield PlannedInstance(location, InstanceAction.SUSPENDED, "", state)
    for stack in actual.management_stacks:
        resumed = options.resume and stack.action is InstanceAction.UPDATE
        yield PlannedInstance(
            AccountRegion(stack.account, stack.region),
            InstanceAction.UNCHANGED if resumed else stack.action,
            desired.management_waves[stack.account],
            stack.reason,
            in_management_account=True,
        )
    for location in sorted(remaining):
        yield _unwanted(rollout, remaining[location], options)


def _action(instance: StackInstance, *, stacks_change: bool) -> tuple[InstanceAction, str]:
    """What to do about a stack instance that the rollout wants, and why.

    A partial update leaves PENDING behind, without an operation.
    https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1751
    """
    if instance.status == "INOPERABLE":
        return InstanceAction.INOPERABLE, instance.reason or instance.detailed_status
    if instance.status == "OUTDATED" or instance.detailed_status in _NOT_COMPLETED:
        parts = (instance.detailed_status, instance.reason)
        return InstanceAction.OUTDATED, ": ".join(part for part in parts if part)
    return (InstanceAction.UPDATE if stacks_change else InstanceAction.UNCHANGED), ""


def _unwanted(
    rollout: RolloutConfig, instance: StackInstance, options: RolloutOptions
) -> PlannedInstance:
    inoperable = instance.status == "INOPERABLE"
    if rollout.on_removal is OnRemoval.LEAVE or options.resume:
        action = InstanceAction.INOPERABLE if inoperable else InstanceAction.RETAINED
        return PlannedInstance(instance.location, action, "")
    reason = INOPERABLE_REMOVAL if inoperable else ""
    return PlannedInstance(instance.location, InstanceAction.DELETE, REMOVALS, reason)


def _notices(
    rollout: RolloutConfig,
    desired: DesiredState,
    instances: Iterable[PlannedInstance],
    actual: ActualState,
    differences: DefinitionChanges,
    options: RolloutOptions,
) -> Iterator[str]:
    for operation in actual.running_operations:
        yield (
            f"Operation {operation.action} {operation.id} is {operation.status}, so this plan may "
            "be out of date. apply waits for the operation first."
        )
    if desired.suspended:
        accounts = [f"{account} ({state})" for account, state in desired.suspended.items()]
        more = len(accounts) - _MAX_LISTED
        yield (
            "Skipped suspended or closed accounts (account is not ACTIVE): "
            f"{', '.join(accounts[:_MAX_LISTED])}{f' and {more:,} more' if more > 0 else ''}"
        )
    if options.resume and (differences.touches_stacks or differences.settings):
        yield (
            "dist/ or trailbell.toml differs from the StackSet. resume does not deploy these "
            f"changes; deploy them with: python build.py rollout apply {rollout.name}"
        )
    inoperable = sum(instance.action is InstanceAction.INOPERABLE for instance in instances)
    if inoperable and not options.release_inoperable:
        yield (
            f"INOPERABLE stack instances: {inoperable:,}. StackSets skips them in every update. "
            "Remove them from the StackSet with apply --release-inoperable, then delete their "
            "stacks manually."
        )
    yield from _concurrency_notices(rollout, desired)


# These names are unique in an account, not in a Region. CloudFormation generates one by default.
_ACCOUNT_WIDE_NAMES = {
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
}


def _name_collisions(rollout: RolloutConfig, template: BuiltTemplate) -> Iterator[str]:
    """Resources with a fixed name that must be unique in an account, if there are many Regions."""
    if len(rollout.regions) == 1:
        return
    for logical_id, resource in resources(template.document).items():
        name = properties(resource).get(_ACCOUNT_WIDE_NAMES.get(str(resource.get("Type")), ""))
        if isinstance(name, str):
            yield (
                f"{logical_id} is named {name} in every Region, but the name must be unique in an "
                "account. Only the first Region will succeed."
            )


def _concurrency_notices(rollout: RolloutConfig, desired: DesiredState) -> Iterator[str]:
    """Waves that STRICT runs with fewer accounts at a time than configured, without a warning."""
    for wave in rollout.waves:
        preferences = wave.operation_preferences
        accounts = sum(name == wave.name for name in desired.wave_by_account.values())
        configured = min(max(1, preferences.concurrency.of(accounts)), accounts)
        effective = preferences.effective_concurrency(accounts)
        strict = preferences.mode is ConcurrencyMode.STRICT
        if accounts and effective < configured and strict:
            yield (
                f"Wave {wave.name}: max_concurrent allows {configured:,} accounts at a time, but "
                f"strict failure tolerance runs {effective:,}. With concurrency_mode = "
                f'"soft", {configured:,} run, and more may fail before the operation stops.'
            )
