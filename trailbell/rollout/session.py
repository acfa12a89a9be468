"""
The session of a rollout: signed in to the right account, with its StackSet.

In:    a `RolloutConfig`.
Out:   a `RolloutSession`, the organization (`read_organization`), and what AWS has
       (`read_actual_state`).
Never: a change.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from trailbell.aws import organization as organizations
from trailbell.aws.client import AwsSession, CallerIdentity, SessionConfig
from trailbell.aws.organization import Organization
from trailbell.aws.sign_in import ExpectedAccount, sign_in
from trailbell.aws.stack_set import AccountRegion, StackSet
from trailbell.aws.waiter import Poller
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import NotFoundError, PreconditionError
from trailbell.rollout import management_account
from trailbell.rollout.config import PermissionModel, RolloutConfig
from trailbell.rollout.desired_state import units_to_read
from trailbell.rollout.planner import ActualState

Open = Callable[[SessionConfig], AwsSession]
_DAY = 24 * 3600.0


def default_poller() -> Poller:
    """Poll every 2 to 20 seconds, for two weeks at most: rollouts take hours, or days."""
    return Poller(shortest=2.0, longest=20.0, limit=14 * _DAY)


@dataclass(frozen=True, kw_only=True)
class RolloutSession:
    """What the functions of this package work with. Tests replace ``open``, which signs in."""

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

    def assume_role(self, location: AccountRegion, role: str) -> AwsSession:
        """Sign in to an account, in one Region, with its role of this name."""
        arn = f"arn:{self.partition}:iam::{location.account}:role/{role}"
        return self.open(
            SessionConfig(region=location.region, profile=self.rollout.profile, role=arn)
        )


def open_session(
    rollout: RolloutConfig, open_: Open = AwsSession, poller: Poller | None = None
) -> RolloutSession:
    """Sign in.

    Raises `CredentialsError`, and `PreconditionError` if the credentials are for another account
    than the settings name.
    """
    config = SessionConfig(region=rollout.region, profile=rollout.profile, role=rollout.assume_role)
    expected = ExpectedAccount(f"rollout {rollout.name}", rollout.account)
    account, identity = sign_in(config, expected, open_)
    return RolloutSession(
        rollout=rollout,
        account=account,
        identity=identity,
        stack_set=StackSet(
            account.service("cloudformation"), rollout.stack_set_name, rollout.delegated
        ),
        open=open_,
        poller=poller or default_poller(),
    )


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


def read_actual_state(
    session: RolloutSession,
    organization: Organization,
    template: BuiltTemplate,
    *,
    check_overrides: bool = False,
) -> ActualState:
    """Read the StackSet, its stack instances, and the parameter overrides of some of them.

    ListStackInstances does not return overrides. They are read one by one: of the accounts that
    have overrides in the settings, or of all accounts with ``check_overrides``.
    """
    rollout, stack_set = session.rollout, session.stack_set
    definition = stack_set.definition()
    instances = () if definition is None else tuple(stack_set.instances())
    accounts = frozenset(rollout.parameter_overrides)
    regions = frozenset(rollout.regions)
    locations = [
        instance.location
        for instance in instances
        if check_overrides
        or (instance.location.account in accounts and instance.location.region in regions)
    ]
    return ActualState(
        definition=definition,
        instances=instances,
        parameter_overrides=dict(_read_overrides(stack_set, locations)),
        management_stacks=management_account.read_stacks(
            rollout, session.open, organization.management, template
        ),
        running_operations=() if definition is None else stack_set.running_operations(),
    )


def _read_overrides(
    stack_set: StackSet, locations: Iterable[AccountRegion]
) -> Iterable[tuple[AccountRegion, dict[str, str]]]:
    for location in locations:
        try:
            yield location, dict(stack_set.overrides(location))
        except NotFoundError:  # it was deleted after the list was read
            continue
