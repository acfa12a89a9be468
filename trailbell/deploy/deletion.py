"""
Delete a stack: show what is deleted, confirm, delete.

In:    the name of a stack.
Out:   a `DeletionPlan`: what is deleted, what is retained, and which stacks import from it; then
       the `StackResult` of it.
Never: the deletion of a stack with termination protection, unless the same command disables it and
       the name is confirmed; a stack that is left without its protection because AWS refused to
       delete it.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from trailbell.aws.cloudformation import Stack
from trailbell.aws.exports import Imports, read_imports
from trailbell.aws.root_cause import find_root_cause
from trailbell.aws.stack_events import OperationResult
from trailbell.aws.stack_status import StackStatus
from trailbell.deploy.change_set_plan import deployed_template
from trailbell.deploy.delete_stack import delete_stack
from trailbell.deploy.result import StackResult, StackResultStatus, console_url
from trailbell.deploy.session import DeploySession
from trailbell.deploy.ui import Ui
from trailbell.diff.model import PolicyAction
from trailbell.diff.retention import removal_policy
from trailbell.dist.built_templates import StackReference
from trailbell.errors import AwsError, NotFoundError, PreconditionError
from trailbell.styled_text import Line, Span, Style, as_lines, line, plain_text, styled
from trailbell.template.resources import resources
from trailbell.wording import pluralize

_DELETING = (StackStatus.DELETE_IN_PROGRESS, StackStatus.DELETE_COMPLETE)


@dataclass(frozen=True, kw_only=True)
class ResourceOutcome:
    """What the deletion of the stack does to one resource.

    ``problem`` is why its deletion failed, where it did.
    """

    logical_id: str
    type: str
    physical_id: str
    policy: PolicyAction
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class DeletionOptions:
    """How to delete. ``retain`` and ``force`` are for a stack whose deletion failed.

    ``role`` is sent instead of the role that the stack has.
    """

    unprotect: bool = False
    retain: tuple[str, ...] = ()
    force: bool = False
    role: str = ""


@dataclass(frozen=True, kw_only=True)
class DeletionPlan:
    """What the deletion of a stack does.

    ``known`` is False if the template could not be read: then the policies are not known.
    """

    stack: Stack
    outcomes: tuple[ResourceOutcome, ...]
    known: bool
    imports: Imports = field(default_factory=Imports)
    options: DeletionOptions = field(default_factory=DeletionOptions)


def plan_deletion(
    session: DeploySession, reference: StackReference, options: DeletionOptions
) -> DeletionPlan:
    """Plan the deletion of a stack. Raises `NotFoundError`."""
    stack = session.cloud.stack(reference.name)
    if stack is None:
        raise NotFoundError(
            "DescribeStacks", f"Stack {reference.name} does not exist in {session.region}."
        )
    template = deployed_template(session.cloud, stack)
    declared = resources(template or {})
    outcomes = tuple(
        ResourceOutcome(
            logical_id=resource.logical_id,
            type=resource.type,
            physical_id=resource.physical_id,
            policy=PolicyAction.RETAIN
            if resource.logical_id in options.retain
            else removal_policy(declared.get(resource.logical_id, {"Type": resource.type})),
            problem=resource.reason if resource.status == "DELETE_FAILED" else "",
        )
        for resource in session.cloud.resources(stack.id)
        if resource.status != "DELETE_COMPLETE"
    )
    return DeletionPlan(
        stack=stack,
        outcomes=outcomes,
        known=template is not None or not outcomes,
        imports=read_imports(session.cloud, stack),
        options=replace(options, role=options.role or _role(session, stack, reference)),
    )


def _role(session: DeploySession, stack: Stack, reference: StackReference) -> str:
    """Return the role of the settings for a stack that has none. Else CloudFormation uses its own.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
    """
    if stack.role_arn or reference.source is None:
        return ""
    return session.environment.settings_for(reference.source.stack).service_role


def to_text(plan: DeletionPlan) -> str:
    """List the resources, and what the deletion does to each."""
    return plain_text(to_lines(plan))


def to_lines(plan: DeletionPlan) -> Iterator[Line]:
    """The plan as lines for a terminal."""
    return as_lines(_lines(plan))


def _lines(plan: DeletionPlan) -> Iterator[str | Line]:
    count = pluralize(len(plan.outcomes), "resource")
    yield styled(f"{plan.stack.name} ({plan.stack.status}): {count}", Style.HEADING)
    for export in plan.imports.exports:
        yield f'  Export "{export.name}" is imported by {", ".join(export.importers)}.'
    if plan.imports.unreadable:
        yield f"  Whether other stacks import from it is not known ({plan.imports.unreadable})."
    if not plan.known:
        yield "  The template could not be read. Deletion policies are not known."
    role = plan.options.role or plan.stack.role_arn
    if role:
        yield f"  CloudFormation deletes with the role {role}."
    width = max((len(outcome.logical_id) for outcome in plan.outcomes), default=0)
    for outcome in plan.outcomes:
        sign = "-" if outcome.policy is PolicyAction.DELETE else " "
        style = Style.REMOVED if outcome.policy is PolicyAction.DELETE else None
        yield line(
            "  ",
            Span(f"{sign} {outcome.logical_id:<{width}}", style),
            f"  {outcome.type}  ",
            Span(outcome.policy.phrase, style),
            f"  {outcome.physical_id}",
            hanging=4,
        )
        if outcome.problem:
            yield f"      Its deletion failed: {outcome.problem}"
    if plan.options.force:
        yield "  Resources that cannot be deleted stay in the account."
    elif plan.stack.status is StackStatus.DELETE_FAILED and not plan.options.retain:
        yield from _ways_out(plan)


def _ways_out(plan: DeletionPlan) -> Iterator[str]:
    """What else can be done about a deletion that failed."""
    command = f"trailbell delete {plan.stack.name}"
    failed = [outcome.logical_id for outcome in plan.outcomes if outcome.problem]
    if failed:
        retain = " ".join(f"--retain {name}" for name in failed)
        yield "  The deletion is tried again. To keep these resources and delete the stack:"
        yield f"    {command} {retain}"
    yield "  To delete the stack, whichever resources cannot be deleted:"
    yield f"    {command} --force"


def check_deletable(plan: DeletionPlan) -> None:
    """Check that the stack can be deleted now, with these options. Raises `PreconditionError`."""
    stack, options = plan.stack, plan.options
    if stack.status.in_progress:
        raise PreconditionError(
            f"stack {stack.name} is {stack.status}",
            "An operation is in progress.",
            f"Wait for it with: trailbell follow {stack.name}",
        )
    if plan.imports.stacks:
        names = ", ".join(plan.imports.stacks)
        raise PreconditionError(
            f"stack {stack.name}",
            f"Other stacks import from it: {names}. AWS does not delete it as long as they do.",
            f"Delete them first, for example: trailbell delete {plan.imports.stacks[0]}",
        )
    if stack.termination_protection and not options.unprotect:
        raise PreconditionError(
            f"stack {stack.name}",
            "Termination protection is enabled.",
            "To disable it and delete the stack: trailbell delete "
            f"{stack.name} --disable-termination-protection",
        )
    _check_failed_deletion(plan)


def _check_failed_deletion(plan: DeletionPlan) -> None:
    """Check the options for a stack whose deletion failed. Raises `PreconditionError`."""
    stack, options = plan.stack, plan.options
    if not (options.retain or options.force):
        return
    option = "--force" if options.force else "--retain"
    if stack.status is not StackStatus.DELETE_FAILED:
        raise PreconditionError(
            f"stack {stack.name} is {stack.status}",
            f"AWS allows {option} only for a stack whose deletion failed (DELETE_FAILED).",
            f"Delete it without {option}. To keep a resource, set its DeletionPolicy to Retain and "
            "deploy the stack first.",
        )
    known = [outcome.logical_id for outcome in plan.outcomes]
    for name in options.retain:
        if name not in known:
            raise PreconditionError(
                f"stack {stack.name}",
                f'--retain: The stack has no resource "{name}".',
                f"It has: {', '.join(known) or 'none'}.",
            )


def delete(
    session: DeploySession, plan: DeletionPlan, reference: StackReference, ui: Ui
) -> StackResult:
    """Delete a stack that passed `check_deletable`, and follow the deletion. Raises `AwsError`."""
    stack = plan.stack
    operation = _delete(session, plan, ui)
    root_cause = None
    if not operation.succeeded:
        root_cause = find_root_cause(
            session.cloud, stack.id, operation.events, reference.source_lines, reference.stack
        )
        _protect_again(session, plan, ui)
    return StackResult(
        stack=reference.stack,
        name=stack.name,
        status=StackResultStatus.DELETED if operation.succeeded else StackResultStatus.FAILED,
        state=operation.state,
        text=_retained(plan.outcomes) if operation.succeeded else "",
        console_url=console_url(stack.id) if root_cause else "",
        root_cause=root_cause,
    )


def _delete(session: DeploySession, plan: DeletionPlan, ui: Ui) -> OperationResult:
    """Delete the stack. If the deletion does not start, the stack is protected as before."""
    stack, options = plan.stack, plan.options
    if stack.termination_protection:
        session.cloud.set_termination_protection(stack.id, enabled=False)
    token = uuid.uuid4().hex
    try:
        return delete_stack(
            session,
            stack,
            token=token,
            ui=ui,
            role=options.role,
            retain=options.retain,
            force=options.force,
        )
    except (AwsError, KeyboardInterrupt):
        _protect_again(session, plan, ui)
        raise


def _protect_again(session: DeploySession, plan: DeletionPlan, ui: Ui) -> None:
    """Enable termination protection again, if it was enabled and the stack is still there."""
    stack = plan.stack
    if not stack.termination_protection:
        return
    try:
        current = session.cloud.stack(stack.id)
        if current is None or current.status in _DELETING:
            return
        session.cloud.set_termination_protection(stack.id, enabled=True)
    except AwsError as error:
        ui.info(
            f"warning: Termination protection of {stack.name} was disabled and could not be "
            f"enabled again ({error.reason})."
        )
    else:
        ui.info(f"Termination protection of {stack.name} is enabled again.")


def _retained(outcomes: Sequence[ResourceOutcome]) -> str:
    retained = [
        f"{outcome.logical_id} ({outcome.physical_id})"
        for outcome in outcomes
        if outcome.policy is PolicyAction.RETAIN
    ]
    return f"retained: {', '.join(retained)}" if retained else ""
