"""
A plan, applied wave by wave.

In:    a `DeployPlan` that was confirmed.
Out:   a `RolloutResult`: what became of each stage, and why something failed.
Never: a file of state. Killed at any point, the next run waits for what is still under way, reads
       what there is, and plans what is left.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial

from trailbell.aws import organization
from trailbell.aws.stack_set import StackSetOperation
from trailbell.aws.waiter import WaitCanceledError
from trailbell.deploy.execute import StackResult
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import AwsError
from trailbell.rollout import management_account
from trailbell.rollout.failures import Failures, failures
from trailbell.rollout.follow import follow_stack_set_operation, wait_for_running_operations
from trailbell.rollout.plan import PlannedOperation, RolloutPlan, StackSetApi, Stage
from trailbell.rollout.session import RolloutSession
from trailbell.rollout.start_operation import create_stack_set, operation_request, start_operation
from trailbell.rollout.ui import RolloutUi
from trailbell.rollout.wave_check import run_wave_check


class StageStatus(StrEnum):
    """How a stage ended."""

    DONE = "done"
    NOTHING = "nothing to do"
    FAILED = "failed"
    CHECK_FAILED = "check failed"
    NOT_BEGUN = "not begun"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, kw_only=True)
class StageResult:
    """What became of one stage."""

    name: str
    end: StageStatus
    operations: tuple[StackSetOperation, ...] = ()
    failures: Failures = field(default_factory=Failures)
    plain: tuple[StackResult, ...] = ()
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class RolloutResult:
    """What became of a plan."""

    rollout: str
    set_name: str
    stages: tuple[StageResult, ...]

    @property
    def succeeded(self) -> bool:
        """Whether all of it did what it was to do."""
        return all(stage.end in (StageStatus.DONE, StageStatus.NOTHING) for stage in self.stages)

    @property
    def interrupted(self) -> bool:
        """Whether a person stopped watching; AWS goes on."""
        return any(stage.end is StageStatus.INTERRUPTED for stage in self.stages)


@dataclass
class _Progress:
    """What a run has come to: the only thing here that changes."""

    done: list[StageResult] = field(default_factory=list)
    stopped: bool = False
    unchecked: list[Stage] = field(default_factory=list)


def apply_plan(
    desk: RolloutSession, plan: RolloutPlan, source: BuiltTemplate, voice: RolloutUi
) -> RolloutResult:
    """Apply. On Ctrl-C the run ends and says so; what AWS was told goes on there."""
    state = _Progress()
    for stage in plan.stages:
        if state.stopped:
            state.done.append(StageResult(name=stage.name, end=StageStatus.NOT_BEGUN))
            continue
        if not stage.works:
            state.done.append(StageResult(name=stage.name, end=StageStatus.NOTHING))
            # A run before this one may have been killed before it checked.
            state.unchecked += [stage] if stage.check else []
            continue
        run = _checked(desk, stage, voice, state)
        if run is None:
            run = _stage(desk, plan, stage, source, voice)
            state.unchecked = [stage] if stage.check and run.end is StageStatus.DONE else []
        state.done.append(run)
        go_on = run.end is StageStatus.FAILED and desk.rollout.continue_on_failure
        state.stopped = run.end is not StageStatus.DONE and not go_on
    _last_check(desk, plan, voice, state)
    return RolloutResult(
        rollout=plan.rollout.name, set_name=plan.rollout.stack_set_name, stages=tuple(state.done)
    )


def _checked(
    desk: RolloutSession, stage: Stage, voice: RolloutUi, state: _Progress
) -> StageResult | None:
    """Check the stages before this one; None if they are well."""
    for earlier in state.unchecked:
        text = _check(desk, earlier, voice)
        if text:
            return StageResult(
                name=stage.name, end=StageStatus.NOT_BEGUN, text=f"after {earlier.name}: {text}"
            )
    state.unchecked = []
    return None


def _last_check(
    desk: RolloutSession, plan: RolloutPlan, voice: RolloutUi, state: _Progress
) -> None:
    """The check of the last stage that did something: nothing comes after it that would ask."""
    worked = [stage.name for stage in plan.stages if stage.works]
    for stage in state.unchecked:
        if state.stopped or stage.name not in worked:
            continue
        text = _check(desk, stage, voice)
        if text:
            index = next(i for i, run in enumerate(state.done) if run.name == stage.name)
            was = state.done[index]
            state.done[index] = StageResult(
                name=was.name, end=StageStatus.CHECK_FAILED, operations=was.operations, text=text
            )


def _check(desk: RolloutSession, stage: Stage, voice: RolloutUi) -> str:
    try:
        return run_wave_check(desk, stage.check, stage.name, voice)
    except (WaitCanceledError, KeyboardInterrupt):
        return "interrupted while waiting"


def _stage(
    desk: RolloutSession, plan: RolloutPlan, stage: Stage, source: BuiltTemplate, voice: RolloutUi
) -> StageResult:
    """All calls of a stage, and the plain stacks that go with it."""
    operations: list[StackSetOperation] = []
    results: list[StackResult] = []
    made = partial(StageResult, name=stage.name)
    try:
        for group in _groups(desk, stage):
            operations += _run(desk, plan, group, stage.name, source, voice)
            if (
                not all(each.succeeded for each in operations)
                and not desk.rollout.continue_on_failure
            ):
                break
        if all(each.succeeded for each in operations) or desk.rollout.continue_on_failure:
            results += _plain(desk, stage, source, voice)
    except (WaitCanceledError, KeyboardInterrupt):
        return made(end=StageStatus.INTERRUPTED, operations=tuple(operations))
    except AwsError as error:
        return made(
            end=StageStatus.FAILED,
            operations=tuple(operations),
            failures=failures(desk, operations),
            plain=tuple(results),
            text=str(organization.explain_trusted_access(error)),
        )
    well = all(each.succeeded for each in operations) and all(
        each.status.succeeded for each in results
    )
    return made(
        end=StageStatus.DONE if well else StageStatus.FAILED,
        operations=tuple(operations),
        failures=failures(desk, operations),
        plain=tuple(results),
    )


def _groups(desk: RolloutSession, stage: Stage) -> list[list[PlannedOperation]]:
    """Calls that are made together: one by one, or with managed execution those of one kind."""
    if not desk.rollout.managed_execution:
        return [[call] for call in stage.calls]
    groups: list[list[PlannedOperation]] = []
    for call in stage.calls:
        if groups and groups[-1][-1].do is call.do:
            groups[-1].append(call)
        else:
            groups.append([call])
    return groups


def _run(
    desk: RolloutSession,
    plan: RolloutPlan,
    calls: Sequence[PlannedOperation],
    stage: str,
    source: BuiltTemplate,
    voice: RolloutUi,
) -> tuple[StackSetOperation, ...]:
    """Make these calls, and follow them to their end."""
    ids = []
    for number, call in enumerate(calls):
        if not number:
            wait_for_running_operations(desk, voice)
        if call.do is StackSetApi.CREATE_SET:
            create_stack_set(desk, source)
            continue
        if call.do is StackSetApi.DELETE_SET:
            desk.set.call("DeleteStackSet")
            continue
        ids.append(start_operation(desk, call, operation_request(desk, plan, call, source), voice))
        what = f"{call.pairs:,} stacks" if call.pairs else "the set"
        voice.info(f"{stage}: {call.do.value} on {what} ({ids[-1]})")
    total = sum(call.pairs for call in calls)
    return (
        follow_stack_set_operation(desk, ids, stage=stage, total=total, voice=voice) if ids else ()
    )


def _plain(
    desk: RolloutSession, stage: Stage, source: BuiltTemplate, voice: RolloutUi
) -> list[StackResult]:
    """The stacks of the management account, Region by Region; the first failure ends it."""
    results: list[StackResult] = []
    for each in stage.plain:
        if not each.kind.changes:
            continue
        here = management_account.open_session(
            desk.rollout, desk.open, each.account, each.region, desk.pace
        )
        voice.info(f"{stage.name}: management account {each.account} in {each.region}, plain stack")
        results.append(management_account.deploy(here, source, voice.info))
        if not results[-1].status.succeeded:
            break
    return results


def stop_operations(desk: RolloutSession, voice: RolloutUi) -> tuple[StackSetOperation, ...]:
    """Tell AWS to begin nothing more, and wait until what runs has ended."""
    found = desk.set.running_operations()
    for each in found:
        voice.info(f"stopping {each.action} {each.id} ({each.status})")
        try:
            desk.set.call("StopStackSetOperation", OperationId=each.id)
        except AwsError:
            if desk.set.operation(each.id).in_progress:
                raise
    if not found:
        return ()
    return follow_stack_set_operation(
        desk, [each.id for each in found], stage="stopping", total=0, voice=voice
    )
