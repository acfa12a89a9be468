"""
Where all work on a rollout begins: signed in, in the right account, with the set at hand.

In:    a `Rollout`.
Out:   an `Office`: accounts, the set, how fast to look, and what AWS says there is (`actual`).
Never: a change.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from trailbell.aws import organization
from trailbell.aws.client import Account, Identity, Login
from trailbell.aws.organization import Organization
from trailbell.aws.stack_set import Pair, StackSet
from trailbell.aws.waiter import Pace
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import NotFoundError, PreconditionError
from trailbell.rollout import management_account
from trailbell.rollout.config import Model, Rollout
from trailbell.rollout.desired_state import units
from trailbell.rollout.planner import Actual

Open = Callable[[Login], Account]
_DAYS = 24 * 3600.0


def patient() -> Pace:
    """Rollouts take hours, or days: look every 2 to 20 seconds, for two weeks at most."""
    return Pace(shortest=2.0, longest=20.0, limit=14 * _DAYS)


@dataclass(frozen=True, kw_only=True)
class Office:
    """What the functions of this package are handed instead of globals.

    ``open`` signs in; tests hand in another. ``partition`` is ``aws``, ``aws-cn`` ...
    """

    rollout: Rollout
    account: Account
    identity: Identity
    set: StackSet
    open: Open = Account
    pace: Pace = field(default_factory=patient)

    @property
    def partition(self) -> str:
        """The partition of the caller."""
        return self.identity.arn.split(":")[1]

    def member(self, pair: Pair, role: str) -> Account:
        """An account of the organization, through a role of that name in it."""
        arn = f"arn:{self.partition}:iam::{pair.account}:role/{role}"
        return self.open(Login(region=pair.region, profile=self.rollout.profile, role=arn))


def office(rollout: Rollout, open_: Open = Account, pace: Pace | None = None) -> Office:
    """Sign in. Raises `CredentialsError`, and `PreconditionError` in another account than was
    settled.
    """
    login = Login(region=rollout.region, profile=rollout.profile, role=rollout.role)
    account = open_(login)
    identity = account.identity()
    if rollout.account and identity.account != rollout.account:
        raise PreconditionError(
            f"rollout {rollout.name}",
            f"it belongs to account {rollout.account}, and you are in {identity.account}",
            f"sign in to {rollout.account}, or mend account in trailbell.toml",
        )
    return Office(
        rollout=rollout,
        account=account,
        identity=identity,
        set=StackSet(account.service("cloudformation"), rollout.set_name, rollout.delegated),
        open=open_,
        pace=pace or patient(),
    )


def read_organization(desk: Office) -> Organization:
    """The organization as far as the rollout goes. A self-managed one needs none.

    Raises `PreconditionError` where the caller cannot administer service-managed sets, and
    `AwsError`.
    """
    rollout = desk.rollout
    if rollout.model is Model.SELF:
        return Organization()
    service = desk.account.service("organizations")
    try:
        manager = organization.management(service)
    except NotFoundError as error:
        raise PreconditionError(
            f"account {desk.identity.account}",
            f"it is in no organization ({error.reason})",
            'without one, use permissions = "self-managed"',
        ) from error
    organization.may_administer(
        service, desk.identity.account, manager, delegated=rollout.delegated
    )
    return organization.read(service, units(rollout), rollout.accounts, manager)


def actual(
    desk: Office, found: Organization, source: BuiltTemplate, *, deep: bool = False
) -> Actual:
    """What there is: the set, all its instances, and the parameters of accounts that override.

    Lists do not show overrides, so each pair of an account with overrides is asked about by
    itself; with ``deep`` every pair is.
    """
    has = desk.set.definition()
    instances = () if has is None else tuple(desk.set.instances())
    accounts = frozenset(desk.rollout.overrides)
    regions = frozenset(desk.rollout.regions)
    asked = [
        each.pair
        for each in instances
        if deep or (each.pair.account in accounts and each.pair.region in regions)
    ]
    return Actual(
        definition=has,
        instances=instances,
        overrides=dict(_overrides(desk.set, asked)),
        plain=management_account.read(desk.rollout, desk.open, found.management, source),
        under_way=() if has is None else desk.set.under_way(),
    )


def _overrides(stack_set: StackSet, pairs: Iterable[Pair]) -> Iterable[tuple[Pair, dict[str, str]]]:
    for pair in pairs:
        try:
            yield pair, dict(stack_set.overrides(pair))
        except NotFoundError:  # it went between the list and now
            continue
