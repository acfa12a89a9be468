"""
Stacks in the management account, deployed as part of a rollout.

In:    a rollout with ``include_management_account = true``.
Out:   a session in the management account, and the `StackResult` of deploying a stack there.
Never: a second way to deploy a stack. `trailbell.deploy` does it, with change sets, and finds the
       root cause of failures.

Service-managed StackSets skip the management account:
https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1705
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from trailbell.aws.client import AwsSession, SessionConfig
from trailbell.aws.cloudformation import CloudFormation, Event
from trailbell.aws.sign_in import ExpectedAccount, sign_in
from trailbell.aws.waiter import Poller
from trailbell.deploy import apply
from trailbell.deploy.change_set import DeployOptions
from trailbell.deploy.environment import Environment, StackSettings
from trailbell.deploy.result import StackResult
from trailbell.deploy.session import DeploySession
from trailbell.deploy.target import StackToDeploy
from trailbell.diff.model import DeployPlan
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.rollout.configuration.config import RolloutConfig
from trailbell.rollout.configuration.parameters import pushed_secrets, stack_set_parameters


@dataclass(frozen=True)
class NonInteractiveUi:
    """The user interface of a deployment within a rollout, whose plan is already confirmed.

    ``show`` shows one line.
    """

    show: Callable[[str], None]

    def info(self, text: str) -> None:
        """Show a sentence."""
        self.show(text)

    def show_event(self, stack: str, event: Event) -> None:
        """Show an event if it is a failure."""
        if event.failed:
            self.show(f"{stack}: {event.logical_id} {event.status} {event.reason}")

    def show_plan(self, plan: DeployPlan) -> None:
        """Show nothing: the plan of the rollout was shown."""

    def confirm(self, question: str) -> bool:  # noqa: ARG002 - the protocol's signature
        """Confirm: the rollout was confirmed as a whole."""
        return True

    def confirm_name(self, name: str, reason: str) -> bool:  # noqa: ARG002 - the protocol's signature
        """Reject every deletion."""
        return False


def open_session(
    rollout: RolloutConfig,
    open_: Callable[[SessionConfig], AwsSession],
    management_account_id: str,
    region: str,
    poller: Poller,
) -> DeploySession:
    """Sign in to the management account, in one Region.

    Raises `PreconditionError` if the credentials are for another account.
    """
    role = rollout.management_deploy_role or rollout.assume_role
    expected = ExpectedAccount(
        f"stack {rollout.stack_set_name} in the management account",
        management_account_id,
        "Give a role in that account: "
        f'management_deploy_role = "arn:aws:iam::{management_account_id}:role/NAME".',
    )
    config = SessionConfig(region=region, profile=rollout.profile, role=role)
    account, identity = sign_in(config, expected, open_)
    settings = StackSettings(
        stack_name=rollout.stack_set_name,
        tags=rollout.tags,
        template_bucket=rollout.template_bucket,
        push_secrets=pushed_secrets(rollout, management_account_id),
        defined_in=rollout.origin,
    )
    return DeploySession(
        aws=account,
        cloud=CloudFormation(account.service("cloudformation")),
        identity=identity,
        region=region,
        environment=Environment(
            name=rollout.name, account=management_account_id, region=region, options=settings
        ),
        poller=poller,
    )


def stack_parameters(
    rollout: RolloutConfig, template: BuiltTemplate, account: str
) -> dict[str, str]:
    """All parameters of the stack, by the rule of the StackSet: settings, else defaults."""
    overrides = rollout.parameter_overrides.get(account, {})
    return stack_set_parameters(rollout, template.document) | dict(overrides)


def deploy(
    session: DeploySession,
    rollout: RolloutConfig,
    template: BuiltTemplate,
    show: Callable[[str], None],
) -> StackResult:
    """Deploy one of the stacks with a change set, and follow it.

    Raises `AwsError` and `DeploymentInterruptedError`.
    """
    values = stack_parameters(rollout, template, session.identity.account)
    settings = replace(session.environment.options, parameters=values)
    target = StackToDeploy(source=template, options=settings)
    dependencies: dict[str, frozenset[str]] = {template.stack: frozenset()}
    (result,) = apply.apply(
        session, (target,), dependencies, DeployOptions(), frozenset(), NonInteractiveUi(show)
    )
    return result
