"""
Several stacks, in the order of their needs.

In:    targets, and which waits for which.
Out:   a `StackResult` for each, whatever happened.
Never: a stack whose forerunner failed: it is skipped, and named.

Wave by wave: change sets are made at once, shown together, asked about once, executed at once.
A change set of a later wave is made only after the earlier wave stands, because it may need
what that one puts out.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from trailbell.aws.waiter import WaitCanceledError
from trailbell.deploy import change_set, change_set_plan, dependencies, execute, prepare
from trailbell.deploy.change_set import DeployOptions, PendingChangeSet
from trailbell.deploy.execute import StackResult, StackResultStatus
from trailbell.deploy.session import DeploySession
from trailbell.deploy.target import StackToDeploy
from trailbell.deploy.ui import Ui
from trailbell.diff.model import DeployPlan, Risk, StackPlan
from trailbell.errors import (
    AwsError,
    ChangeSetUnavailableError,
    DeploymentInterruptedError,
    InputError,
    TrailbellError,
)

T = TypeVar("T")
_MAX_WORKERS = 8
_POLL_SECONDS = 0.1


@dataclass(frozen=True, kw_only=True)
class PlannedStack:
    """A stack whose change set stands, with its plan."""

    target: StackToDeploy
    made: PendingChangeSet
    plan: StackPlan


@dataclass
class _Run:
    """What is going on: the only thing here that changes."""

    results: dict[str, StackResult] = field(default_factory=dict)
    made: dict[str, PendingChangeSet] = field(default_factory=dict)
    running: set[str] = field(default_factory=set)


def apply(
    desk: DeploySession,
    targets: Sequence[StackToDeploy],
    waits: Mapping[str, frozenset[str]],
    wishes: DeployOptions,
    risks: frozenset[Risk],
    voice: Ui,
) -> tuple[StackResult, ...]:
    """Deploy. Raises `DeploymentInterruptedError` on Ctrl-C, after removing what was not
    executed.
    """
    by_stack = {target.stack: target for target in targets}
    run = _Run()
    try:
        for wave in dependencies.batches(waits):
            chosen = [by_stack[stack] for stack in wave if not _skip(run, by_stack[stack], waits)]
            if chosen and not _deploy_batch(desk, chosen, wishes, risks, voice, run):
                break
    except KeyboardInterrupt:
        desk.pace.stop.set()
        _remove_unexecuted(desk, run, voice)
        raise DeploymentInterruptedError(tuple(sorted(run.running))) from None
    _remove_unexecuted(desk, run, voice)
    return tuple(run.results[target.stack] for target in targets if target.stack in run.results)


def _skip(run: _Run, target: StackToDeploy, waits: Mapping[str, frozenset[str]]) -> bool:
    """Whether something that this stack needs did not come to stand."""
    failed = sorted(n for n in waits[target.stack] if not run.results[n].status.succeeded)
    if failed:
        run.results[target.stack] = StackResult(
            stack=target.stack,
            name=target.name,
            status=StackResultStatus.SKIPPED,
            text=f"needs {', '.join(failed)}",
        )
    return bool(failed)


def _deploy_batch(
    desk: DeploySession,
    targets: Sequence[StackToDeploy],
    wishes: DeployOptions,
    risks: frozenset[Risk],
    voice: Ui,
    run: _Run,
) -> bool:
    """One wave. False if the person declined."""
    outputs = desk.outputs(targets)
    ask = partial(_prepare, desk, wishes=wishes, outputs=outputs, voice=voice, run=run)
    ready = _run_concurrently(desk, [(target, partial(ask, target)) for target in targets], run)
    waiting = [each for each in ready if isinstance(each, PlannedStack)]
    if not waiting:
        return True
    plan = DeployPlan(tuple(each.plan for each in waiting))
    voice.show_plan(plan)
    allowed = []
    for each in waiting:
        if each.plan.blocked or each.plan.risks() & risks:
            _discard(desk, each, StackResultStatus.BLOCKED, _why_blocked(each.plan, risks), run)
        else:
            allowed.append(each)
    if wishes.review:
        for each in allowed:
            run.results[each.target.stack] = _awaiting_review(each)
            run.made.pop(each.target.stack)
        return True
    if allowed and not voice.confirm():
        for each in allowed:
            _discard(desk, each, StackResultStatus.DECLINED, "nothing was changed", run)
        return False
    execute_one = partial(_execute, desk, voice=voice, run=run)
    _run_concurrently(desk, [(each.target, partial(execute_one, each)) for each in allowed], run)
    return True


def _run_concurrently(
    desk: DeploySession, work: Sequence[tuple[StackToDeploy, Callable[[], T]]], run: _Run
) -> list[T | None]:
    """Do it at once, in threads. What fails becomes a result; the others go on."""
    found: list[T | None] = [None] * len(work)
    with ThreadPoolExecutor(_MAX_WORKERS) as pool:
        futures = {pool.submit(_capture_error, t, do, run): i for i, (t, do) in enumerate(work)}
        try:
            pending = set(futures)
            while pending:  # short waits, so that Ctrl-C is heard at once
                done, pending = wait(pending, timeout=_POLL_SECONDS)
                for future in done:
                    found[futures[future]] = future.result()
        except KeyboardInterrupt:
            desk.pace.stop.set()
            raise
    return found


def _capture_error(target: StackToDeploy, do: Callable[[], T], run: _Run) -> T | None:
    """Whatever goes wrong on purpose becomes the result of this stack."""
    try:
        return do()
    except WaitCanceledError:
        return None
    except TrailbellError as error:
        text = str(error)
        if isinstance(error, ChangeSetUnavailableError):
            run.running.discard(target.name)
        if target.name in run.running and isinstance(error, AwsError):
            text += f"\n  see how it goes on with: python build.py follow {target.stack}"
        status = (
            StackResultStatus.REFUSED if isinstance(error, InputError) else StackResultStatus.FAILED
        )
        run.results[target.stack] = StackResult(
            stack=target.stack, name=target.name, status=status, text=text
        )
        return None


def _prepare(
    desk: DeploySession,
    target: StackToDeploy,
    wishes: DeployOptions,
    outputs: Mapping[str, Mapping[str, str]],
    voice: Ui,
    run: _Run,
) -> PlannedStack | None:
    """The change set and the plan of one stack; None if there is nothing to change."""
    found = prepare.prepare_stack(desk, target.name, wishes, voice, dry=False)
    made = change_set.create(
        desk.account, desk.cloud, target, found.stack, found.do, wishes, outputs
    )
    run.made[target.stack] = made
    theirs = (
        change_set.foreign_change_sets(desk.cloud, found.stack, made.change_set.id)
        if found.stack
        else ()
    )
    if theirs and not wishes.review:
        voice.info(f"executing deletes the other change sets of {target.name}: {', '.join(theirs)}")
    made = change_set.wait_until_created(desk.cloud, made, desk.pace)
    if made.change_set.has_no_changes:
        change_set.remove(desk.cloud, made)
        del run.made[target.stack]
        run.results[target.stack] = _unchanged(desk, target, made)
        return None
    plan = change_set_plan.plan_from_change_set(
        desk.cloud, target, made, region=desk.region, account=desk.identity.account
    )
    return PlannedStack(target=target, made=made, plan=plan)


def _unchanged(desk: DeploySession, target: StackToDeploy, made: PendingChangeSet) -> StackResult:
    """No change is success, but policy and protection are settings of the stack itself."""
    text = "no changes"
    if made.stack is not None:
        execute.apply_stack_policy(desk.cloud, made.stack, target.options)
        if execute.apply_termination_protection(desk.cloud, made.stack, target.options):
            on = "on" if target.options.termination_protection else "off"
            text += f"; termination protection is now {on}"
    return StackResult(
        stack=target.stack,
        name=target.name,
        status=StackResultStatus.UNCHANGED,
        state=made.stack.status if made.stack else "",
        text=text,
        outputs=made.stack.outputs if made.stack else {},
    )


def _execute(desk: DeploySession, ready: PlannedStack, voice: Ui, run: _Run) -> None:
    stack = ready.target.stack
    run.running.add(ready.target.name)
    run.made.pop(stack)
    result = execute.execute(
        desk,
        ready.made.change_set,
        stack=None if ready.plan.created else ready.made.stack,
        options=ready.target.options,
        source=ready.target.source,
        voice=voice,
    )
    run.running.discard(ready.target.name)
    run.results[stack] = replace(result, stack=stack)


def _awaiting_review(ready: PlannedStack) -> StackResult:
    """What is said about a change set that waits for review."""
    found = ready.made.change_set
    return StackResult(
        stack=ready.target.stack,
        name=ready.target.name,
        status=StackResultStatus.WAITING,
        change_set=found.id,
        console_url=execute.console_url(found.stack_id, found.id),
        text=f"python build.py deploy --execute {found.id}",
    )


def _why_blocked(plan: StackPlan, risks: frozenset[Risk]) -> str:
    if plan.blocked:
        return "CloudFormation refuses it"
    return f"it would {', '.join(sorted(plan.risks() & risks))}"


def _discard(
    desk: DeploySession, ready: PlannedStack, status: StackResultStatus, text: str, run: _Run
) -> None:
    change_set.remove(desk.cloud, ready.made)
    run.made.pop(ready.target.stack)
    run.results[ready.target.stack] = StackResult(
        stack=ready.target.stack, name=ready.target.name, status=status, text=text
    )


def _remove_unexecuted(desk: DeploySession, run: _Run, voice: Ui) -> None:
    """Remove the change sets that were made and not executed, as far as AWS lets us."""
    for made in run.made.values():
        try:
            change_set.remove(desk.cloud, made)
        except AwsError as error:
            voice.info(f"left behind, and harmless: {made.change_set.name} ({error.reason})")
