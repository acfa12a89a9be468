"""
Apply a plan, stage by stage.

In:    a `RolloutPlan` that was confirmed.
Out:   a `RolloutResult`: how each stage ended, and why stack instances failed.
Never: a state file. If a run is killed at any point, the next one waits for running operations,
       reads what AWS has, and plans what remains.

Each stage goes one way: its operations, its stacks in the management account, its check. It has a
result only after the check, and the next stage starts only if that result does not stop the run.
"""

from collections.abc import Sequence
from dataclasses import replace

from trailbell.aws.waiter import WaitCanceledError
from trailbell.errors import AwsError
from trailbell.rollout.plan import RolloutPlan, Stage
from trailbell.rollout.result import NextCommands, RolloutResult, StageResult, StageStatus
from trailbell.rollout.session import RolloutSession
from trailbell.rollout.stack_set_guard import StackSetGuard
from trailbell.rollout.stage_run import RunState, StageRun
from trailbell.rollout.ui import RolloutUi
from trailbell.rollout.wave_check import run_wave_check


def apply_plan(
    session: RolloutSession,
    plan: RolloutPlan,
    ui: RolloutUi,
    commands: NextCommands | None = None,
    known_operations: frozenset[str] | None = None,
) -> RolloutResult:
    """Apply a plan. On Ctrl-C the run ends, and its operations continue in AWS.

    ``commands`` are those to continue with if it does not succeed. ``known_operations`` are the ids
    of the operations on the StackSet from before it was planned.
    """
    guard = StackSetGuard(
        session=session,
        definition=plan.definition,
        template="" if plan.request is None else plan.request.template.text,
        known_operations=known_operations,
    )
    state = RunState(session=session, plan=plan, ui=ui, guard=guard)
    results: list[StageResult] = []
    for index, stage in enumerate(plan.stages):
        if any(result.status.stops for result in results):
            results.append(StageResult(name=stage.name, status=StageStatus.NOT_STARTED))
            continue
        more = any(later.has_work for later in plan.stages[index + 1 :])
        results.append(_apply_stage(state, stage, more=more))
    result = result_of(plan, results)
    if result.succeeded or commands is None:
        return result
    running = commands.running if result.running else ()
    return replace(result, next_commands=(*running, *commands.again))


def result_of(
    plan: RolloutPlan, stages: Sequence[StageResult] | None = None, message: str = ""
) -> RolloutResult:
    """The result of a plan with these stages; by default none of them was started."""
    if stages is None:
        stages = [StageResult(name=s.name, status=StageStatus.NOT_STARTED) for s in plan.stages]
    return RolloutResult(
        rollout=plan.rollout.name,
        stack_set_name=plan.rollout.stack_set_name,
        stages=tuple(stages),
        message=message,
    )


def _apply_stage(state: RunState, stage: Stage, *, more: bool) -> StageResult:
    """Run a stage, then its check. ``more`` says that a later stage has work."""
    if stage.has_work:
        result = StageRun(state=state, stage=stage).run()
        return result if result.status.stops else _check(state, stage, result)
    result = StageResult(name=stage.name, status=StageStatus.NOTHING_TO_DO)
    # An earlier run may have been killed before its check.
    return _check(state, stage, result) if more else result


def _check(state: RunState, stage: Stage, result: StageResult) -> StageResult:
    """The result of a stage after its check."""
    if not stage.check:
        return result
    try:
        problem = run_wave_check(state.session, stage.check, stage.name, state.ui)
    except (WaitCanceledError, KeyboardInterrupt):
        message = "Interrupted during its check."
        return replace(result, status=StageStatus.INTERRUPTED, message=message)
    except AwsError as error:
        problem = f"The alarms could not be read: {error}"
    if not problem:
        return result
    return replace(result, status=StageStatus.CHECK_FAILED, message=problem)
