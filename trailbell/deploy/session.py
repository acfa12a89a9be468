"""
Where all work on an account begins: signed in, and in the right account.

In:    an `Environment`.
Out:   a `Desk`: account, CloudFormation, Region, and how fast to look.
Never: a change.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from trailbell.aws.client import Account, Identity, Login, Rate
from trailbell.aws.cloudformation import CloudFormation
from trailbell.aws.waiter import Pace
from trailbell.deploy.environment import Environment, FromOutput
from trailbell.deploy.target import Target
from trailbell.errors import PreconditionError


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What the functions of this package are handed instead of globals."""

    account: Account
    cloud: CloudFormation
    identity: Identity
    region: str
    environment: Environment
    pace: Pace = field(default_factory=Pace)

    def outputs(self, targets: Iterable[Target]) -> Mapping[str, Mapping[str, str]]:
        """The outputs that these stacks take parameters from, by name in ``dist/``."""
        wanted = {
            given.stack
            for target in targets
            for given in target.options.parameters.values()
            if isinstance(given, FromOutput)
        }
        stacks = {name: self.cloud.stack(self.environment.of(name).stack_name) for name in wanted}
        return {name: stack.outputs for name, stack in stacks.items() if stack is not None}


def desk(environment: Environment, *, pace: Pace | None = None, rate: Rate | None = None) -> Desk:
    """Sign in. Raises `CredentialsError`, and `PreconditionError` in another account than was
    settled.
    """
    login = Login(region=environment.region, profile=environment.profile, role=environment.role)
    account = Account(login, rate)
    identity = account.identity()
    if environment.account and identity.account != environment.account:
        raise PreconditionError(
            f"environment {environment.name}",
            f"it belongs to account {environment.account}, and you are in {identity.account}",
            f"sign in to {environment.account}, or mend account in trailbell.toml",
        )
    return Desk(
        account=account,
        cloud=CloudFormation(account.service("cloudformation")),
        identity=identity,
        region=account.region,
        environment=environment,
        pace=pace or Pace(),
    )
