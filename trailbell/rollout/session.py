"""
The sessions of a rollout: signed in to the right account, one for each StackSet.

In:    a `Rollout`.
Out:   a `RolloutSession` for each stack, the organization, and what AWS has (`read_rollout`).
Never: a change.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from trailbell.aws import organization as organizations
from trailbell.aws.client import AwsSession, CallerIdentity, SessionConfig
from trailbell.aws.organization import Organization
from trailbell.aws.regions import RegionCheck, check_regions_enabled, check_regions_exist
from trailbell.aws.sign_in import ExpectedAccount, sign_in
from trailbell.aws.stack_set import AccountRegion, StackSet
from trailbell.aws.threads import run_both, run_concurrently
from trailbell.aws.waiter import Poller
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import NotFoundError, PreconditionError
from trailbell.rollout.configuration.config import PermissionModel, Rollout, RolloutConfig
from trailbell.rollout.management.management_stacks import read_left_stacks, read_management_stacks
from trailbell.rollout.model.actual_state import ActualState
from trailbell.rollout.model.desired_state import desired_state, units_to_read
from trailbell.template.resources import section

Open = Callable[[SessionConfig], AwsSession]
_DAY = 24 * 3600.0
_MAX_OVERRIDES_READ = 100
"""Stack instances whose parameter overrides are read although the settings name none for them."""


def default_poller() -> Poller:
    """Poll every 2 to 20 seconds, for two weeks at most: rollouts take hours, or days."""
    return Poller(shortest=2.0, longest=20.0, limit=14 * _DAY)


@dataclass(frozen=True, kw_only=True)
class RolloutSession:
    """What functions that work with one StackSet need. Tests replace ``open``, which signs in."""

    rollout: RolloutConfig
    account: AwsSession
    identity: CallerIdentity
    stack_set: StackSet
    open: Open = AwsSession
    poller: Poller = field(default_factory=default_poller)

    @property
    def partition(self) -> str:
        """The partition of the caller: ``aws``, ``aws-cn`` and others."""
        return self.identity.arn.split(":")[1]

    @property
    def region(self) -> str:
        """The administration Region."""
        return self.account.region

    def of_stack(self, rollout: RolloutConfig) -> "RolloutSession":
        """The same session with the StackSet of another stack of the rollout."""
        return replace(self, rollout=rollout, stack_set=_stack_set(self.account, rollout))

    def assume_role(self, location: AccountRegion, role: str) -> AwsSession:
        """Sign in to an account, in one Region, with its role of this name."""
        arn = f"arn:{self.partition}:iam::{location.account}:role/{role}"
        return self.open(
            SessionConfig(region=location.region, profile=self.rollout.profile, role=arn)
        )


Sessions = Mapping[str, RolloutSession]
"""The session of each stack of a rollout, in deployment order."""


def shared_session(sessions: Sessions) -> RolloutSession:
    """The session for what all stacks share: that of the first one, in the whole rollout."""
    first = next(iter(sessions.values()))
    return replace(first, rollout=first.rollout.whole)


def open_sessions(
    rollout: Rollout, open_: Open = AwsSession, poller: Poller | None = None
) -> Sessions:
    """Sign in once, for all stacks. Raises as `open_session` does."""
    first = open_session(rollout.shared, open_, poller)
    return {config.stack: first.of_stack(config) for config in rollout.stack_sets}


def open_session(
    rollout: RolloutConfig, open_: Open = AwsSession, poller: Poller | None = None
) -> RolloutSession:
    """Sign in.

    Raises `CredentialsError`, and `PreconditionError` if the credentials are for another account
    than the settings name, or if a Region of the settings does not exist.
    """
    check_regions_exist(f"{rollout.origin}: regions", rollout.regions)
    config = SessionConfig(region=rollout.region, profile=rollout.profile, role=rollout.assume_role)
    expected = ExpectedAccount(f"rollout {rollout.name}", rollout.account)
    account, identity = sign_in(config, expected, open_)
    return RolloutSession(
        rollout=rollout,
        account=account,
        identity=identity,
        stack_set=_stack_set(account, rollout),
        open=open_,
        poller=poller or default_poller(),
    )


def _stack_set(account: AwsSession, rollout: RolloutConfig) -> StackSet:
    return StackSet(account.service("cloudformation"), rollout.stack_set_name, rollout.delegated)


def read_organization(session: RolloutSession) -> Organization:
    """Read the units of the rollout. A self-managed rollout needs no organization.

    Raises `PreconditionError` if the caller cannot administer service-managed StackSets, and
    `AwsError`.
    """
    rollout = session.rollout
    if rollout.permission_model is PermissionModel.SELF:
        return Organization()
    service = session.account.service("organizations")
    try:
        management_account_id = organizations.management_account_id(service)
    except NotFoundError as error:
        raise PreconditionError(
            f"account {session.identity.account}",
            f"it is not in an organization ({error.reason})",
            'Without an organization, use permission_model = "self-managed".',
        ) from error
    organizations.check_administrator(
        service, session.identity.account, management_account_id, delegated=rollout.delegated
    )
    return organizations.read_organization(
        service, units_to_read(rollout), rollout.accounts, management_account_id
    )


def read_rollout(
    sessions: Sessions, templates: Mapping[str, BuiltTemplate], *, check_overrides: bool = False
) -> tuple[Organization, Mapping[str, ActualState]]:
    """Read the organization and what AWS has of each stack, side by side.

    With ``check_overrides``, the parameter overrides of every stack instance are read.
    """
    first = shared_session(sessions)
    organization, states = run_both(
        partial(read_organization, first), partial(read_stack_sets, sessions)
    )
    organization = _read_instance_accounts(first, organization, states.values())

    def read_more(stack: str, session: RolloutSession) -> ActualState:
        template = templates[stack]
        actual = read_overrides(session, organization, states[stack], template, check_overrides)
        return _read_management_account(session, organization, actual, template)

    more = run_concurrently(partial(read_more, *each) for each in sessions.items())
    return organization, dict(zip(sessions, more, strict=True))


def read_stack_sets(sessions: Sessions) -> Mapping[str, ActualState]:
    """Read the StackSets, their stack instances and their running operations, side by side."""
    first = shared_session(sessions)
    regions = check_regions_enabled(lambda: first.account.service("account"), first.rollout.regions)
    states = run_concurrently(
        partial(_read_stack_set, session, regions) for session in sessions.values()
    )
    return dict(zip(sessions, states, strict=True))


def _read_stack_set(session: RolloutSession, regions: RegionCheck) -> ActualState:
    stack_set = session.stack_set
    definition = stack_set.definition()
    if definition is None:
        return ActualState(definition=None, regions=regions)
    known = dict.fromkeys((*session.rollout.regions, *definition.regions))
    return ActualState(
        definition=definition,
        instances=stack_set.all_instances(known if definition.regions else ()),
        running_operations=stack_set.running_operations(),
        regions=regions,
    )


def _read_instance_accounts(
    session: RolloutSession, organization: Organization, states: Iterable[ActualState]
) -> Organization:
    if session.rollout.permission_model is PermissionModel.SELF:
        return organization
    recorded: dict[str, set[str]] = {}
    for instance in (instance for actual in states for instance in actual.instances):
        units = {instance.unit} if instance.unit else set()
        recorded.setdefault(instance.location.account, set()).update(units)
    service = session.account.service("organizations")
    return organizations.read_instance_accounts(service, organization, recorded)


def _read_management_account(
    session: RolloutSession,
    organization: Organization,
    actual: ActualState,
    template: BuiltTemplate,
) -> ActualState:
    """Read the stacks in the management account, and those there that the settings left.

    If the settings exclude it, its credentials are at hand only for the management account itself.
    """
    rollout, account = session.rollout, organization.management
    if not (rollout.include_management_account or session.identity.account == account):
        return actual
    definition = actual.definition
    known = dict.fromkeys(
        (
            *rollout.regions,
            *(definition.regions if definition else ()),
            *(instance.location.region for instance in actual.instances),
        )
    )
    return replace(
        actual,
        management_stacks=read_management_stacks(rollout, session.open, account, template),
        left_stacks=read_left_stacks(rollout, session.open, account, known),
    )


def read_overrides(
    session: RolloutSession,
    organization: Organization,
    actual: ActualState,
    template: BuiltTemplate,
    check_overrides: bool,  # noqa: FBT001 - the option of that name
) -> ActualState:
    """Read parameter overrides: of the accounts that the settings name, and of a few others.

    ListStackInstances does not return overrides, so each stack instance takes a call. The others
    are read if they are few, or with ``check_overrides``; else they are counted.
    """
    rollout, definition = session.rollout, actual.definition
    declared = section(template.document, "Parameters")
    if definition is None or not (definition.parameters or declared):
        return actual
    accounts = desired_state(rollout, organization).wave_by_account
    wanted = [
        instance.location
        for instance in actual.instances
        if instance.location.account in accounts
        and instance.location.region in rollout.regions
        and instance.status != "INOPERABLE"
    ]
    named = [each for each in wanted if each.account in rollout.parameter_overrides]
    others = [each for each in wanted if each.account not in rollout.parameter_overrides]
    unread = 0
    if len(others) > _MAX_OVERRIDES_READ and not check_overrides:
        unread, others = len(others), []
    read = run_concurrently(
        partial(_read_instance_overrides, session.stack_set, each) for each in (*named, *others)
    )
    overrides = {location: values for location, values in read if values is not None}
    return replace(actual, parameter_overrides=overrides, unread_overrides=unread)


def _read_instance_overrides(
    stack_set: StackSet, location: AccountRegion
) -> tuple[AccountRegion, Mapping[str, str] | None]:
    """The overrides of a stack instance; None if it was deleted after the list was read."""
    try:
        return location, stack_set.overrides(location)
    except NotFoundError:
        return location, None
