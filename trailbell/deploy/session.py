"""
Where all work on an account begins: signed in, and in the right account.

In:    an `Environment`.
Out:   a `DeploySession`: account, CloudFormation, Region, and how fast to look.
Never: a change.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from trailbell.aws.client import AwsSession, CallerIdentity, RateLimiter, SessionConfig
from trailbell.aws.cloudformation import CloudFormation
from trailbell.aws.waiter import Poller
from trailbell.deploy.environment import Environment, StackOutput
from trailbell.deploy.target import StackToDeploy
from trailbell.errors import PreconditionError


@dataclass(frozen=True, kw_only=True)
class DeploySession:
    """What the functions of this package are handed instead of globals."""

    account: AwsSession
    cloud: CloudFormation
    identity: CallerIdentity
    region: str
    environment: Environment
    pace: Poller = field(default_factory=Poller)

    def outputs(self, targets: Iterable[StackToDeploy]) -> Mapping[str, Mapping[str, str]]:
        """The outputs that these stacks take parameters from, by name in ``dist/``."""
        wanted = {
            given.stack
            for target in targets
            for given in target.options.parameters.values()
            if isinstance(given, StackOutput)
        }
        stacks = {
            name: self.cloud.stack(self.environment.settings_for(name).stack_name)
            for name in wanted
        }
        return {name: stack.outputs for name, stack in stacks.items() if stack is not None}


def open_session(
    environment: Environment, *, pace: Poller | None = None, rate: RateLimiter | None = None
) -> DeploySession:
    """Sign in. Raises `CredentialsError`, and `PreconditionError` in another account than was
    settled.
    """
    login = SessionConfig(
        region=environment.region, profile=environment.profile, role=environment.role
    )
    account = AwsSession(login, rate)
    identity = account.identity()
    if environment.account and identity.account != environment.account:
        raise PreconditionError(
            f"environment {environment.name}",
            f"it belongs to account {environment.account}, and you are in {identity.account}",
            f"sign in to {environment.account}, or mend account in trailbell.toml",
        )
    return DeploySession(
        account=account,
        cloud=CloudFormation(account.service("cloudformation")),
        identity=identity,
        region=account.region,
        environment=environment,
        pace=pace or Poller(),
    )
