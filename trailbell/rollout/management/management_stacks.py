"""
What the stacks in the management account have, compared with what they should have.

In:    a rollout, its template, and the stacks in the management account.
Out:   a `ManagementStack` for each Region, and those that the settings no longer name.
Never: another rule than for the member accounts. Settings and defaults of the template are the
       truth for both, or one of them would never be up to date.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from trailbell.aws.client import AwsSession, SessionConfig
from trailbell.aws.cloudformation import CloudFormation
from trailbell.aws.regions import ENABLED_BY_DEFAULT
from trailbell.aws.stack import Stack
from trailbell.aws.stack_status import SUCCEEDED, StackStatus
from trailbell.aws.threads import run_concurrently
from trailbell.aws.waiter import Poller
from trailbell.deploy.session import DeploySession
from trailbell.diff import templates
from trailbell.diff.model import REDACTED, StackPlan, ValueChange
from trailbell.dist.built_templates import BuiltTemplate, parse_document
from trailbell.errors import AwsError, ContentError, PreconditionError
from trailbell.rollout.configuration.config import RolloutConfig
from trailbell.rollout.configuration.parameters import default_values, pushed_secrets
from trailbell.rollout.management.management_account import open_session, stack_parameters
from trailbell.rollout.model.stage import InstanceAction, ManagementStack
from trailbell.template import Template
from trailbell.template.resources import secret_parameters

Open = Callable[[SessionConfig], AwsSession]
_GONE = (StackStatus.DELETE_COMPLETE, StackStatus.REVIEW_IN_PROGRESS)


def read_management_stacks(
    rollout: RolloutConfig, open_: Open, account: str, template: BuiltTemplate
) -> tuple[ManagementStack, ...]:
    """Read and compare the stacks in the management account; none if the rollout excludes it."""
    if not (rollout.include_management_account and rollout.may_be_in(account)):
        return ()
    read = partial(_read_stack, rollout, open_, account, template)
    return tuple(run_concurrently(partial(read, region) for region in rollout.regions))


def _read_stack(
    rollout: RolloutConfig, open_: Open, account: str, template: BuiltTemplate, region: str
) -> ManagementStack:
    session = open_session(rollout, open_, account, region, Poller())
    stack = session.cloud.stack(rollout.stack_set_name)
    if stack is None or stack.status in _GONE:
        return ManagementStack(account=account, region=region, action=InstanceAction.CREATE)
    before, unreadable = _template(session, stack)
    changes = tuple(_value_changes(rollout, template, account, stack, before))
    template_changes = _template_changes(template, before, stack, region)
    reasons = [
        reason
        for reason, differs in (
            ("template", template_changes is not None or bool(unreadable)),
            ("parameters", any(change.name.startswith("parameter ") for change in changes)),
            ("tags", any(change.name.startswith("tag ") for change in changes)),
        )
        if differs
    ]
    action = InstanceAction.UPDATE if reasons else InstanceAction.UNCHANGED
    if stack.status not in SUCCEEDED:
        action, reasons = InstanceAction.OUTDATED, [str(stack.status), *reasons]
    return ManagementStack(
        account=account,
        region=region,
        action=action,
        reason=", ".join(reasons),
        changes=changes,
        template_changes=template_changes,
        unreadable=unreadable,
    )


def _template(session: DeploySession, stack: Stack) -> tuple[Template | None, str]:
    """The template of a stack; None and the reason if it cannot be read."""
    try:
        body = session.cloud.template(stack.id)
        if body is None:
            return None, "GetTemplate was denied or returned nothing."
        return (parse_document(body, stack.name) if isinstance(body, str) else dict(body)), ""
    except (AwsError, ContentError) as error:
        return None, str(error)


def _template_changes(
    template: BuiltTemplate, before: Template | None, stack: Stack, region: str
) -> StackPlan | None:
    if before is None or before == template.document:
        return None
    return templates.plan_from_templates(
        template, before, f"stack {stack.name} in the management account", region=region
    )


def _value_changes(
    rollout: RolloutConfig,
    template: BuiltTemplate,
    account: str,
    stack: Stack,
    before: Template | None,
) -> Iterator[ValueChange]:
    new = stack_parameters(rollout, template, account)
    old = default_values(before or template.document) | dict(stack.parameters)
    secret = secret_parameters(template.document)
    yield from _differences("parameter", {n: v for n, v in new.items() if n not in secret}, old)
    for name in sorted(pushed_secrets(rollout, account)):
        if name in stack.parameters:
            yield ValueChange(name=f"parameter {name}", before=REDACTED, after=REDACTED)
    yield from _differences("tag", rollout.tags, stack.tags)


def _differences(
    kind: str, new: Mapping[str, str], old: Mapping[str, str]
) -> Iterator[ValueChange]:
    """Parameters that only the old template has go with it; tags are removed one by one."""
    names = dict.fromkeys((*new, *old)) if kind == "tag" else dict.fromkeys(new)
    for name in names:
        if new.get(name) != old.get(name):
            yield ValueChange(
                name=f"{kind} {name}", before=old.get(name) or None, after=new.get(name) or None
            )


def read_left_stacks(
    rollout: RolloutConfig, open_: Open, account: str, known_regions: Iterable[str]
) -> tuple[ManagementStack, ...]:
    """Stacks of this name in the management account that the settings do not name (any more).

    ``known_regions`` are those in which the StackSet has or had stack instances. Where the
    management account is part of the rollout, every Region that is enabled by default is read too.
    What the caller may not read is skipped: nothing depends on it.
    """
    reached = rollout.include_management_account
    included = reached and rollout.may_be_in(account)
    regions = dict.fromkeys((*known_regions, *(sorted(ENABLED_BY_DEFAULT) if reached else ())))
    left = [region for region in regions if not (included and region in rollout.regions)]
    if not left:
        return ()
    try:
        session = open_session(rollout, open_, account, rollout.regions[0], Poller())
    except (AwsError, PreconditionError):
        return ()
    stacks = run_concurrently(partial(_find_stack, session, region) for region in left)
    return tuple(
        ManagementStack(account=account, region=region, action=InstanceAction.RETAINED)
        for region, stack in zip(left, stacks, strict=True)
        if stack is not None and stack.status not in _GONE
    )


def _find_stack(session: DeploySession, region: str) -> Stack | None:
    cloud = CloudFormation(session.aws.service("cloudformation", region))
    try:
        return cloud.stack(session.environment.options.stack_name)
    except AwsError:
        return None
