"""
A plan, applied wave by wave.

In:    a `DeployPlan` that was confirmed.
Out:   a `Run`: what became of each stage, and why something failed.
Never: a file of state. Killed at any point, the next run waits for what is still under way, reads
       what there is, and plans what is left.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial

from trailbell.aws import organization
from trailbell.aws.stack_set import Operation
from trailbell.aws.waiter import WaitCanceledError
from trailbell.deploy.execute import Result
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import AwsError
from trailbell.rollout import management_account
from trailbell.rollout.failures import Failures, failures
from trailbell.rollout.follow import follow, settle
from trailbell.rollout.plan import Call, Do, Plan, Stage
from trailbell.rollout.session import Office
from trailbell.rollout.start_operation import create_set, request, start
from trailbell.rollout.ui import Voice
from trailbell.rollout.wave_check import check


class End(StrEnum):
    """How a stage ended."""

    DONE = "done"
    NOTHING = "nothing to do"
    FAILED = "failed"
    CHECK_FAILED = "check failed"
    NOT_BEGUN = "not begun"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, kw_only=True)
class StageRun:
    """What became of one stage."""

    name: str
    end: End
    operations: tuple[Operation, ...] = ()
    failures: Failures = field(default_factory=Failures)
    plain: tuple[Result, ...] = ()
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What became of a plan."""

    rollout: str
    set_name: str
    stages: tuple[StageRun, ...]

    @property
    def well(self) -> bool:
        """Whether all of it did what it was to do."""
        return all(stage.end in (End.DONE, End.NOTHING) for stage in self.stages)

    @property
    def interrupted(self) -> bool:
        """Whether a person stopped watching; AWS goes on."""
        return any(stage.end is End.INTERRUPTED for stage in self.stages)


@dataclass
class _State:
    """What a run has come to: the only thing here that changes."""

    done: list[StageRun] = field(default_factory=list)
    stopped: bool = False
    unchecked: list[Stage] = field(default_factory=list)


def drive(desk: Office, plan: Plan, source: BuiltTemplate, voice: Voice) -> Run:
    """Apply. On Ctrl-C the run ends and says so; what AWS was told goes on there."""
    state = _State()
    for stage in plan.stages:
        if state.stopped:
            state.done.append(StageRun(name=stage.name, end=End.NOT_BEGUN))
            continue
        if not stage.works:
            state.done.append(StageRun(name=stage.name, end=End.NOTHING))
            # A run before this one may have been killed before it checked.
            state.unchecked += [stage] if stage.check else []
            continue
        run = _checked(desk, stage, voice, state)
        if run is None:
            run = _stage(desk, plan, stage, source, voice)
            state.unchecked = [stage] if stage.check and run.end is End.DONE else []
        state.done.append(run)
        go_on = run.end is End.FAILED and desk.rollout.keep_going
        state.stopped = run.end is not End.DONE and not go_on
    _last_check(desk, plan, voice, state)
    return Run(rollout=plan.rollout.name, set_name=plan.rollout.set_name, stages=tuple(state.done))


def _checked(desk: Office, stage: Stage, voice: Voice, state: _State) -> StageRun | None:
    """Check the stages before this one; None if they are well."""
    for earlier in state.unchecked:
        text = _check(desk, earlier, voice)
        if text:
            return StageRun(
                name=stage.name, end=End.NOT_BEGUN, text=f"after {earlier.name}: {text}"
            )
    state.unchecked = []
    return None


def _last_check(desk: Office, plan: Plan, voice: Voice, state: _State) -> None:
    """The check of the last stage that did something: nothing comes after it that would ask."""
    worked = [stage.name for stage in plan.stages if stage.works]
    for stage in state.unchecked:
        if state.stopped or stage.name not in worked:
            continue
        text = _check(desk, stage, voice)
        if text:
            index = next(i for i, run in enumerate(state.done) if run.name == stage.name)
            was = state.done[index]
            state.done[index] = StageRun(
                name=was.name, end=End.CHECK_FAILED, operations=was.operations, text=text
            )


def _check(desk: Office, stage: Stage, voice: Voice) -> str:
    try:
        return check(desk, stage.check, stage.name, voice)
    except (WaitCanceledError, KeyboardInterrupt):
        return "interrupted while waiting"


def _stage(desk: Office, plan: Plan, stage: Stage, source: BuiltTemplate, voice: Voice) -> StageRun:
    """All calls of a stage, and the plain stacks that go with it."""
    operations: list[Operation] = []
    results: list[Result] = []
    made = partial(StageRun, name=stage.name)
    try:
        for group in _groups(desk, stage):
            operations += _run(desk, plan, group, stage.name, source, voice)
            if not all(each.well for each in operations) and not desk.rollout.keep_going:
                break
        if all(each.well for each in operations) or desk.rollout.keep_going:
            results += _plain(desk, stage, source, voice)
    except (WaitCanceledError, KeyboardInterrupt):
        return made(end=End.INTERRUPTED, operations=tuple(operations))
    except AwsError as error:
        return made(
            end=End.FAILED,
            operations=tuple(operations),
            failures=failures(desk, operations),
            plain=tuple(results),
            text=str(organization.explained(error)),
        )
    well = all(each.well for each in operations) and all(each.status.good for each in results)
    return made(
        end=End.DONE if well else End.FAILED,
        operations=tuple(operations),
        failures=failures(desk, operations),
        plain=tuple(results),
    )


def _groups(desk: Office, stage: Stage) -> list[list[Call]]:
    """Calls that are made together: one by one, or with managed execution those of one kind."""
    if not desk.rollout.managed_execution:
        return [[call] for call in stage.calls]
    groups: list[list[Call]] = []
    for call in stage.calls:
        if groups and groups[-1][-1].do is call.do:
            groups[-1].append(call)
        else:
            groups.append([call])
    return groups


def _run(
    desk: Office, plan: Plan, calls: Sequence[Call], stage: str, source: BuiltTemplate, voice: Voice
) -> tuple[Operation, ...]:
    """Make these calls, and follow them to their end."""
    ids = []
    for number, call in enumerate(calls):
        if not number:
            settle(desk, voice)
        if call.do is Do.CREATE_SET:
            create_set(desk, source)
            continue
        if call.do is Do.DELETE_SET:
            desk.set.call("DeleteStackSet")
            continue
        ids.append(start(desk, call, request(desk, plan, call, source), voice))
        what = f"{call.pairs:,} stacks" if call.pairs else "the set"
        voice.say(f"{stage}: {call.do.value} on {what} ({ids[-1]})")
    total = sum(call.pairs for call in calls)
    return follow(desk, ids, stage=stage, total=total, voice=voice) if ids else ()


def _plain(desk: Office, stage: Stage, source: BuiltTemplate, voice: Voice) -> list[Result]:
    """The stacks of the management account, Region by Region; the first failure ends it."""
    results: list[Result] = []
    for each in stage.plain:
        if not each.kind.changes:
            continue
        here = management_account.desk(
            desk.rollout, desk.open, each.account, each.region, desk.pace
        )
        voice.say(f"{stage.name}: management account {each.account} in {each.region}, plain stack")
        results.append(management_account.deploy(here, source, voice.say))
        if not results[-1].status.good:
            break
    return results


def stop(desk: Office, voice: Voice) -> tuple[Operation, ...]:
    """Tell AWS to begin nothing more, and wait until what runs has ended."""
    found = desk.set.under_way()
    for each in found:
        voice.say(f"stopping {each.action} {each.id} ({each.status})")
        try:
            desk.set.call("StopStackSetOperation", OperationId=each.id)
        except AwsError:
            if desk.set.operation(each.id).under_way:
                raise
    if not found:
        return ()
    return follow(desk, [each.id for each in found], stage="stopping", total=0, voice=voice)
