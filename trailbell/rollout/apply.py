"""
Apply a plan, wave by wave.

In:    a `RolloutPlan` that was confirmed.
Out:   a `RolloutResult`: how each stage ended, and why stack instances failed.
Never: a state file. If a run is killed at any point, the next one waits for running operations,
       reads what AWS has, and plans what remains.
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
from trailbell.rollout.failures import Failures, read_failures
from trailbell.rollout.follow import follow_stack_set_operation, wait_for_running_operations
from trailbell.rollout.plan import PlannedOperation, RolloutPlan, StackSetApi, Stage
from trailbell.rollout.session import RolloutSession
from trailbell.rollout.start_operation import create_stack_set, operation_request, start_operation
from trailbell.rollout.ui import RolloutUi
from trailbell.rollout.wave_check import run_wave_check
from trailbell.wording import pluralize


class StageStatus(StrEnum):
    """How a stage ended."""

    DONE = "done"
    NOTHING_TO_DO = "nothing to do"
    FAILED = "failed"
    CHECK_FAILED = "check failed"
    NOT_STARTED = "not started"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, kw_only=True)
class StageResult:
    """The result of one stage. ``message`` says what went wrong apart from ``failures``."""

    name: str
    status: StageStatus
    operations: tuple[StackSetOperation, ...] = ()
    failures: Failures = field(default_factory=Failures)
    management_stacks: tuple[StackResult, ...] = ()
    message: str = ""


@dataclass(frozen=True, kw_only=True)
class RolloutResult:
    """The result of a plan."""

    rollout: str
    stack_set_name: str
    stages: tuple[StageResult, ...]

    @property
    def succeeded(self) -> bool:
        """Whether every stage is done, or had nothing to do."""
        return all(
            stage.status in (StageStatus.DONE, StageStatus.NOTHING_TO_DO) for stage in self.stages
        )

    @property
    def interrupted(self) -> bool:
        """Whether the user stopped following. The operations continue in AWS."""
        return any(stage.status is StageStatus.INTERRUPTED for stage in self.stages)


@dataclass
class _Progress:
    """The results so far, and the stages whose check has not run yet."""

    results: list[StageResult] = field(default_factory=list)
    stopped: bool = False
    unchecked: list[Stage] = field(default_factory=list)


def apply_plan(
    session: RolloutSession, plan: RolloutPlan, template: BuiltTemplate, ui: RolloutUi
) -> RolloutResult:
    """Apply a plan. On Ctrl-C the run ends, and its operations continue in AWS."""
    progress = _Progress()
    for stage in plan.stages:
        if progress.stopped:
            progress.results.append(StageResult(name=stage.name, status=StageStatus.NOT_STARTED))
            continue
        if not stage.has_work:
            progress.results.append(StageResult(name=stage.name, status=StageStatus.NOTHING_TO_DO))
            # An earlier run may have been killed before its check.
            progress.unchecked += [stage] if stage.check else []
            continue
        result = _run_checks(session, stage, ui, progress)
        if result is None:
            result = _apply_stage(session, plan, stage, template, ui)
            done = result.status is StageStatus.DONE
            progress.unchecked = [stage] if stage.check and done else []
        progress.results.append(result)
        ignored = result.status is StageStatus.FAILED and session.rollout.continue_on_failure
        progress.stopped = result.status is not StageStatus.DONE and not ignored
    _run_last_check(session, plan, ui, progress)
    return RolloutResult(
        rollout=plan.rollout.name,
        stack_set_name=plan.rollout.stack_set_name,
        stages=tuple(progress.results),
    )


def _run_checks(
    session: RolloutSession, stage: Stage, ui: RolloutUi, progress: _Progress
) -> StageResult | None:
    """Run the checks of the stages before this one. Returns None if they pass."""
    for earlier in progress.unchecked:
        problem = _run_check(session, earlier, ui)
        if problem:
            return StageResult(
                name=stage.name,
                status=StageStatus.NOT_STARTED,
                message=f"Check after {earlier.name}: {problem}",
            )
    progress.unchecked = []
    return None


def _run_last_check(
    session: RolloutSession, plan: RolloutPlan, ui: RolloutUi, progress: _Progress
) -> None:
    """Run the check of the last stage that had work, because no later stage runs it."""
    with_work = [stage.name for stage in plan.stages if stage.has_work]
    for stage in progress.unchecked:
        if progress.stopped or stage.name not in with_work:
            continue
        problem = _run_check(session, stage, ui)
        if problem:
            index = next(i for i, r in enumerate(progress.results) if r.name == stage.name)
            progress.results[index] = StageResult(
                name=stage.name,
                status=StageStatus.CHECK_FAILED,
                operations=progress.results[index].operations,
                message=problem,
            )


def _run_check(session: RolloutSession, stage: Stage, ui: RolloutUi) -> str:
    try:
        return run_wave_check(session, stage.check, stage.name, ui)
    except (WaitCanceledError, KeyboardInterrupt):
        return "Interrupted while waiting."


def _apply_stage(
    session: RolloutSession,
    plan: RolloutPlan,
    stage: Stage,
    template: BuiltTemplate,
    ui: RolloutUi,
) -> StageResult:
    """Run all operations of a stage, then deploy its stacks in the management account."""
    operations: list[StackSetOperation] = []
    stack_results: list[StackResult] = []
    result = partial(StageResult, name=stage.name)
    keep_going = session.rollout.continue_on_failure
    try:
        for group in _group_operations(session, stage):
            operations += _run_operations(session, plan, group, stage.name, template, ui)
            if not (_all_succeeded(operations) or keep_going):
                break
        if _all_succeeded(operations) or keep_going:
            stack_results += _deploy_management_stacks(session, stage, template, ui)
    except (WaitCanceledError, KeyboardInterrupt):
        return result(status=StageStatus.INTERRUPTED, operations=tuple(operations))
    except AwsError as error:
        return result(
            status=StageStatus.FAILED,
            operations=tuple(operations),
            failures=read_failures(session, operations),
            management_stacks=tuple(stack_results),
            message=str(organization.explain_trusted_access(error)),
        )
    succeeded = _all_succeeded(operations) and all(
        stack.status.succeeded for stack in stack_results
    )
    return result(
        status=StageStatus.DONE if succeeded else StageStatus.FAILED,
        operations=tuple(operations),
        failures=read_failures(session, operations),
        management_stacks=tuple(stack_results),
    )


def _all_succeeded(operations: Sequence[StackSetOperation]) -> bool:
    return all(operation.succeeded for operation in operations)


def _group_operations(session: RolloutSession, stage: Stage) -> list[list[PlannedOperation]]:
    """Group the operations that run together.

    Without managed execution each is alone; with it, consecutive ones of the same API are a group.
    """
    if not session.rollout.managed_execution:
        return [[operation] for operation in stage.operations]
    groups: list[list[PlannedOperation]] = []
    for operation in stage.operations:
        if groups and groups[-1][-1].api is operation.api:
            groups[-1].append(operation)
        else:
            groups.append([operation])
    return groups


def _run_operations(
    session: RolloutSession,
    plan: RolloutPlan,
    operations: Sequence[PlannedOperation],
    stage: str,
    template: BuiltTemplate,
    ui: RolloutUi,
) -> tuple[StackSetOperation, ...]:
    """Start these operations, and follow them until they end."""
    ids: list[str] = []
    for index, operation in enumerate(operations):
        if index == 0:
            wait_for_running_operations(session, ui)
        if operation.api is StackSetApi.CREATE_STACK_SET:
            create_stack_set(session, template)
            continue
        if operation.api is StackSetApi.DELETE_STACK_SET:
            session.stack_set.call("DeleteStackSet")
            continue
        request = operation_request(session, plan, operation, template)
        ids.append(start_operation(session, operation, request, ui))
        count = operation.instance_count
        scope = pluralize(count, "stack instance") if count else "the StackSet"
        ui.info(f"{stage}: {operation.api.value} for {scope} (operation {ids[-1]})")
    if not ids:
        return ()
    total = sum(operation.instance_count for operation in operations)
    return follow_stack_set_operation(session, ids, stage=stage, total=total, ui=ui)


def _deploy_management_stacks(
    session: RolloutSession, stage: Stage, template: BuiltTemplate, ui: RolloutUi
) -> list[StackResult]:
    """Deploy to the management account, Region by Region, until one fails."""
    results: list[StackResult] = []
    for stack in stage.management_stacks:
        if not stack.action.is_change:
            continue
        deploy_session = management_account.open_session(
            session.rollout, session.open, stack.account, stack.region, session.poller
        )
        ui.info(f"{stage.name}: stack in the management account {stack.account} {stack.region}")
        results.append(management_account.deploy(deploy_session, template, ui.info))
        if not results[-1].status.succeeded:
            break
    return results


def stop_operations(session: RolloutSession, ui: RolloutUi) -> tuple[StackSetOperation, ...]:
    """Stop the running operations, and wait for the stacks in progress."""
    operations = session.stack_set.running_operations()
    for operation in operations:
        ui.info(f"Stopping operation {operation.action} {operation.id} ({operation.status})")
        try:
            session.stack_set.call("StopStackSetOperation", OperationId=operation.id)
        except AwsError:
            if session.stack_set.operation(operation.id).in_progress:
                raise
    if not operations:
        return ()
    ids = [operation.id for operation in operations]
    return follow_stack_set_operation(session, ids, stage="stopping", total=0, ui=ui)
