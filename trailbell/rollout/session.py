"""
Where all work on a rollout begins: signed in, in the right account, with the set at hand.

In:    a `RolloutConfig`.
Out:   an `RolloutSession`: accounts, the set, how fast to look, and what AWS says there is
       (`read_actual_state`).
Never: a change.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from trailbell.aws import organization
from trailbell.aws.client import AwsSession, CallerIdentity, SessionConfig
from trailbell.aws.organization import Organization
from trailbell.aws.stack_set import AccountRegion, StackSet
from trailbell.aws.waiter import Poller
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import NotFoundError, PreconditionError
from trailbell.rollout import management_account
from trailbell.rollout.config import PermissionModel, RolloutConfig
from trailbell.rollout.desired_state import units
from trailbell.rollout.planner import ActualState

Open = Callable[[SessionConfig], AwsSession]
_DAYS = 24 * 3600.0


def default_poller() -> Poller:
    """Rollouts take hours, or days: look every 2 to 20 seconds, for two weeks at most."""
    return Poller(shortest=2.0, longest=20.0, limit=14 * _DAYS)


@dataclass(frozen=True, kw_only=True)
class RolloutSession:
    """What the functions of this package are handed instead of globals.

    ``open`` signs in; tests hand in another. ``partition`` is ``aws``, ``aws-cn`` ...
    """

    rollout: RolloutConfig
    account: AwsSession
    identity: CallerIdentity
    set: StackSet
    open: Open = AwsSession
    pace: Poller = field(default_factory=default_poller)

    @property
    def partition(self) -> str:
        """The partition of the caller."""
        return self.identity.arn.split(":")[1]

    def member(self, pair: AccountRegion, role: str) -> AwsSession:
        """An account of the organization, through a role of that name in it."""
        arn = f"arn:{self.partition}:iam::{pair.account}:role/{role}"
        return self.open(SessionConfig(region=pair.region, profile=self.rollout.profile, role=arn))


def open_session(
    rollout: RolloutConfig, open_: Open = AwsSession, pace: Poller | None = None
) -> RolloutSession:
    """Sign in. Raises `CredentialsError`, and `PreconditionError` in another account than was
    settled.
    """
    login = SessionConfig(region=rollout.region, profile=rollout.profile, role=rollout.role)
    account = open_(login)
    identity = account.identity()
    if rollout.account and identity.account != rollout.account:
        raise PreconditionError(
            f"rollout {rollout.name}",
            f"it belongs to account {rollout.account}, and you are in {identity.account}",
            f"sign in to {rollout.account}, or mend account in trailbell.toml",
        )
    return RolloutSession(
        rollout=rollout,
        account=account,
        identity=identity,
        set=StackSet(account.service("cloudformation"), rollout.stack_set_name, rollout.delegated),
        open=open_,
        pace=pace or default_poller(),
    )


def read_organization(desk: RolloutSession) -> Organization:
    """The organization as far as the rollout goes. A self-managed one needs none.

    Raises `PreconditionError` where the caller cannot administer service-managed sets, and
    `AwsError`.
    """
    rollout = desk.rollout
    if rollout.permission_model is PermissionModel.SELF:
        return Organization()
    service = desk.account.service("organizations")
    try:
        manager = organization.management_account_id(service)
    except NotFoundError as error:
        raise PreconditionError(
            f"account {desk.identity.account}",
            f"it is in no organization ({error.reason})",
            'without one, use permissions = "self-managed"',
        ) from error
    organization.check_administrator(
        service, desk.identity.account, manager, delegated=rollout.delegated
    )
    return organization.read_organization(service, units(rollout), rollout.accounts, manager)


def read_actual_state(
    desk: RolloutSession, found: Organization, source: BuiltTemplate, *, deep: bool = False
) -> ActualState:
    """What there is: the set, all its instances, and the parameters of accounts that override.

    Lists do not show overrides, so each pair of an account with overrides is asked about by
    itself; with ``deep`` every pair is.
    """
    has = desk.set.definition()
    instances = () if has is None else tuple(desk.set.instances())
    accounts = frozenset(desk.rollout.parameter_overrides)
    regions = frozenset(desk.rollout.regions)
    asked = [
        each.location
        for each in instances
        if deep or (each.location.account in accounts and each.location.region in regions)
    ]
    return ActualState(
        definition=has,
        instances=instances,
        overrides=dict(_overrides(desk.set, asked)),
        plain=management_account.read_stacks(desk.rollout, desk.open, found.management, source),
        under_way=() if has is None else desk.set.running_operations(),
    )


def _overrides(
    stack_set: StackSet, pairs: Iterable[AccountRegion]
) -> Iterable[tuple[AccountRegion, dict[str, str]]]:
    for pair in pairs:
        try:
            yield pair, dict(stack_set.overrides(pair))
        except NotFoundError:  # it went between the list and now
            continue
