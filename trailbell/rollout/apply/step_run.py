"""
Run one step of a plan: the operations of a stack, then its stacks in the management account.

In:    a `Step` of a `Stage`, and the `RunState` that the steps of a run share.
Out:   a `StepResult`.
Never: a decision that the plan does not hold. A step stops where the StackSet is not what was
       planned, an operation did not reach what was planned, or more accounts failed than tolerated.
       It leaves out accounts in which a stack that it comes after failed, as the plan says.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

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
from trailbell.rollout.apply.failures import Failures, read_failures
from trailbell.rollout.apply.follow import follow_stack_set_operation, wait_for_running_operations
from trailbell.rollout.apply.operation_outcome import Outcome, read_outcome
from trailbell.rollout.apply.result import StageStatus, StepResult
from trailbell.rollout.apply.run_state import (
    ReadyOperations,
    RunState,
    group_operations,
    left_out_notes,
    ready_operations,
)
from trailbell.rollout.apply.stack_set_guard import StackSetGuard
from trailbell.rollout.apply.start_operation import (
    create_stack_set,
    delete_stack_set,
    operation_request,
    start_operation,
)
from trailbell.rollout.apply.tolerance import tolerated_accounts, with_remaining_tolerance
from trailbell.rollout.management import management_account
from trailbell.rollout.model.stage import PlannedOperation, StackSetApi, Stage, Step
from trailbell.rollout.session import RolloutSession
from trailbell.wording import pluralize


@dataclass(kw_only=True)
class StepRun:
    """One step while it runs. ``running`` are operations that were started and have not ended."""

    state: RunState
    stage: Stage
    step: Step
    outcomes: list[Outcome] = field(default_factory=list)
    stacks: list[StackResult] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ready: ReadyOperations = field(default_factory=ReadyOperations)

    @property
    def session(self) -> RolloutSession:
        """The session with the StackSet of the step."""
        return self.state.sessions[self.step.stack]

    @property
    def guard(self) -> StackSetGuard:
        """What the StackSet of the step must be."""
        return self.state.guards[self.step.stack]

    @property
    def title(self) -> str:
        """The step in lines about its progress."""
        several = len(self.state.plan.stack_sets) > 1
        return f"{self.stage.name}, {self.step.stack}" if several else self.stage.name

    def run(self) -> StepResult:
        """Run the step. What goes wrong is part of the result, as is what was done before."""
        state = self.state
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
        left_out = self.ready.held or self.ready.left_out
        if left_out and not (self.outcomes or self.stacks):
            return self._result(StageStatus.LEFT_OUT)
        failed = any(outcome.failed_accounts for outcome in self.outcomes)
        tolerated = failed or left_out
        return self._result(StageStatus.WITHIN_TOLERANCE if tolerated else StageStatus.DONE)

    def _result(self, status: StageStatus, message: str = "") -> StepResult:
        return StepResult(
            stack=self.step.stack,
            status=status,
            operations=tuple(outcome.operation for outcome in self.outcomes),
            failures=self._failures(),
            management_stacks=tuple(self.stacks),
            message=message,
            notes=tuple(self.notes),
            planned=sum(outcome.planned for outcome in self.outcomes) + self.ready.untried,
            reached=sum(outcome.reached for outcome in self.outcomes),
            left_out=self.ready.left_out,
            running=tuple(self.running),
        )

    def _failures(self) -> Failures:
        try:
            return read_failures(self.session, self.outcomes)
        except (WaitCanceledError, KeyboardInterrupt):
            without_events = replace(
                self.session, rollout=replace(self.session.rollout, member_read_role="")
            )
            return read_failures(without_events, self.outcomes)

    # ------------------------------------------------------------------ operations

    def _run_operations(self) -> str | None:
        """Run the operations until one stops the step. Returns why it stopped."""
        self.ready = ready_operations(self.state, self.step)
        self.notes += left_out_notes(self.step, self.ready)
        for group in group_operations(self.session.rollout, self.ready.operations):
            started: list[tuple[PlannedOperation, str]] = []
            for operation in group:
                if not started:
                    wait_for_running_operations(self.session, self.state.ui)
                self.guard.check()
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
            delete_stack_set(self.session, state.ui)
            self.guard.definition = None
            return ""
        tolerated = tolerated_accounts(state.started)
        operation = with_remaining_tolerance(operation, tolerated, len(state.failed_accounts))
        request = self._request(operation)
        id_ = uuid.uuid4().hex
        self.running.append(id_)
        try:
            started = start_operation(
                self.session, operation, request, id_, state.ui, self.guard.check
            )
        except (KeyboardInterrupt, WaitCanceledError, ServiceUnavailableError):
            self.notes.append(f"It is not known whether AWS received the request for {id_}.")
            raise
        except TrailbellError:
            self.running.remove(id_)
            raise
        self.running[-1] = started
        self.guard.own_operations.add(started)
        if operation.api.operation == "UpdateStackSet":
            self.guard.sent(request)
        count = operation.instance_count
        scope = pluralize(count, "stack instance") if count else "the StackSet"
        state.ui.info(f"{self.title}: {operation.api.value} for {scope} (operation {started})")
        return started

    def _request(self, operation: PlannedOperation) -> dict[str, Any]:
        plan = self.state.plan.stack_set(self.step.stack)
        return operation_request(self.session, plan.request, operation)

    def _create_stack_set(self, operation: PlannedOperation) -> None:
        request = self._request(operation)
        try:
            self.guard.sent(request, create_stack_set(self.session, request))
        except AlreadyExistsError:
            # The response to our own request may have been lost.
            if not self.guard.was_created_by(request):
                raise

    def _follow(self, started: Sequence[tuple[PlannedOperation, str]]) -> str | None:
        """Follow operations until they end. Returns why the step stops, if it does."""
        state = self.state
        ended = follow_stack_set_operation(
            self.session,
            [id_ for _, id_ in started],
            stage=self.title,
            total=sum(operation.instance_count or operation.untargeted for operation, _ in started),
            ui=state.ui,
        )
        self.running.clear()
        outcomes = [
            read_outcome(self.session, operation, end)
            for (operation, _), end in zip(started, ended, strict=True)
        ]
        self.outcomes += outcomes
        for (operation, _), outcome in zip(started, outcomes, strict=True):
            removes = operation.api is StackSetApi.DELETE_INSTANCES
            state.unready.add(self.step.stack, outcome.failed_accounts, removes=removes)
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
        if not self.session.rollout.continue_on_failure:
            return f'{accounts}, and on_wave_failure is "stop".'
        if failed > tolerated:
            return f"{accounts}, and the failure tolerance is {tolerated:,}."
        self.notes.append(f"{accounts}, within the failure tolerance of {tolerated:,}.")
        return None

    # ------------------------------------------------------------------ management account

    def _deploy_management_stacks(self) -> str | None:
        """Deploy to the management account, Region by Region, until one fails."""
        state, rollout = self.state, self.session.rollout
        request = state.plan.stack_set(self.step.stack).request
        for stack in self.step.management_stacks:
            if not stack.action.is_change or request is None:
                continue
            session = management_account.open_session(
                rollout, self.session.open, stack.account, stack.region, self.session.poller
            )
            location = f"{stack.account} {stack.region}"
            state.ui.info(f"{self.title}: stack in the management account {location}")
            self.stacks.append(
                management_account.deploy(session, rollout, request.template, state.ui.info)
            )
            if not self.stacks[-1].status.succeeded:
                return f"The stack in the management account {location} failed."
        return None


def _describe(error: TrailbellError, rollout: str) -> str:
    """An error with what to do about it in a rollout."""
    match error:
        case AccessDeniedError():
            command = f"trailbell rollout permissions {rollout}"
            hint = f"Show the required permissions with: {command}"
        case StaleRequestError():
            hint = "Another operation ran on the StackSet in between. Run the command again."
        case AwsError():
            return str(organization.explain_trusted_access(error))
        case _:
            return str(error)
    return f"{error.operation}: {error.reason}\n  {hint}"
