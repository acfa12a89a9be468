"""
The management account: a plain stack, in the same run.

In:    a rollout with ``management_account = true``.
Out:   a `Plain` for each Region; and, applied, what `trailbell.deploy` says became of it.
Never: a second way to deploy a stack. Change set, states, causes are those of single stacks.

Service-managed sets skip the management account:
https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1705
"""

from collections.abc import Callable
from dataclasses import dataclass

from trailbell.aws.client import AwsSession, SessionConfig
from trailbell.aws.cloudformation import CloudFormation, Event, Stack
from trailbell.aws.stack_status import SUCCEEDED, StackStatus
from trailbell.aws.waiter import Poller
from trailbell.deploy import apply, parameters
from trailbell.deploy.change_set import DeployOptions
from trailbell.deploy.environment import Environment, StackSettings
from trailbell.deploy.execute import StackResult
from trailbell.deploy.session import DeploySession
from trailbell.deploy.target import StackToDeploy
from trailbell.diff.model import DeployPlan
from trailbell.dist.built_templates import BuiltTemplate, parse_document
from trailbell.errors import ContentError, PreconditionError
from trailbell.rollout.config import RolloutConfig
from trailbell.rollout.plan import InstanceAction, Plain
from trailbell.rollout.stack_set_definition import defaults
from trailbell.template.resources import secret_parameters


@dataclass(frozen=True)
class NonInteractiveUi:
    """The voice of a deployment inside a rollout: the plan was shown and confirmed before."""

    tell: Callable[[str], None]

    def info(self, text: str) -> None:
        """A sentence."""
        self.tell(text)

    def show_event(self, stack: str, event: Event) -> None:
        """What fails is told; what goes well need not be."""
        if event.failed:
            self.tell(f"{stack}: {event.logical_id} {event.status} {event.reason}")

    def show_plan(self, plan: DeployPlan) -> None:
        """Shown already, by the rollout."""

    def confirm(self) -> bool:
        """The rollout was confirmed as a whole."""
        return True

    def confirm_name(self, name: str, why: str) -> bool:  # noqa: ARG002 - the protocol's signature
        """Nothing is deleted here by name."""
        return False


def open_session(
    rollout: RolloutConfig,
    open_: Callable[[SessionConfig], AwsSession],
    manager: str,
    region: str,
    pace: Poller,
) -> DeploySession:
    """The management account in one Region. Raises `PreconditionError` if that is not
    where we are.
    """
    role = rollout.management_role or rollout.role
    account = open_(SessionConfig(region=region, profile=rollout.profile, role=role))
    identity = account.identity()
    if identity.account != manager:
        raise PreconditionError(
            f"rollout {rollout.name}",
            f"management_account = true, but you are in {identity.account}, not in {manager}",
            f'name a role there: management_role = "arn:aws:iam::{manager}:role/NAME"',
        )
    given = {**rollout.parameters, **rollout.parameter_overrides.get(manager, {})}
    options = StackSettings(
        stack_name=rollout.stack_set_name,
        parameters=given,
        tags=rollout.tags,
        template_bucket=rollout.template_bucket,
        defined_in=rollout.origin,
    )
    return DeploySession(
        account=account,
        cloud=CloudFormation(account.service("cloudformation")),
        identity=identity,
        region=region,
        environment=Environment(name=rollout.name, account=manager, region=region, options=options),
        pace=pace,
    )


def read_stacks(
    rollout: RolloutConfig,
    open_: Callable[[SessionConfig], AwsSession],
    manager: str,
    source: BuiltTemplate,
) -> tuple[Plain, ...]:
    """How the stacks of the management account stand; none if the rollout leaves it out."""
    if not rollout.management:
        return ()
    found = []
    for region in rollout.regions:
        here = open_session(rollout, open_, manager, region, Poller())
        stack = here.cloud.stack(rollout.stack_set_name)
        kind, why = _kind(here, stack, source)
        found.append(Plain(account=manager, region=region, kind=kind, why=why))
    return tuple(found)


def _kind(
    here: DeploySession, stack: Stack | None, source: BuiltTemplate
) -> tuple[InstanceAction, str]:
    if stack is None or stack.status is StackStatus.DELETE_COMPLETE:
        return InstanceAction.CREATE, ""
    if stack.status not in SUCCEEDED:
        return InstanceAction.OUTDATED, stack.status.value
    body = here.cloud.template(stack.id)
    try:
        now = parse_document(body, stack.name) if isinstance(body, str) else body
    except ContentError:
        now = None
    if now != source.document:
        return InstanceAction.UPDATE, "template"
    options = here.environment.options
    secret = secret_parameters(source.document)
    wanted = defaults(source.document) | {k: str(v) for k, v in options.parameters.items()}
    has = defaults(source.document) | dict(stack.parameters)
    if any(has.get(name) != value for name, value in wanted.items() if name not in secret):
        return InstanceAction.UPDATE, "parameters"
    if dict(stack.tags) != dict(options.tags):
        return InstanceAction.UPDATE, "tags"
    return InstanceAction.UNCHANGED, ""


def deploy(here: DeploySession, source: BuiltTemplate, tell: Callable[[str], None]) -> StackResult:
    """Deploy one of them, by change set, and follow it. Raises `AwsError`,
    `DeploymentInterruptedError`.
    """
    options = here.environment.settings_for(source.stack)
    parameters.validate_parameters(options.parameters, source.document, (), options.defined_in)
    target = StackToDeploy(source=source, options=options)
    waits: dict[str, frozenset[str]] = {source.stack: frozenset()}
    (result,) = apply.apply(
        here, (target,), waits, DeployOptions(), frozenset(), NonInteractiveUi(tell)
    )
    return result
