"""
Apply a plan, stage by stage.

In:    a `RolloutPlan` that was confirmed.
Out:   a `RolloutResult`: how each stage ended, and why stack instances failed.
Never: a state file. If a run is killed at any point, the next one waits for running operations,
       reads what AWS has, and plans what remains.

Each stage goes one way: a step for each stack, then its check. It has a result only after the
check, and the next stage starts only if that result does not stop the run. A step that stops is
followed by no other step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from trailbell.aws.waiter import WaitCanceledError
from trailbell.errors import AwsError
from trailbell.rollout.apply.result import (
    NextCommands,
    RolloutResult,
    StageResult,
    StageStatus,
    StepResult,
    not_started,
)
from trailbell.rollout.apply.run_state import RunState
from trailbell.rollout.apply.stack_set_guard import StackSetGuard
from trailbell.rollout.apply.step_run import StepRun
from trailbell.rollout.apply.ui import RolloutUi
from trailbell.rollout.apply.wave_check import run_wave_check
from trailbell.rollout.model.plan import RolloutPlan
from trailbell.rollout.model.stage import Stage
from trailbell.rollout.session import Sessions, shared_session


def apply_plan(
    sessions: Sessions,
    plan: RolloutPlan,
    ui: RolloutUi,
    commands: NextCommands | None = None,
    known_operations: Mapping[str, frozenset[str]] | None = None,
) -> RolloutResult:
    """Apply a plan. On Ctrl-C the run ends, and its operations continue in AWS.

    ``commands`` are those to continue with if it does not succeed. ``known_operations`` are, by
    stack, the ids of the operations on its StackSet from before it was planned.
    """
    guards = {
        each.stack: StackSetGuard(
            session=sessions[each.stack],
            definition=each.definition,
            template="" if each.request is None else each.request.template.text,
            known_operations=None if known_operations is None else known_operations[each.stack],
        )
        for each in plan.stack_sets
    }
    state = RunState(sessions=sessions, plan=plan, ui=ui, guards=guards)
    results: list[StageResult] = []
    for index, stage in enumerate(plan.stages):
        if any(result.status.stops for result in results):
            results.append(not_started(stage))
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
        stages = [not_started(stage) for stage in plan.stages]
    return RolloutResult(
        rollout=plan.rollout.name,
        stack_sets={each.stack: each.rollout.stack_set_name for each in plan.stack_sets},
        stages=tuple(stages),
        message=message,
    )


def _apply_stage(state: RunState, stage: Stage, *, more: bool) -> StageResult:
    """Run the steps of a stage, then its check. ``more`` says that a later stage has work."""
    state.started = (*state.started, stage)
    steps: list[StepResult] = []
    for step in stage.steps:
        if any(result.status.stops for result in steps):
            steps.append(StepResult(stack=step.stack, status=StageStatus.NOT_STARTED))
        elif step.has_work:
            steps.append(StepRun(state=state, stage=stage, step=step).run())
        else:
            steps.append(StepResult(stack=step.stack, status=StageStatus.NOTHING_TO_DO))
    result = StageResult(name=stage.name, steps=tuple(steps))
    if result.status.stops:
        return result
    # Without work, an earlier run may have been killed before its check.
    return _check(state, stage, result) if stage.has_work or more else result


def _check(state: RunState, stage: Stage, result: StageResult) -> StageResult:
    """The result of a stage after its check."""
    if not stage.check:
        return result
    try:
        problem = run_wave_check(shared_session(state.sessions), stage.check, stage.name, state.ui)
    except (WaitCanceledError, KeyboardInterrupt):
        message = "Interrupted during its check."
        return replace(result, check_status=StageStatus.INTERRUPTED, check_message=message)
    except AwsError as error:
        problem = f"The alarms could not be read: {error}"
    if not problem:
        return result
    return replace(result, check_status=StageStatus.CHECK_FAILED, check_message=problem)
