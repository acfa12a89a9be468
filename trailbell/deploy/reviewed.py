"""
Change sets that were made before and reviewed: by ARN, or from a saved plan.

In:    an ARN; a file that ``plan --account -o`` wrote.
Out:   a `StackResult` for each.
Never: one that somebody executed meanwhile, or whose stack moved on.
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
    desk: DeploySession,
    arn: str,
    targets: Sequence[StackToDeploy],
    risks: frozenset[Risk],
    voice: Ui,
) -> StackResult:
    """Show a reviewed change set, ask, and execute it. Raises `PreconditionError`,
    `ChangeSetUnavailableError`.
    """
    whose = arn.split(":")[4]
    if whose != desk.identity.account:
        raise PreconditionError(
            f"change set {arn}",
            f"it is in account {whose}, and you are in {desk.identity.account}",
            f"sign in to {whose}",
        )
    found = load_executable(desk, arn)
    stack = desk.cloud.stack(found.stack_id)
    target = _target(desk, found, targets, voice)
    made = PendingChangeSet(change_set=found, stack=stack, placeholder=False, token="")
    planned = change_set_plan.plan_from_change_set(
        desk.cloud, target, made, region=desk.region, account=whose
    )
    voice.show_plan(DeployPlan((planned,)))
    base = StackResult(
        stack=target.stack, name=found.stack_name, status=StackResultStatus.BLOCKED, change_set=arn
    )
    if planned.risks() & risks:
        return replace(base, text=f"it would {', '.join(sorted(planned.risks() & risks))}")
    if stack is not None:
        theirs = change_set.foreign_change_sets(desk.cloud, stack, found.id)
        if theirs:
            voice.info(f"executing it deletes the other change sets: {', '.join(theirs)}")
    if not voice.confirm():
        return replace(
            base, status=StackResultStatus.DECLINED, text="the change set is still there"
        )
    return _execute(desk, found, None if _empty(stack) else stack, target, voice)


def _empty(stack: Stack | None) -> bool:
    return stack is None or stack.status in _EMPTY


def _execute(
    desk: DeploySession, found: ChangeSet, stack: Stack | None, target: StackToDeploy, voice: Ui
) -> StackResult:
    """Execute; Ctrl-C says how to come back."""
    try:
        return execute.execute(
            desk, found, stack=stack, options=target.options, source=target.source, voice=voice
        )
    except (KeyboardInterrupt, WaitCanceledError):
        raise DeploymentInterruptedError((found.stack_name,)) from None


def load_executable(desk: DeploySession, arn: str) -> ChangeSet:
    """The change set, if it can still be executed."""
    try:
        found = desk.cloud.change_set(arn)
    except NotFoundError as error:
        raise ChangeSetUnavailableError(
            "DescribeChangeSet", f"{arn} is not there any more"
        ) from error
    if found.status != "CREATE_COMPLETE" or found.execution != "AVAILABLE":
        raise ChangeSetUnavailableError(
            "DescribeChangeSet", f"{found.name} is {found.status}, {found.execution or 'unknown'}"
        )
    return found


def _target(
    desk: DeploySession, found: ChangeSet, targets: Sequence[StackToDeploy], voice: Ui
) -> StackToDeploy:
    """What the change set is for: of ``dist/`` if it has that template, else what it holds."""
    body = desk.cloud.template(found.stack_id, found.id)
    text = body if isinstance(body, str) else json.dumps(body)
    held = parse_document(text, found.name)
    for target in targets:
        if target.name == found.stack_name and target.source.document == held:
            return target
    voice.info(f"{found.name} does not hold a template of dist/; it is executed as it was reviewed")
    known = {target.name: target.options for target in targets}
    return StackToDeploy(
        source=BuiltTemplate(
            stack=found.stack_name,
            text=text,
            document=held,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
        ),
        options=known.get(found.stack_name, StackSettings(stack_name=found.stack_name)),
    )


def apply_saved_plan(
    desk: DeploySession,
    path: Path,
    targets: Sequence[StackToDeploy],
    risks: frozenset[Risk],
    voice: Ui,
) -> tuple[StackResult, ...]:
    """Apply a saved plan. Raises `StalePlanError` before anything is executed, stack by stack after
    that.

    A stack whose forerunner in the plan fails is skipped.
    """
    pins = plan_file.read_fingerprints(path)
    by_stack = {target.stack: target for target in targets}
    for stack, pin in pins.items():
        _check(desk, path, stack, pin, by_stack)
    results: list[StackResult] = []
    for stack, pin in pins.items():
        if any(not result.status.succeeded for result in results):
            results.append(
                StackResult(
                    stack=stack, name=by_stack[stack].name, status=StackResultStatus.SKIPPED,
                    text="an earlier stack of the plan failed",
                )
            )  # fmt: skip
        elif pin.change_set:
            results.append(execute_change_set(desk, pin.change_set, targets, risks, voice))
        else:
            results.append(
                StackResult(
                    stack=stack, name=by_stack[stack].name, status=StackResultStatus.UNCHANGED,
                    text="no changes",
                )
            )  # fmt: skip
    return tuple(results)


def _check(
    desk: DeploySession,
    path: Path,
    stack: str,
    pin: PlanFingerprint,
    by_stack: Mapping[str, StackToDeploy],
) -> None:
    if stack not in by_stack:
        raise ContentError(str(path), f"it plans {stack}, which dist/ does not hold", "plan again")
    target = by_stack[stack]
    if not pin.stack_id:
        raise ContentError(
            str(path), f"its plan of {stack} was not made by asking the account",
            "make one with: python build.py plan --account -o FILE",
        )  # fmt: skip
    found = desk.cloud.stack(pin.stack_id)
    here = pin.change_set
    if here:
        try:
            here = load_executable(desk, pin.change_set).id
        except ChangeSetUnavailableError:
            here = ""
    now = PlanFingerprint(
        template=target.source.sha256,
        stack_id=found.id if found else "",
        last_change=found.last_updated if found and not _empty(found) else "",
        change_set=here,
    )
    plan_file.ensure_fresh(path, stack, pin, now)
