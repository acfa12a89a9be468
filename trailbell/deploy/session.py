"""
The session of a deployment: signed in, and in the right account.

In:    an `Environment`.
Out:   a `DeploySession`: AWS session, CloudFormation, Region, and the poller.
Never: a change.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from trailbell.aws.client import AwsSession, CallerIdentity, SessionConfig
from trailbell.aws.cloudformation import CloudFormation
from trailbell.aws.sign_in import ExpectedAccount, sign_in
from trailbell.aws.stack_status import StackStatus
from trailbell.aws.waiter import Poller
from trailbell.deploy.environment import Environment, StackOutput
from trailbell.deploy.target import StackToDeploy


@dataclass(frozen=True, kw_only=True)
class DeploySession:
    """What the functions of this package need instead of globals."""

    aws: AwsSession
    cloud: CloudFormation
    identity: CallerIdentity
    region: str
    environment: Environment
    poller: Poller = field(default_factory=Poller)

    @property
    def pseudo_parameters(self) -> Mapping[str, str]:
        """The pseudo parameters of every stack in this account and Region."""
        return {
            "AWS::AccountId": self.identity.account,
            "AWS::Partition": self.identity.arn.split(":")[1],
            "AWS::Region": self.region,
        }

    def outputs(
        self, targets: Iterable[StackToDeploy], known: Container[str] = ()
    ) -> Mapping[str, Mapping[str, str]]:
        """Read the outputs that these stacks use as parameters, by stack name in ``dist/``.

        Those of ``known`` stacks are not read. A stack that only waits for the review of its first
        change set is not deployed yet, so it is left out.
        """
        names = {
            value.stack
            for target in targets
            for value in target.options.parameters.values()
            if isinstance(value, StackOutput) and value.stack not in known
        }
        stacks = {
            name: self.cloud.stack(self.environment.settings_for(name).stack_name) for name in names
        }
        return {
            name: stack.outputs
            for name, stack in stacks.items()
            if stack is not None and stack.status is not StackStatus.REVIEW_IN_PROGRESS
        }


def open_session(environment: Environment, *, poller: Poller | None = None) -> DeploySession:
    """Sign in.

    Raises `CredentialsError`, and `PreconditionError` if the credentials are for another account
    than the environment.
    """
    config = SessionConfig(
        region=environment.region, profile=environment.profile, role=environment.assume_role
    )
    expected = ExpectedAccount(f"environment {environment.name}", environment.account)
    aws, identity = sign_in(config, expected)
    return DeploySession(
        aws=aws,
        cloud=CloudFormation(aws.service("cloudformation")),
        identity=identity,
        region=aws.region,
        environment=environment,
        poller=poller or Poller(),
    )
