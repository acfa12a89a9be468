"""
Several stacks, in the order of their needs.

In:    targets, and which waits for which.
Out:   a `Result` for each, whatever happened.
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
from trailbell.deploy.change_set import Made, Wishes
from trailbell.deploy.execute import Result, Status
from trailbell.deploy.session import Desk
from trailbell.deploy.target import Target
from trailbell.deploy.ui import Voice
from trailbell.diff.model import DeployPlan, Risk, StackPlan
from trailbell.errors import (
    AwsError,
    ChangeSetUnavailableError,
    DeploymentInterruptedError,
    InputError,
    TrailbellError,
)

T = TypeVar("T")
_AT_ONCE = 8
_LOOK = 0.1


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A stack whose change set stands, with its plan."""

    target: Target
    made: Made
    plan: StackPlan


@dataclass
class _Run:
    """What is going on: the only thing here that changes."""

    results: dict[str, Result] = field(default_factory=dict)
    made: dict[str, Made] = field(default_factory=dict)
    running: set[str] = field(default_factory=set)


def apply(
    desk: Desk,
    targets: Sequence[Target],
    waits: Mapping[str, frozenset[str]],
    wishes: Wishes,
    risks: frozenset[Risk],
    voice: Voice,
) -> tuple[Result, ...]:
    """Deploy. Raises `DeploymentInterruptedError` on Ctrl-C, after removing what was not
    executed.
    """
    by_stack = {target.stack: target for target in targets}
    run = _Run()
    try:
        for wave in dependencies.waves(waits):
            chosen = [by_stack[stack] for stack in wave if not _skip(run, by_stack[stack], waits)]
            if chosen and not _wave(desk, chosen, wishes, risks, voice, run):
                break
    except KeyboardInterrupt:
        desk.pace.stop.set()
        _abandon(desk, run, voice)
        raise DeploymentInterruptedError(tuple(sorted(run.running))) from None
    _abandon(desk, run, voice)
    return tuple(run.results[target.stack] for target in targets if target.stack in run.results)


def _skip(run: _Run, target: Target, waits: Mapping[str, frozenset[str]]) -> bool:
    """Whether something that this stack needs did not come to stand."""
    failed = sorted(n for n in waits[target.stack] if not run.results[n].status.good)
    if failed:
        run.results[target.stack] = Result(
            stack=target.stack,
            name=target.name,
            status=Status.SKIPPED,
            text=f"needs {', '.join(failed)}",
        )
    return bool(failed)


def _wave(
    desk: Desk,
    targets: Sequence[Target],
    wishes: Wishes,
    risks: frozenset[Risk],
    voice: Voice,
    run: _Run,
) -> bool:
    """One wave. False if the person declined."""
    outputs = desk.outputs(targets)
    ask = partial(_prepare, desk, wishes=wishes, outputs=outputs, voice=voice, run=run)
    ready = _together(desk, [(target, partial(ask, target)) for target in targets], run)
    waiting = [each for each in ready if isinstance(each, Ready)]
    if not waiting:
        return True
    plan = DeployPlan(tuple(each.plan for each in waiting))
    voice.plan(plan)
    allowed = []
    for each in waiting:
        if each.plan.blocked or each.plan.risks() & risks:
            _drop(desk, each, Status.BLOCKED, _why_blocked(each.plan, risks), run)
        else:
            allowed.append(each)
    if wishes.review:
        for each in allowed:
            run.results[each.target.stack] = _left(each)
            run.made.pop(each.target.stack)
        return True
    if allowed and not voice.confirm():
        for each in allowed:
            _drop(desk, each, Status.DECLINED, "nothing was changed", run)
        return False
    execute_one = partial(_execute, desk, voice=voice, run=run)
    _together(desk, [(each.target, partial(execute_one, each)) for each in allowed], run)
    return True


def _together(
    desk: Desk, work: Sequence[tuple[Target, Callable[[], T]]], run: _Run
) -> list[T | None]:
    """Do it at once, in threads. What fails becomes a result; the others go on."""
    found: list[T | None] = [None] * len(work)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        futures = {pool.submit(_safely, t, do, run): i for i, (t, do) in enumerate(work)}
        try:
            pending = set(futures)
            while pending:  # short waits, so that Ctrl-C is heard at once
                done, pending = wait(pending, timeout=_LOOK)
                for future in done:
                    found[futures[future]] = future.result()
        except KeyboardInterrupt:
            desk.pace.stop.set()
            raise
    return found


def _safely(target: Target, do: Callable[[], T], run: _Run) -> T | None:
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
        status = Status.REFUSED if isinstance(error, InputError) else Status.FAILED
        run.results[target.stack] = Result(
            stack=target.stack, name=target.name, status=status, text=text
        )
        return None


def _prepare(
    desk: Desk,
    target: Target,
    wishes: Wishes,
    outputs: Mapping[str, Mapping[str, str]],
    voice: Voice,
    run: _Run,
) -> Ready | None:
    """The change set and the plan of one stack; None if there is nothing to change."""
    found = prepare.settled(desk, target.name, wishes, voice, dry=False)
    made = change_set.ask(desk.account, desk.cloud, target, found.stack, found.do, wishes, outputs)
    run.made[target.stack] = made
    theirs = change_set.others(desk.cloud, found.stack, made.change_set.id) if found.stack else ()
    if theirs and not wishes.review:
        voice.say(f"executing deletes the other change sets of {target.name}: {', '.join(theirs)}")
    made = change_set.settled(desk.cloud, made, desk.pace)
    if made.change_set.nothing:
        change_set.remove(desk.cloud, made)
        del run.made[target.stack]
        run.results[target.stack] = _unchanged(desk, target, made)
        return None
    plan = change_set_plan.plan(
        desk.cloud, target, made, region=desk.region, account=desk.identity.account
    )
    return Ready(target=target, made=made, plan=plan)


def _unchanged(desk: Desk, target: Target, made: Made) -> Result:
    """No change is success, but policy and protection are settings of the stack itself."""
    text = "no changes"
    if made.stack is not None:
        execute.guard(desk.cloud, made.stack, target.options)
        if execute.protect(desk.cloud, made.stack, target.options):
            on = "on" if target.options.termination_protection else "off"
            text += f"; termination protection is now {on}"
    return Result(
        stack=target.stack,
        name=target.name,
        status=Status.UNCHANGED,
        state=made.stack.state if made.stack else "",
        text=text,
        outputs=made.stack.outputs if made.stack else {},
    )


def _execute(desk: Desk, ready: Ready, voice: Voice, run: _Run) -> None:
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


def _left(ready: Ready) -> Result:
    """What is said about a change set that waits for review."""
    found = ready.made.change_set
    return Result(
        stack=ready.target.stack,
        name=ready.target.name,
        status=Status.WAITING,
        change_set=found.id,
        console=execute.console(found.stack_id, found.id),
        text=f"python build.py deploy --execute {found.id}",
    )


def _why_blocked(plan: StackPlan, risks: frozenset[Risk]) -> str:
    if plan.blocked:
        return "CloudFormation refuses it"
    return f"it would {', '.join(sorted(plan.risks() & risks))}"


def _drop(desk: Desk, ready: Ready, status: Status, text: str, run: _Run) -> None:
    change_set.remove(desk.cloud, ready.made)
    run.made.pop(ready.target.stack)
    run.results[ready.target.stack] = Result(
        stack=ready.target.stack, name=ready.target.name, status=status, text=text
    )


def _abandon(desk: Desk, run: _Run, voice: Voice) -> None:
    """Remove the change sets that were made and not executed, as far as AWS lets us."""
    for made in run.made.values():
        try:
            change_set.remove(desk.cloud, made)
        except AwsError as error:
            voice.say(f"left behind, and harmless: {made.change_set.name} ({error.reason})")
