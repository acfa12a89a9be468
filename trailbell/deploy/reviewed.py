"""
Execute reviewed change sets: by ARN, or from a saved plan.

In:    an ARN; a plan that ``plan --live --out`` saved.
Out:   a `StackResult` for each change set.
Never: a change set that was executed already, or whose stack has changed since.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from trailbell.aws.cloudformation import ChangeSet, Stack
from trailbell.aws.stack_status import StackStatus
from trailbell.aws.waiter import WaitCanceledError
from trailbell.deploy import change_set, change_set_plan, execute, plan_file
from trailbell.deploy.change_set import PendingChangeSet
from trailbell.deploy.environment import StackSettings
from trailbell.deploy.execute import StackResult, StackResultStatus
from trailbell.deploy.session import DeploySession
from trailbell.deploy.target import StackToDeploy
from trailbell.deploy.ui import Ui
from trailbell.diff.model import DeployPlan, PlanFingerprint, Risk
from trailbell.dist.built_templates import BuiltTemplate, parse_document
from trailbell.errors import (
    ChangeSetUnavailableError,
    ContentError,
    DeploymentInterruptedError,
    NotFoundError,
    PreconditionError,
)

_EMPTY = (StackStatus.REVIEW_IN_PROGRESS, StackStatus.DELETE_COMPLETE)


def execute_change_set(
    session: DeploySession,
    arn: str,
    targets: Sequence[StackToDeploy],
    risks: frozenset[Risk],
    ui: Ui,
) -> StackResult:
    """Show a reviewed change set, ask for confirmation, and execute it.

    Raises `PreconditionError`, `ChangeSetUnavailableError`.
    """
    account = arn.split(":")[4]
    if account != session.identity.account:
        raise PreconditionError(
            f"change set {arn}",
            f"The change set is in account {account}, but the credentials are for account "
            f"{session.identity.account}.",
            f"Sign in to account {account}.",
        )
    reviewed = load_executable(session, arn)
    stack = session.cloud.stack(reviewed.stack_id)
    target = _target(session, reviewed, targets, ui)
    pending = PendingChangeSet(change_set=reviewed, stack=stack, created_stack=False, token="")
    plan = change_set_plan.plan_from_change_set(
        session.cloud, target, pending, region=session.region, account=account
    )
    ui.show_plan(DeployPlan((plan,)))
    result = StackResult(
        stack=target.stack,
        name=reviewed.stack_name,
        status=StackResultStatus.BLOCKED,
        change_set=arn,
    )
    if plan.risks() & risks:
        text = f"The plan has risks of --fail-on: {', '.join(sorted(plan.risks() & risks))}"
        return replace(result, text=text)
    if stack is not None:
        foreign = change_set.foreign_change_sets(session.cloud, stack, reviewed.id)
        if foreign:
            ui.info(
                f"Executing this change set deletes the other change sets of {stack.name}: "
                f"{', '.join(summary.name for summary in foreign)}"
            )
    if not ui.confirm("Execute the change set?"):
        return replace(
            result, status=StackResultStatus.DECLINED, text="the change set was not deleted"
        )
    return _execute(session, reviewed, None if _empty(stack) else stack, target, ui)


def _empty(stack: Stack | None) -> bool:
    return stack is None or stack.status in _EMPTY


def _execute(
    session: DeploySession,
    reviewed: ChangeSet,
    stack: Stack | None,
    target: StackToDeploy,
    ui: Ui,
) -> StackResult:
    """Execute. On Ctrl-C, the error says how to follow the operation."""
    try:
        return execute.execute(
            session, reviewed, stack=stack, options=target.options, source=target.source, ui=ui
        )
    except (KeyboardInterrupt, WaitCanceledError):
        raise DeploymentInterruptedError((reviewed.stack_name,)) from None


def load_executable(session: DeploySession, arn: str) -> ChangeSet:
    """Return the change set if it can still be executed.

    Raises `ChangeSetUnavailableError` if not.
    """
    try:
        described = session.cloud.change_set(arn)
    except NotFoundError as error:
        raise ChangeSetUnavailableError(
            "DescribeChangeSet", f"Change set {arn} no longer exists."
        ) from error
    if described.status != "CREATE_COMPLETE" or described.execution != "AVAILABLE":
        raise ChangeSetUnavailableError(
            "DescribeChangeSet",
            f"{described.name} is {described.status}, {described.execution or 'unknown'}",
        )
    return described


def _target(
    session: DeploySession, reviewed: ChangeSet, targets: Sequence[StackToDeploy], ui: Ui
) -> StackToDeploy:
    """Return the stack in ``dist/`` with this template; else build one from the change set."""
    body = session.cloud.template(reviewed.stack_id, reviewed.id)
    text = body if isinstance(body, str) else json.dumps(body)
    document = parse_document(text, reviewed.name)
    for target in targets:
        if target.name == reviewed.stack_name and target.source.document == document:
            return target
    ui.info(
        f"The template of {reviewed.name} is not in dist/. The change set is executed as reviewed."
    )
    options = {target.name: target.options for target in targets}
    return StackToDeploy(
        source=BuiltTemplate(
            stack=reviewed.stack_name,
            text=text,
            document=document,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
        ),
        options=options.get(reviewed.stack_name, StackSettings(stack_name=reviewed.stack_name)),
    )


def apply_saved_plan(
    session: DeploySession,
    path: Path,
    targets: Sequence[StackToDeploy],
    risks: frozenset[Risk],
    ui: Ui,
) -> tuple[StackResult, ...]:
    """Apply a saved plan.

    Raises `StalePlanError` before anything is executed. After a stack failed, the other stacks of
    the plan are skipped.
    """
    fingerprints = plan_file.read_fingerprints(path)
    by_stack = {target.stack: target for target in targets}
    for stack, fingerprint in fingerprints.items():
        _check(session, path, stack, fingerprint, by_stack)
    results: list[StackResult] = []
    for stack, fingerprint in fingerprints.items():
        if any(not result.status.succeeded for result in results):
            results.append(
                StackResult(
                    stack=stack,
                    name=by_stack[stack].name,
                    status=StackResultStatus.SKIPPED,
                    text="an earlier stack of the plan failed",
                )
            )
        elif fingerprint.change_set:
            results.append(execute_change_set(session, fingerprint.change_set, targets, risks, ui))
        else:
            results.append(
                StackResult(
                    stack=stack,
                    name=by_stack[stack].name,
                    status=StackResultStatus.UNCHANGED,
                    text="no changes",
                )
            )
    return tuple(results)


def _check(
    session: DeploySession,
    path: Path,
    stack: str,
    planned: PlanFingerprint,
    by_stack: Mapping[str, StackToDeploy],
) -> None:
    if stack not in by_stack:
        raise ContentError(
            str(path),
            f'the plan contains stack "{stack}", which is not in dist/',
            "create a new plan",
        )
    target = by_stack[stack]
    if not planned.stack_id:
        raise ContentError(
            str(path),
            f'the plan of stack "{stack}" was created from templates only',
            "create a plan with: python build.py plan --live --out FILE",
        )
    current = session.cloud.stack(planned.stack_id)
    arn = planned.change_set
    if arn:
        try:
            arn = load_executable(session, arn).id
        except ChangeSetUnavailableError:
            arn = ""
    fingerprint = PlanFingerprint(
        template=target.source.sha256,
        stack_id=current.id if current else "",
        last_change=current.last_updated if current and not _empty(current) else "",
        change_set=arn,
    )
    plan_file.ensure_fresh(path, stack, planned, fingerprint)
