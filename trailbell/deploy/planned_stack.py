"""
Plan one stack: from its change set or, where none can be created yet, from its template.

In:    a stack to deploy, and a `DeploySession`.
Out:   a `PlannedStack`: what has to happen first, the change set that was created, and the plan.
Never: an execution, or a stack that is deleted for a plan.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from trailbell.aws.stack import Stack
from trailbell.aws.stack_status import StatusAction
from trailbell.deploy import change_set, change_set_plan, prepare
from trailbell.deploy.change_set import DeployOptions, PendingChangeSet, Register
from trailbell.deploy.contradictions import check_choice
from trailbell.deploy.dependencies import evaluator_of
from trailbell.deploy.environment import StackOutput
from trailbell.deploy.parameter_values import choose_parameters
from trailbell.deploy.prepare import FirstStep, Preparation
from trailbell.deploy.session import DeploySession
from trailbell.deploy.target import StackToDeploy
from trailbell.deploy.ui import Ui
from trailbell.diff import templates
from trailbell.diff.existence import evaluator_with
from trailbell.diff.model import Impact, Notice, NoticeLevel, Risk, StackPlan
from trailbell.errors import OperationInProgressError, PreconditionError
from trailbell.template import Template
from trailbell.template.evaluate import UNKNOWN, Evaluator

_MAX_BUSY = 3
"""How often another operation may start between the check of the status and the request."""

Outputs = Mapping[str, Mapping[str, str]]
"""The outputs of other stacks, by name in ``dist/``."""


class Purpose(Enum):
    """Why a stack is planned."""

    PLAN = "the plan is shown"
    REVIEW = "the change set is left for review"
    EXECUTE = "the change set is executed once it is confirmed"


@dataclass(frozen=True, kw_only=True)
class PlannedStack:
    """A stack with its plan. ``pending`` is None if no change set can be created yet.

    ``left`` says what remains in AWS of a change set without changes.
    """

    target: StackToDeploy
    preparation: Preparation
    pending: PendingChangeSet | None
    plan: StackPlan
    left: tuple[str, ...] = ()

    @property
    def has_change_set(self) -> bool:
        """Whether there is a change set to execute."""
        return self.pending is not None and not self.pending.change_set.has_no_changes


def plan_stack(
    session: DeploySession,
    target: StackToDeploy,
    options: DeployOptions,
    outputs: Outputs,
    ui: Ui,
    register: Register,
    purpose: Purpose,
) -> PlannedStack:
    """Create the change set and the plan of a stack. Waits if the stack is busy.

    Raises `SettingsError`, `PreconditionError`, `AwsError`.
    """
    attempt = 1
    while True:
        try:
            preparation = prepare.plan_preparation(
                session, target.name, options, ui, executes=purpose is Purpose.EXECUTE
            )
        except PreconditionError as error:
            if purpose is not Purpose.PLAN:
                raise
            return _blocked(session, target, error)
        if not preparation.ready:
            return _before_preparation(session, target, preparation)
        choice = choose_parameters(
            target, preparation.stack, outputs, keep_previous=options.previous_parameters
        )
        check_choice(session, target, preparation.stack, choice)
        try:
            pending = change_set.create(
                session, target, preparation.stack, preparation.action, choice, options, register
            )
        except OperationInProgressError:
            if attempt == _MAX_BUSY:
                raise
            attempt += 1
        else:
            break
    pending = change_set.wait_until_created(session, pending)
    plan = change_set_plan.plan_from_change_set(session, target, pending)
    plan = prepare.check_replacements(preparation, plan)
    return PlannedStack(target=target, preparation=preparation, pending=pending, plan=plan)


def _before_preparation(
    session: DeploySession, target: StackToDeploy, preparation: Preparation
) -> PlannedStack:
    """Plan from the template what is deployed after the preparation."""
    before = None
    if preparation.step is not FirstStep.DELETE:
        before = change_set_plan.deployed_template(session.cloud, preparation.stack)
    text = f"{preparation.reason} Before the deployment, {preparation.step}."
    plan = templates.plan_from_templates(
        target.source,
        before,
        f"stack {target.name}",
        region=session.region,
        values=_values(session, target, preparation.stack, before),
    )
    notice = Notice(level=NoticeLevel.WARNING, logical_id="", text=text)
    plan = _of_account(session, target, plan, notice)
    plan = replace(plan, impacts=(*plan.impacts, *_deletions(preparation)))
    return PlannedStack(target=target, preparation=preparation, pending=None, plan=plan)


def _deletions(preparation: Preparation) -> Iterator[Impact]:
    """Return what the deletion of a failed stack removes, so that gates can block it."""
    for resource in preparation.remaining:
        text = (
            f"The resource ({resource.status}) is deleted with the stack, unless its deletion "
            "policy keeps it."
        )
        yield Impact(risk=Risk.REMOVE, logical_id=resource.logical_id, text=text)


def _blocked(
    session: DeploySession, target: StackToDeploy, error: PreconditionError
) -> PlannedStack:
    """Plan from the template a stack that a person has to correct first."""
    notice = Notice(level=NoticeLevel.FAILURE, logical_id="", text=str(error))
    return PlannedStack(
        target=target,
        preparation=Preparation(stack=None, action=StatusAction.STOP),
        pending=None,
        plan=plan_from_template(session, target, notice),
    )


def plan_from_template(session: DeploySession, target: StackToDeploy, notice: Notice) -> StackPlan:
    """Plan a stack as a new one, from its template only. The notice says why."""
    plan = templates.plan_from_templates(
        target.source,
        None,
        "nothing",
        region=session.region,
        values=_values(session, target, None, None),
    )
    return _of_account(session, target, plan, notice)


def plan_from_templates(session: DeploySession, target: StackToDeploy, notice: Notice) -> StackPlan:
    """Plan a stack for which no change set can be created yet. The notice says why.

    The changes of a stack that exists are known only in part then. Raises `AwsError`.
    """
    stack = change_set_plan.existing(session.cloud.stack(target.name))
    if stack is None:
        return plan_from_template(session, target, notice)
    before = change_set_plan.deployed_template(session.cloud, stack)
    text = notice.text
    if before is None:
        text += ". The deployed template could not be read, so all resources are shown as new"
    plan = templates.plan_from_templates(
        target.source,
        before,
        f"stack {target.name}",
        region=session.region,
        values=_values(session, target, stack, before),
    )
    level = NoticeLevel.UNKNOWN if notice.level is NoticeLevel.WARNING else notice.level
    notice = replace(notice, level=level, text=text)
    return _of_account(session, target, replace(plan, created=False), notice)


def _values(
    session: DeploySession, target: StackToDeploy, stack: Stack | None, before: Template | None
) -> tuple[Evaluator, Evaluator]:
    """The values before and after: those of the deployed stack, and those of the settings.

    Whether a parameter that is not in the settings keeps its deployed value is not known here.
    """
    pseudo = {**session.pseudo_parameters, "AWS::StackName": target.name}
    deployed = stack.parameters if stack else {}
    given = evaluator_of(target, pseudo).scope.parameters
    return (
        evaluator_with(before or {}, deployed, pseudo),
        evaluator_with(
            target.source.document, {**dict.fromkeys(deployed, UNKNOWN), **given}, pseudo
        ),
    )


def _of_account(
    session: DeploySession, target: StackToDeploy, plan: StackPlan, notice: Notice
) -> StackPlan:
    return replace(
        plan,
        name=target.name,
        account=session.identity.account,
        notices=(notice, *plan.notices),
    )


def missing_stacks(
    target: StackToDeploy, outputs: Outputs, exporters: Sequence[str]
) -> Notice | None:
    """Name the stacks that are not deployed yet and whose outputs or exports this stack uses."""
    missing = sorted(
        {
            value.stack
            for value in target.options.parameters.values()
            if isinstance(value, StackOutput) and value.stack not in outputs
        }
        | set(exporters)
    )
    if not missing:
        return None
    verb = "is" if len(missing) == 1 else "are"
    return Notice(
        level=NoticeLevel.WARNING,
        logical_id="",
        text=f"uses outputs of {', '.join(missing)}, which {verb} not deployed yet: planned from "
        "the template only",
    )
