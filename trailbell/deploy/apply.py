"""
Deploy several stacks in the order of their dependencies.

In:    the stacks to deploy, and the dependencies between them.
Out:   a `StackResult` for each stack, whatever happened.
Never: a stack after a dependency of it failed: it is skipped, and the result names the dependency.
       Nothing but the change set itself before the plan was shown and confirmed.

Stacks are deployed in batches. The change sets of a batch are created concurrently, shown together,
confirmed once and executed concurrently. The change sets of the next batch are created only after
that, because they may need its outputs.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from trailbell.aws.threads import run_concurrently
from trailbell.aws.waiter import WaitCanceledError
from trailbell.deploy import change_set, checks, execute, prepare
from trailbell.deploy.change_set import DeployOptions, PendingChangeSet
from trailbell.deploy.planned_stack import PlannedStack, Purpose, plan_stack
from trailbell.deploy.result import StackResult, StackResultStatus
from trailbell.deploy.session import DeploySession
from trailbell.deploy.target import StackToDeploy
from trailbell.deploy.ui import Ui
from trailbell.deploy.without_execution import review_result, settings_result, unchanged_result
from trailbell.diff.model import DeployPlan, Risk, why_blocked
from trailbell.errors import (
    AccessDeniedError,
    AwsError,
    DeploymentFailedError,
    DeploymentInterruptedError,
    InputError,
    ServiceUnavailableError,
    TrailbellError,
)
from trailbell.template.exports import batches

T = TypeVar("T")


def apply(
    session: DeploySession,
    targets: Sequence[StackToDeploy],
    dependencies: Mapping[str, frozenset[str]],
    options: DeployOptions,
    risks: frozenset[Risk],
    ui: Ui,
) -> tuple[StackResult, ...]:
    """Deploy stacks. Raises as `Deployment.run` does."""
    return Deployment(session, options, risks, ui).run(targets, dependencies)


class Deployment:
    """One deployment: the results so far, and what has to be removed if it ends now."""

    def __init__(
        self, session: DeploySession, options: DeployOptions, risks: frozenset[Risk], ui: Ui
    ) -> None:
        self._session, self._options, self._risks, self._ui = session, options, risks, ui
        self._results: dict[str, StackResult] = {}
        self._pending: dict[str, PendingChangeSet] = {}
        self._running: set[str] = set()
        self._starting: dict[str, str] = {}  # stacks whose execution was requested, and names

    def run(
        self, targets: Sequence[StackToDeploy], dependencies: Mapping[str, frozenset[str]]
    ) -> tuple[StackResult, ...]:
        """Deploy stacks, and delete the change sets that were not executed.

        Raises `DeploymentInterruptedError` on Ctrl-C.
        """
        by_stack = {target.stack: target for target in targets}
        try:
            self._results |= checks.check_before_changes(
                self._session,
                targets,
                self._ui,
                keep_previous=self._options.previous_parameters,
            )
            for names in () if self._results else batches(dependencies):
                batch = [
                    by_stack[name] for name in names if not self._skip(name, by_stack, dependencies)
                ]
                if batch and not self._deploy_batch(batch):
                    self._skip_others(targets)
                    break
        except KeyboardInterrupt:
            self._session.poller.stop.set()
            self._keep_started()
            left = tuple(text for texts in self._remove_unexecuted().values() for text in texts)
            running = tuple(sorted(self._running))
            raise DeploymentInterruptedError(running, left, self._deployed()) from None
        finally:
            self._report_left(self._remove_unexecuted())
        return tuple(
            self._results[target.stack] for target in targets if target.stack in self._results
        )

    def _skip(
        self,
        name: str,
        by_stack: Mapping[str, StackToDeploy],
        dependencies: Mapping[str, frozenset[str]],
    ) -> bool:
        """Whether a dependency of this stack was not deployed."""
        failed = sorted(
            other for other in dependencies[name] if not self._results[other].status.succeeded
        )
        if failed:
            text = f"needs {', '.join(failed)}"
            self._end(by_stack[name], StackResultStatus.SKIPPED, text)
        return bool(failed)

    def _skip_others(self, targets: Sequence[StackToDeploy]) -> None:
        """Give the stacks that were not planned yet a result, after a plan was declined."""
        for target in targets:
            if target.stack not in self._results:
                self._end(target, StackResultStatus.SKIPPED, "an earlier plan was declined")

    def _deploy_batch(self, targets: Sequence[StackToDeploy], *, prepared: bool = False) -> bool:
        """Deploy one batch. False if the user declined.

        Stacks that need a preparation first are planned again after it; then ``prepared`` is True.
        """
        planned = [stack for stack in self._each(targets, self._plan) if stack is not None]
        if not planned:
            return True
        self._ui.show_plan(DeployPlan(tuple(stack.plan for stack in planned)))
        allowed = [stack for stack in planned if not self._block(stack, prepared=prepared)]
        if self._options.review:
            for stack in allowed:
                self._pending.pop(stack.target.stack, None)
                self._results[stack.target.stack] = review_result(stack)
            return True
        if allowed and not self._ui.confirm(_question(allowed)):
            text = "nothing was changed" + " after the preparation" * prepared
            for stack in allowed:
                self._discard(stack, StackResultStatus.DECLINED, text)
            return False
        by_stack = {stack.target.stack: stack for stack in allowed}
        allowed_targets = [stack.target for stack in allowed]
        ready = self._each(allowed_targets, lambda target: self._execute(by_stack[target.stack]))
        again = [
            target for target, is_ready in zip(allowed_targets, ready, strict=True) if is_ready
        ]
        return not again or self._deploy_batch(again, prepared=True)

    def _each(
        self, targets: Sequence[StackToDeploy], call: Callable[[StackToDeploy], T]
    ) -> list[T | None]:
        """Call a function for each stack, concurrently."""
        calls = [partial(self._capture_error, target, call) for target in targets]
        return run_concurrently(calls, stop=self._session.poller.stop)

    def _capture_error(self, target: StackToDeploy, call: Callable[[StackToDeploy], T]) -> T | None:
        """Call a function; an expected error becomes the result of the stack."""
        try:
            return call(target)
        except WaitCanceledError:
            return None
        except TrailbellError as error:
            if isinstance(error, AwsError):
                error.stack = target.stack
            text = str(error)
            if isinstance(error, DeploymentFailedError):
                self._running.discard(target.name)
            if target.name in self._running and isinstance(error, AwsError):
                text += f"\n  Follow the operation with: trailbell follow {target.stack}"
            refused = isinstance(error, InputError)
            status = StackResultStatus.REFUSED if refused else StackResultStatus.FAILED
            self._end(target, status, text)
            return None

    def _plan(self, target: StackToDeploy) -> PlannedStack | None:
        """Create the change set and the plan of one stack; None if there is nothing to do."""

        def register(pending: PendingChangeSet) -> None:
            self._pending[target.stack] = pending

        planned = plan_stack(
            self._session,
            target,
            self._options,
            self._outputs(target),
            self._ui,
            register,
            Purpose.REVIEW if self._options.review else Purpose.EXECUTE,
        )
        if planned.pending is None or planned.has_change_set:
            return planned
        planned = replace(planned, left=self._remove(target.stack))
        if planned.plan.settings and not self._options.review:
            return planned
        self._results[target.stack] = unchanged_result(planned)
        return None

    def _outputs(self, target: StackToDeploy) -> Mapping[str, Mapping[str, str]]:
        """The outputs that this stack uses. Those of stacks deployed by this run are known."""
        known = {name: result.outputs for name, result in self._results.items() if result.outputs}
        return {**self._session.outputs([target], known), **known}

    def _block(self, planned: PlannedStack, *, prepared: bool) -> bool:
        """Whether the plan is blocked: by CloudFormation, or by ``--fail-on``."""
        reason = why_blocked(planned.plan, self._risks)
        if prepared and not planned.preparation.ready:
            reason = planned.preparation.reason
        if reason:
            self._discard(planned, StackResultStatus.BLOCKED, reason)
        return bool(reason)

    def _execute(self, planned: PlannedStack) -> bool:
        """Do what was confirmed. True if the stack was only prepared, and has to be planned now."""
        target, session = planned.target, self._session
        if not planned.preparation.ready:
            self._running.add(target.name)
            try:
                prepare.carry_out(session, planned.preparation, self._ui)
            except AccessDeniedError as error:
                if error.operation in prepare.STARTS:
                    self._running.discard(target.name)
                raise
            self._running.discard(target.name)
            return True
        settings = planned.plan.settings
        if planned.pending is None or not planned.has_change_set:
            self._results[target.stack] = settings_result(session, planned)
            return False
        stack = None if planned.plan.created else planned.pending.stack
        self._starting[target.stack] = target.name
        try:
            execution = execute.start(
                session, planned.pending.change_set, stack, target.options, settings, self._ui
            )
        except ServiceUnavailableError:  # the request may have arrived
            self._running.add(target.name)
            self._pending.pop(target.stack)
            raise
        self._running.add(target.name)
        self._pending.pop(target.stack)
        result = execute.follow(
            session, execution, source=target.source, settings=settings, ui=self._ui
        )
        self._running.discard(target.name)
        self._results[target.stack] = replace(result, stack=target.stack)
        return False

    def _keep_started(self) -> None:
        """Keep the change sets whose execution AWS may have started without a response."""
        for stack, name in self._starting.items():
            pending = self._pending.get(stack)
            if pending and execute.may_have_started(self._session.cloud, pending.change_set):
                del self._pending[stack]
                self._running.add(name)

    def _discard(self, planned: PlannedStack, status: StackResultStatus, text: str) -> None:
        self._end(planned.target, status, text, self._remove(planned.target.stack))

    def _end(
        self,
        target: StackToDeploy,
        status: StackResultStatus,
        text: str,
        warnings: tuple[str, ...] = (),
    ) -> None:
        self._results[target.stack] = StackResult(
            stack=target.stack, name=target.name, status=status, text=text, warnings=warnings
        )

    def _remove(self, stack: str) -> tuple[str, ...]:
        """Delete the change set of a stack, if there is one. Returns what remains in AWS."""
        pending = self._pending.pop(stack, None)
        return () if pending is None else change_set.remove(self._session.cloud, pending)

    def _remove_unexecuted(self) -> dict[str, tuple[str, ...]]:
        """Delete the change sets that were created and not executed.

        Another Ctrl-C ends the cleanup. Returns what remains in AWS, by stack.
        """
        left = {}
        while self._pending:
            stack, pending = next(iter(self._pending.items()))
            name = pending.change_set.name
            try:
                self._ui.info(f"Deleting change set {name} of {stack}, which was not executed")
                left[stack] = self._remove(stack)
            except KeyboardInterrupt:
                left |= {stack: _not_removed(pending)}
                left |= {name: _not_removed(other) for name, other in self._pending.items()}
                self._pending.clear()
        return left

    def _report_left(self, left: Mapping[str, tuple[str, ...]]) -> None:
        """Add what remains in AWS to the results."""
        for stack, texts in left.items():
            result = self._results.get(stack)
            if result is None:
                for text in texts:
                    self._ui.info(text)
            else:
                warnings = (*result.warnings, *texts)
                self._results[stack] = replace(result, warnings=warnings)

    def _deployed(self) -> tuple[str, ...]:
        """The stacks that this run changed."""
        deployed = StackResultStatus.DEPLOYED
        return tuple(r.name for r in self._results.values() if r.status is deployed)


def _question(allowed: Iterable[PlannedStack]) -> str:
    """The question that fits the plans."""
    if any(stack.has_change_set for stack in allowed):
        return "Execute the change sets?"
    if all(stack.preparation.ready for stack in allowed):
        return "Apply the settings?"
    return "Prepare the stacks for the deployment as the plan says?"


def _not_removed(pending: PendingChangeSet) -> tuple[str, ...]:
    """Name a change set whose removal was interrupted."""
    created = pending.change_set
    return (f"left behind: change set {created.name} of stack {created.stack_name}",)
