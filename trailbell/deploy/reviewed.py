"""
Change sets that were made before and reviewed: by ARN, or from a saved plan.

In:    an ARN; a file that ``plan --account -o`` wrote.
Out:   a `Result` for each.
Never: one that somebody executed meanwhile, or whose stack moved on.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from trailbell.aws.cloudformation import ChangeSet, Stack
from trailbell.aws.stack_status import State
from trailbell.aws.waiter import WaitCanceledError
from trailbell.deploy import change_set, change_set_plan, execute, plan_file
from trailbell.deploy.change_set import Made
from trailbell.deploy.environment import Options
from trailbell.deploy.execute import Result, Status
from trailbell.deploy.session import Desk
from trailbell.deploy.target import Target
from trailbell.deploy.ui import Voice
from trailbell.diff.model import DeployPlan, PlanFingerprint, Risk
from trailbell.dist.built_templates import BuiltTemplate, parse_document
from trailbell.errors import (
    ChangeSetUnavailableError,
    ContentError,
    DeploymentInterruptedError,
    NotFoundError,
    PreconditionError,
)

_EMPTY = (State.REVIEW_IN_PROGRESS, State.DELETE_COMPLETE)


def by_arn(
    desk: Desk, arn: str, targets: Sequence[Target], risks: frozenset[Risk], voice: Voice
) -> Result:
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
    found = available(desk, arn)
    stack = desk.cloud.stack(found.stack_id)
    target = _target(desk, found, targets, voice)
    made = Made(change_set=found, stack=stack, placeholder=False, token="")
    planned = change_set_plan.plan(desk.cloud, target, made, region=desk.region, account=whose)
    voice.plan(DeployPlan((planned,)))
    base = Result(stack=target.stack, name=found.stack_name, status=Status.BLOCKED, change_set=arn)
    if planned.risks() & risks:
        return replace(base, text=f"it would {', '.join(sorted(planned.risks() & risks))}")
    if stack is not None:
        theirs = change_set.others(desk.cloud, stack, found.id)
        if theirs:
            voice.say(f"executing it deletes the other change sets: {', '.join(theirs)}")
    if not voice.confirm():
        return replace(base, status=Status.DECLINED, text="the change set is still there")
    return _watched(desk, found, None if _empty(stack) else stack, target, voice)


def _empty(stack: Stack | None) -> bool:
    return stack is None or stack.state in _EMPTY


def _watched(
    desk: Desk, found: ChangeSet, stack: Stack | None, target: Target, voice: Voice
) -> Result:
    """Execute; Ctrl-C says how to come back."""
    try:
        return execute.execute(
            desk, found, stack=stack, options=target.options, source=target.source, voice=voice
        )
    except (KeyboardInterrupt, WaitCanceledError):
        raise DeploymentInterruptedError((found.stack_name,)) from None


def available(desk: Desk, arn: str) -> ChangeSet:
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


def _target(desk: Desk, found: ChangeSet, targets: Sequence[Target], voice: Voice) -> Target:
    """What the change set is for: of ``dist/`` if it has that template, else what it holds."""
    body = desk.cloud.template(found.stack_id, found.id)
    text = body if isinstance(body, str) else json.dumps(body)
    held = parse_document(text, found.name)
    for target in targets:
        if target.name == found.stack_name and target.source.document == held:
            return target
    voice.say(f"{found.name} does not hold a template of dist/; it is executed as it was reviewed")
    known = {target.name: target.options for target in targets}
    return Target(
        source=BuiltTemplate(
            stack=found.stack_name,
            text=text,
            document=held,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
        ),
        options=known.get(found.stack_name, Options(stack_name=found.stack_name)),
    )


def by_plan(
    desk: Desk, path: Path, targets: Sequence[Target], risks: frozenset[Risk], voice: Voice
) -> tuple[Result, ...]:
    """Apply a saved plan. Raises `StalePlanError` before anything is executed, stack by stack after
    that.

    A stack whose forerunner in the plan fails is skipped.
    """
    pins = plan_file.pins(path)
    by_stack = {target.stack: target for target in targets}
    for stack, pin in pins.items():
        _check(desk, path, stack, pin, by_stack)
    results: list[Result] = []
    for stack, pin in pins.items():
        if any(not result.status.good for result in results):
            results.append(
                Result(
                    stack=stack, name=by_stack[stack].name, status=Status.SKIPPED,
                    text="an earlier stack of the plan failed",
                )
            )  # fmt: skip
        elif pin.change_set:
            results.append(by_arn(desk, pin.change_set, targets, risks, voice))
        else:
            results.append(
                Result(
                    stack=stack, name=by_stack[stack].name, status=Status.UNCHANGED,
                    text="no changes",
                )
            )  # fmt: skip
    return tuple(results)


def _check(
    desk: Desk, path: Path, stack: str, pin: PlanFingerprint, by_stack: Mapping[str, Target]
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
            here = available(desk, pin.change_set).id
        except ChangeSetUnavailableError:
            here = ""
    now = PlanFingerprint(
        template=target.source.sha256,
        stack_id=found.id if found else "",
        last_change=found.changed if found and not _empty(found) else "",
        change_set=here,
    )
    plan_file.fresh(path, stack, pin, now)
