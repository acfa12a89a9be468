"""
What is wanted, beside what there is.

In:    settings, organization, and `ActualState`: what AWS answered.
Out:   a `DeployPlan`.
Never: Regions compared with Regions and accounts with accounts. A new account in an old Region
       is a pair like any other: https://github.com/aws-cloudformation/rain/issues/586
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
from trailbell.rollout import stack_set_definition as definitions
from trailbell.rollout.config import OnRemoval, RolloutConfig
from trailbell.rollout.desired_state import DesiredState, desired_state
from trailbell.rollout.operation_preferences import ConcurrencyMode
from trailbell.rollout.plan import InstanceAction, Plain, PlannedInstance, RolloutPlan
from trailbell.rollout.plan_operations import REMOVALS, PlanInput, plan_stages
from trailbell.rollout.stack_set_definition import DefinitionChanges
from trailbell.template.resources import properties, resources

_LEFT_BEHIND = ("FAILED", "CANCELLED", "SKIPPED_SUSPENDED_ACCOUNT")
_MANY = 50
_MOST = 100_000


@dataclass(frozen=True, kw_only=True)
class ActualState:
    """What AWS says. ``overrides`` hold the pairs that were asked about, no others."""

    definition: StackSetDefinition | None
    instances: tuple[StackInstance, ...] = ()
    overrides: Mapping[AccountRegion, Mapping[str, str]] = field(default_factory=dict)
    plain: tuple[Plain, ...] = ()
    under_way: tuple[StackSetOperation, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RolloutOptions:
    """``resume``: only what failed, is outdated or never began, with the set's own template.

    ``release``: take INOPERABLE instances out of the set, and leave their stacks standing.
    """

    resume: bool = False
    release: bool = False


def plan_rollout(
    rollout: RolloutConfig,
    source: BuiltTemplate,
    organization: Organization,
    actual: ActualState,
    *,
    account: str,
    wishes: RolloutOptions | None = None,
) -> RolloutPlan:
    """The plan. Raises `SettingsError` and `PreconditionError`."""
    asked = wishes or RolloutOptions()
    goal = desired_state(rollout, organization)
    _check_quota(rollout, goal)
    found = _differences(rollout, source, actual.definition, asked)
    shown = DefinitionChanges() if asked.resume else found
    cells = tuple(_cells(rollout, goal, actual, shown, asked))
    work = PlanInput(
        rollout=rollout,
        desired_state=goal,
        cells=cells,
        instances={each.location: each for each in actual.instances},
        overrides=actual.overrides,
        plain=actual.plain,
        exists=actual.definition is not None,
        known=frozenset(actual.definition.parameters if actual.definition else ()),
        changed=shown.touches_stacks,
        settings=bool(shown.settings),
        release=asked.release,
    )
    return RolloutPlan(
        rollout=rollout,
        account=account,
        sha256=source.sha256,
        definition=actual.definition,
        template=shown.template,
        values=(*shown.stacks, *shown.settings),
        cells=cells,
        stages=plan_stages(work),
        remarks=(
            *_remarks(rollout, goal, cells, actual, found, asked),
            *_collisions(rollout, source),
        ),
        running_operations=actual.under_way,
        names={id_: m.name for id_, m in organization.members.items() if m.name},
    )


def _check_quota(rollout: RolloutConfig, goal: DesiredState) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""
    pairs = len(goal.waves) * len(rollout.regions)
    if pairs > _MOST:
        raise PreconditionError(
            f"rollout {rollout.name}",
            f"{len(goal.waves):,} accounts x {len(rollout.regions)} Regions are {pairs:,} stacks, "
            f"and a set takes {_MOST:,}",
            "make two rollouts of it, each with a set of its own",
        )


def _differences(
    rollout: RolloutConfig,
    source: BuiltTemplate,
    has: StackSetDefinition | None,
    asked: RolloutOptions,
) -> DefinitionChanges:
    if has is not None:
        return definitions.definition_changes(rollout, source, has)
    if asked.resume:
        raise PreconditionError(
            f"set {rollout.stack_set_name}",
            "it does not exist, so nothing was begun that could be resumed",
            f"python build.py rollout apply {rollout.name}",
        )
    return DefinitionChanges()


def _cells(
    rollout: RolloutConfig,
    goal: DesiredState,
    actual: ActualState,
    found: DefinitionChanges,
    asked: RolloutOptions,
) -> Iterator[PlannedInstance]:
    """Every pair: wanted ones by account and Region, then those that are there and not wanted."""
    left = {instance.location: instance for instance in actual.instances}
    changed = found.touches_stacks
    for account, wave in goal.waves.items():
        given = rollout.parameter_overrides.get(account)
        for region in rollout.regions:
            pair = AccountRegion(account, region)
            instance = left.pop(pair, None)
            kind, why = (
                (InstanceAction.CREATE, "")
                if instance is None
                else _kind(instance, changed=changed)
            )
            if kind is InstanceAction.UNCHANGED and not asked.resume:
                has = actual.overrides.get(pair)
                if has is not None and dict(has) != dict(given or {}):
                    kind, why = InstanceAction.UPDATE, "parameters of this account"
            yield PlannedInstance(pair, kind, wave, why)
    for account, state in goal.suspended.items():
        for region in rollout.regions:
            left.pop(AccountRegion(account, region), None)
            yield PlannedInstance(
                AccountRegion(account, region), InstanceAction.SUSPENDED, "", state
            )
    for plain in actual.plain:
        kind = (
            InstanceAction.UNCHANGED
            if asked.resume and plain.kind is InstanceAction.UPDATE
            else plain.kind
        )
        wave = goal.plain[plain.account]
        yield PlannedInstance(
            AccountRegion(plain.account, plain.region), kind, wave, plain.why, plain=True
        )
    for pair in sorted(left):
        yield _unwanted(rollout, left[pair], asked)


def _kind(instance: StackInstance, *, changed: bool) -> tuple[InstanceAction, str]:
    """What becomes of an instance that is wanted, and why.

    PENDING without an operation is what a partial update leaves behind.
    https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1751
    """
    if instance.status == "INOPERABLE":
        return InstanceAction.INOPERABLE, instance.reason or instance.detailed_status
    if instance.status == "OUTDATED" or instance.detailed_status in _LEFT_BEHIND:
        said = ": ".join(part for part in (instance.detailed_status, instance.reason) if part)
        return InstanceAction.OUTDATED, said
    return (InstanceAction.UPDATE if changed else InstanceAction.UNCHANGED), ""


def _unwanted(
    rollout: RolloutConfig, instance: StackInstance, asked: RolloutOptions
) -> PlannedInstance:
    inoperable = instance.status == "INOPERABLE"
    if rollout.on_removal is OnRemoval.LEAVE or asked.resume:
        return PlannedInstance(
            instance.location, InstanceAction.INOPERABLE if inoperable else InstanceAction.LEFT, ""
        )
    why = "inoperable: leaves the set, its stack stays" if inoperable else ""
    return PlannedInstance(instance.location, InstanceAction.DELETE, REMOVALS, why)


def _remarks(
    rollout: RolloutConfig,
    goal: DesiredState,
    cells: Iterable[PlannedInstance],
    actual: ActualState,
    found: DefinitionChanges,
    asked: RolloutOptions,
) -> Iterator[str]:
    for operation in actual.under_way:
        yield (
            f"{operation.action} {operation.id} is {operation.status}: what is shown may be older "
            "than it is; apply waits for it first"
        )
    if goal.suspended:
        named = [f"{account} ({state})" for account, state in goal.suspended.items()]
        more = f" and {len(named) - _MANY:,} more" if len(named) > _MANY else ""
        yield f"not active, so nothing is done there: {', '.join(named[:_MANY])}{more}"
    if asked.resume and (found.touches_stacks or found.settings):
        yield (
            "dist/ or trailbell.toml differ from the set; resume finishes what AWS has, and "
            f"python build.py rollout apply {rollout.name} brings the difference"
        )
    stuck = sum(cell.kind is InstanceAction.INOPERABLE for cell in cells)
    if stuck and not asked.release:
        yield (
            f"{stuck:,} inoperable: StackSets leaves them out of every update. apply "
            "--release-inoperable takes them out of the set; then delete their stacks by hand"
        )
    yield from _concurrency_notices(rollout, goal)


# Names of these are of the whole account; CloudFormation makes one where none is given.
_OF_THE_ACCOUNT = {
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
}


def _collisions(rollout: RolloutConfig, source: BuiltTemplate) -> Iterator[str]:
    """A fixed name that is of the whole account can stand in one Region only."""
    if len(rollout.regions) == 1:
        return
    for logical_id, resource in resources(source.document).items():
        name = properties(resource).get(_OF_THE_ACCOUNT.get(str(resource.get("Type")), ""))
        if isinstance(name, str):
            yield (
                f"{logical_id} is called {name} in every Region, and an account has one of that "
                "name: only the first Region will succeed"
            )


def _concurrency_notices(rollout: RolloutConfig, goal: DesiredState) -> Iterator[str]:
    """STRICT with a small tolerance silently runs slower than it was told to."""
    for wave in rollout.waves:
        accounts = sum(each == wave.name for each in goal.waves.values())
        asked = min(max(1, wave.operation_preferences.concurrency.of(accounts)), accounts)
        real = wave.operation_preferences.effective_concurrency(accounts)
        if accounts and real < asked and wave.operation_preferences.mode is ConcurrencyMode.STRICT:
            yield (
                f"wave {wave.name}: {asked:,} accounts at a time were asked for, but strict "
                f'failure tolerance runs {real:,}; concurrency_mode = "soft" runs {asked:,}, '
                "and more may fail before it stops"
            )
