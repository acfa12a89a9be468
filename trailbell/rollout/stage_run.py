"""
Run one stage of a plan: its operations, then its stacks in the management account.

In:    a `Stage`, and the `RunState` that the stages of a run share.
Out:   a `StageResult`.
Never: a decision that the plan does not hold. A stage stops where the StackSet is not what was
       planned, an operation did not reach what was planned, or more accounts failed than tolerated.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from trailbell.aws import organization
from trailbell.aws.waiter import WaitCanceledError
from trailbell.deploy.result import StackResult
from trailbell.errors import (
    AccessDeniedError,
    AlreadyExistsError,
    AwsError,
    DeploymentInterruptedError,
    ServiceUnavailableError,
    StaleRequestError,
    TrailbellError,
)
from trailbell.rollout import management_account
from trailbell.rollout.failures import Failures, read_failures
from trailbell.rollout.follow import follow_stack_set_operation, wait_for_running_operations
from trailbell.rollout.operation_outcome import Outcome, read_outcome
from trailbell.rollout.plan import PlannedOperation, RolloutPlan, StackSetApi, Stage
from trailbell.rollout.result import StageResult, StageStatus
from trailbell.rollout.session import RolloutSession
from trailbell.rollout.stack_set_guard import StackSetGuard
from trailbell.rollout.start_operation import (
    create_stack_set,
    delete_stack_set,
    operation_request,
    start_operation,
)
from trailbell.rollout.tolerance import tolerated_accounts, with_remaining_tolerance
from trailbell.rollout.ui import RolloutUi
from trailbell.wording import pluralize


@dataclass(kw_only=True)
class RunState:
    """What the stages of one run share. ``failed_accounts`` are those of all stages so far."""

    session: RolloutSession
    plan: RolloutPlan
    ui: RolloutUi
    guard: StackSetGuard
    started: tuple[Stage, ...] = ()
    failed_accounts: frozenset[str] = frozenset()


@dataclass(kw_only=True)
class StageRun:
    """One stage while it runs. ``running`` are operations that were started and have not ended."""

    state: RunState
    stage: Stage
    outcomes: list[Outcome] = field(default_factory=list)
    stacks: list[StackResult] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def run(self) -> StageResult:
        """Run the stage. What goes wrong is part of the result, as is what was done before."""
        state = self.state
        state.started = (*state.started, self.stage)
        try:
            problem = self._run_operations() or self._deploy_management_stacks()
        except (WaitCanceledError, KeyboardInterrupt):
            return self._result(StageStatus.INTERRUPTED)
        except DeploymentInterruptedError as error:
            return self._result(StageStatus.INTERRUPTED, str(error))
        except TrailbellError as error:
            return self._result(StageStatus.FAILED, _describe(error, state.plan.rollout.name))
        if problem is not None:
            return self._result(StageStatus.FAILED, problem)
        tolerated = any(outcome.failed_accounts for outcome in self.outcomes)
        return self._result(StageStatus.WITHIN_TOLERANCE if tolerated else StageStatus.DONE)

    def _result(self, status: StageStatus, message: str = "") -> StageResult:
        return StageResult(
            name=self.stage.name,
            status=status,
            operations=tuple(outcome.operation for outcome in self.outcomes),
            failures=self._failures(),
            management_stacks=tuple(self.stacks),
            message=message,
            notes=tuple(self.notes),
            planned=sum(outcome.planned for outcome in self.outcomes),
            reached=sum(outcome.reached for outcome in self.outcomes),
            running=tuple(self.running),
        )

    def _failures(self) -> Failures:
        try:
            return read_failures(self.state.session, self.outcomes)
        except (WaitCanceledError, KeyboardInterrupt):
            without_events = replace(
                self.state.session, rollout=replace(self.state.plan.rollout, member_read_role="")
            )
            return read_failures(without_events, self.outcomes)

    # ------------------------------------------------------------------ operations

    def _run_operations(self) -> str | None:
        """Run the operations until one stops the stage. Returns why it stopped."""
        for group in _group_operations(self.state.plan, self.stage):
            started: list[tuple[PlannedOperation, str]] = []
            for operation in group:
                if not started:
                    wait_for_running_operations(self.state.session, self.state.ui)
                self.state.guard.check()
                id_ = self._start(operation)
                if id_:
                    started.append((operation, id_))
            problem = self._follow(started) if started else None
            if problem is not None:
                return problem
        return None

    def _start(self, operation: PlannedOperation) -> str:
        """Start an operation. Returns its id; empty for a call that is no operation in AWS."""
        state = self.state
        if operation.api is StackSetApi.CREATE_STACK_SET:
            self._create_stack_set(operation)
            return ""
        if operation.api is StackSetApi.DELETE_STACK_SET:
            delete_stack_set(state.session, state.ui)
            state.guard.definition = None
            return ""
        tolerated = tolerated_accounts(state.started)
        operation = with_remaining_tolerance(operation, tolerated, len(state.failed_accounts))
        request = operation_request(state.session, state.plan, operation)
        id_ = uuid.uuid4().hex
        self.running.append(id_)
        try:
            started = start_operation(
                state.session, operation, request, id_, state.ui, state.guard.check
            )
        except (KeyboardInterrupt, WaitCanceledError, ServiceUnavailableError):
            self.notes.append(f"It is not known whether AWS received the request for {id_}.")
            raise
        except TrailbellError:
            self.running.remove(id_)
            raise
        self.running[-1] = started
        state.guard.own_operations.add(started)
        if operation.api.operation == "UpdateStackSet":
            state.guard.sent(request)
        count = operation.instance_count
        scope = pluralize(count, "stack instance") if count else "the StackSet"
        state.ui.info(f"{self.stage.name}: {operation.api.value} for {scope} (operation {started})")
        return started

    def _create_stack_set(self, operation: PlannedOperation) -> None:
        state = self.state
        request = operation_request(state.session, state.plan, operation)
        try:
            state.guard.sent(request, create_stack_set(state.session, request))
        except AlreadyExistsError:
            # The response to our own request may have been lost.
            if not state.guard.was_created_by(request):
                raise

    def _follow(self, started: Sequence[tuple[PlannedOperation, str]]) -> str | None:
        """Follow operations until they end. Returns why the stage stops, if it does."""
        state = self.state
        ended = follow_stack_set_operation(
            state.session,
            [id_ for _, id_ in started],
            stage=self.stage.name,
            total=sum(operation.instance_count or operation.untargeted for operation, _ in started),
            ui=state.ui,
        )
        self.running.clear()
        outcomes = [
            read_outcome(state.session, operation, end)
            for (operation, _), end in zip(started, ended, strict=True)
        ]
        self.outcomes += outcomes
        new = frozenset[str]().union(*(outcome.failed_accounts for outcome in outcomes))
        state.failed_accounts |= new
        problems = [outcome.problem for outcome in outcomes if outcome.problem]
        if problems:
            return problems[0]
        return self._beyond_tolerance() if new else None

    def _beyond_tolerance(self) -> str | None:
        """Why the accounts that failed so far are too many; else a note about them."""
        failed, tolerated = len(self.state.failed_accounts), tolerated_accounts(self.state.started)
        accounts = f"{pluralize(failed, 'account')} of this rollout failed"
        if not self.state.plan.rollout.continue_on_failure:
            return f'{accounts}, and on_wave_failure is "stop".'
        if failed > tolerated:
            return f"{accounts}, and the failure tolerance is {tolerated:,}."
        self.notes.append(f"{accounts}, within the failure tolerance of {tolerated:,}.")
        return None

    # ------------------------------------------------------------------ management account

    def _deploy_management_stacks(self) -> str | None:
        """Deploy to the management account, Region by Region, until one fails."""
        state, request = self.state, self.state.plan.request
        for stack in self.stage.management_stacks:
            if not stack.action.is_change or request is None:
                continue
            session = management_account.open_session(
                state.plan.rollout,
                state.session.open,
                stack.account,
                stack.region,
                state.session.poller,
            )
            location = f"{stack.account} {stack.region}"
            state.ui.info(f"{self.stage.name}: stack in the management account {location}")
            self.stacks.append(
                management_account.deploy(
                    session, state.plan.rollout, request.template, state.ui.info
                )
            )
            if not self.stacks[-1].status.succeeded:
                return f"The stack in the management account {location} failed."
        return None


def _describe(error: TrailbellError, rollout: str) -> str:
    """An error with what to do about it in a rollout."""
    match error:
        case AccessDeniedError():
            command = f"python build.py rollout permissions {rollout}"
            hint = f"Show the required permissions with: {command}"
        case StaleRequestError():
            hint = "Another operation ran on the StackSet in between. Run the command again."
        case AwsError():
            return str(organization.explain_trusted_access(error))
        case _:
            return str(error)
    return f"{error.operation}: {error.reason}\n  {hint}"


def _group_operations(plan: RolloutPlan, stage: Stage) -> list[list[PlannedOperation]]:
    """Group the operations that run together.

    Without managed execution each is alone; with it, consecutive ones of the same API are a group.
    """
    if not plan.rollout.managed_execution:
        return [[operation] for operation in stage.operations]
    groups: list[list[PlannedOperation]] = []
    for operation in stage.operations:
        if groups and groups[-1][-1].api is operation.api:
            groups[-1].append(operation)
        else:
            groups.append([operation])
    return groups
