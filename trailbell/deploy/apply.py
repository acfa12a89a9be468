"""
Deploy several stacks in the order of their dependencies.

In:    the stacks to deploy, and the dependencies between them.
Out:   a `StackResult` for each stack, whatever happened.
Never: a stack after a dependency of it failed: it is skipped, and the result names the dependency.

Stacks are deployed in batches. The change sets of a batch are created concurrently, shown together,
confirmed once and executed concurrently. The change sets of the next batch are created only after
that, because they may need its outputs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from trailbell.aws.threads import run_concurrently
from trailbell.aws.waiter import WaitCanceledError
from trailbell.deploy import change_set, change_set_plan, execute, prepare
from trailbell.deploy.change_set import DeployOptions, PendingChangeSet
from trailbell.deploy.dependencies import batches
from trailbell.deploy.execute import StackResult, StackResultStatus
from trailbell.deploy.session import DeploySession
from trailbell.deploy.target import StackToDeploy
from trailbell.deploy.ui import Ui
from trailbell.diff.model import DeployPlan, Risk, StackPlan
from trailbell.errors import (
    AwsError,
    ChangeSetUnavailableError,
    DeploymentFailedError,
    DeploymentInterruptedError,
    InputError,
    PreconditionError,
    TrailbellError,
)

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class PlannedStack:
    """A stack whose change set is created, with its plan."""

    target: StackToDeploy
    pending: PendingChangeSet
    plan: StackPlan


@dataclass
class _Run:
    """The state of a deployment. The only mutable object in this module."""

    results: dict[str, StackResult] = field(default_factory=dict)
    pending: dict[str, PendingChangeSet] = field(default_factory=dict)
    running: set[str] = field(default_factory=set)


def apply(
    session: DeploySession,
    targets: Sequence[StackToDeploy],
    dependencies: Mapping[str, frozenset[str]],
    options: DeployOptions,
    risks: frozenset[Risk],
    ui: Ui,
) -> tuple[StackResult, ...]:
    """Deploy stacks.

    Raises `DeploymentInterruptedError` on Ctrl-C, after deleting the change sets that were not
    executed.
    """
    by_stack = {target.stack: target for target in targets}
    run = _Run()
    try:
        for names in batches(dependencies):
            batch = [
                by_stack[name] for name in names if not _skip(run, by_stack[name], dependencies)
            ]
            if batch and not _deploy_batch(session, batch, options, risks, ui, run):
                break
    except KeyboardInterrupt:
        session.poller.stop.set()
        _remove_unexecuted(session, run, ui)
        raise DeploymentInterruptedError(tuple(sorted(run.running))) from None
    _remove_unexecuted(session, run, ui)
    return tuple(run.results[target.stack] for target in targets if target.stack in run.results)


def _skip(run: _Run, target: StackToDeploy, dependencies: Mapping[str, frozenset[str]]) -> bool:
    """Whether a dependency of this stack was not deployed."""
    failed = sorted(
        name for name in dependencies[target.stack] if not run.results[name].status.succeeded
    )
    if failed:
        run.results[target.stack] = StackResult(
            stack=target.stack,
            name=target.name,
            status=StackResultStatus.SKIPPED,
            text=f"needs {', '.join(failed)}",
        )
    return bool(failed)


def _deploy_batch(
    session: DeploySession,
    targets: Sequence[StackToDeploy],
    options: DeployOptions,
    risks: frozenset[Risk],
    ui: Ui,
    run: _Run,
) -> bool:
    """Deploy one batch. False if the user declined."""
    outputs = session.outputs(targets)
    prepare_one = partial(_prepare, session, options=options, outputs=outputs, ui=ui, run=run)
    results = _run_concurrently(
        session, [(target, partial(prepare_one, target)) for target in targets], run
    )
    planned = [stack for stack in results if isinstance(stack, PlannedStack)]
    if not planned:
        return True
    ui.show_plan(DeployPlan(tuple(stack.plan for stack in planned)))
    allowed = []
    for stack in planned:
        if stack.plan.blocked or stack.plan.risks() & risks:
            reason = _why_blocked(stack.plan, risks)
            _discard(session, stack, StackResultStatus.BLOCKED, reason, run)
        else:
            allowed.append(stack)
    if options.review:
        for stack in allowed:
            run.results[stack.target.stack] = _awaiting_review(stack)
            run.pending.pop(stack.target.stack)
        return True
    if allowed and not ui.confirm("Execute the change sets?"):
        for stack in allowed:
            _discard(session, stack, StackResultStatus.DECLINED, "nothing was changed", run)
        return False
    execute_one = partial(_execute, session, ui=ui, run=run)
    _run_concurrently(
        session, [(stack.target, partial(execute_one, stack)) for stack in allowed], run
    )
    return True


def _run_concurrently(
    session: DeploySession, calls: Sequence[tuple[StackToDeploy, Callable[[], T]]], run: _Run
) -> list[T | None]:
    """Run calls in threads. A failed call becomes the result of its stack; the others continue."""
    try:
        return run_concurrently(
            partial(_capture_error, target, call, run) for target, call in calls
        )
    except KeyboardInterrupt:
        session.poller.stop.set()
        raise


def _capture_error(target: StackToDeploy, call: Callable[[], T], run: _Run) -> T | None:
    """Run a call; an expected error becomes the result of the stack."""
    try:
        return call()
    except WaitCanceledError:
        return None
    except TrailbellError as error:
        text = str(error)
        if isinstance(error, ChangeSetUnavailableError | DeploymentFailedError):
            run.running.discard(target.name)
        if target.name in run.running and isinstance(error, AwsError):
            text += f"\n  Follow the operation with: python build.py follow {target.stack}"
        status = (
            StackResultStatus.REFUSED if isinstance(error, InputError) else StackResultStatus.FAILED
        )
        run.results[target.stack] = StackResult(
            stack=target.stack, name=target.name, status=status, text=text
        )
        return None


def _prepare(
    session: DeploySession,
    target: StackToDeploy,
    options: DeployOptions,
    outputs: Mapping[str, Mapping[str, str]],
    ui: Ui,
    run: _Run,
) -> PlannedStack | None:
    """Create the change set and the plan of one stack; None if there are no changes."""
    prepared = prepare.plan_preparation(
        session, target.name, options, ui, executes=not options.review
    )
    if options.review and not prepared.ready:
        raise PreconditionError(
            f"stack {target.name}",
            f"{prepared.reason} No change set can be created before that.",
            "Deploy it without --no-execute-changeset.",
        )
    prepared = prepare.carry_out(session, prepared, ui)
    pending = change_set.create(
        session.aws, session.cloud, target, prepared.stack, prepared.action, options, outputs
    )
    run.pending[target.stack] = pending
    foreign = (
        change_set.foreign_change_sets(session.cloud, prepared.stack, pending.change_set.id)
        if prepared.stack
        else ()
    )
    if foreign and not options.review:
        ui.info(
            f"Executing this change set deletes the other change sets of {target.name}: "
            f"{', '.join(summary.name for summary in foreign)}"
        )
    pending = change_set.wait_until_created(session.cloud, pending, session.poller)
    if pending.change_set.has_no_changes:
        change_set.remove(session.cloud, pending)
        del run.pending[target.stack]
        run.results[target.stack] = _unchanged(session, target, pending)
        return None
    plan = change_set_plan.plan_from_change_set(
        session.cloud, target, pending, region=session.region, account=session.identity.account
    )
    return PlannedStack(target=target, pending=pending, plan=plan)


def _unchanged(
    session: DeploySession, target: StackToDeploy, pending: PendingChangeSet
) -> StackResult:
    """The result without changes. Stack policy and termination protection are still applied."""
    text = "no changes"
    stack = pending.stack
    if stack is not None:
        execute.apply_stack_policy(session.cloud, stack, target.options)
        if execute.apply_termination_protection(session.cloud, stack, target.options):
            setting = "enabled" if target.options.termination_protection else "disabled"
            text += f"; termination protection is now {setting}"
    return StackResult(
        stack=target.stack,
        name=target.name,
        status=StackResultStatus.UNCHANGED,
        state=stack.status if stack else "",
        text=text,
        outputs=stack.outputs if stack else {},
    )


def _execute(session: DeploySession, planned: PlannedStack, ui: Ui, run: _Run) -> None:
    stack = planned.target.stack
    run.running.add(planned.target.name)
    run.pending.pop(stack)
    result = execute.execute(
        session,
        planned.pending.change_set,
        stack=None if planned.plan.created else planned.pending.stack,
        options=planned.target.options,
        source=planned.target.source,
        ui=ui,
    )
    run.running.discard(planned.target.name)
    run.results[stack] = replace(result, stack=stack)


def _awaiting_review(planned: PlannedStack) -> StackResult:
    """The result of a change set that was created for review."""
    created = planned.pending.change_set
    return StackResult(
        stack=planned.target.stack,
        name=planned.target.name,
        status=StackResultStatus.WAITING,
        change_set=created.id,
        console_url=execute.console_url(created.stack_id, created.id),
        text=f"python build.py deploy --execute-change-set {created.id}",
    )


def _why_blocked(plan: StackPlan, risks: frozenset[Risk]) -> str:
    if plan.blocked:
        return "CloudFormation rejects the change set"
    return f"The plan has risks of --fail-on: {', '.join(sorted(plan.risks() & risks))}"


def _discard(
    session: DeploySession, planned: PlannedStack, status: StackResultStatus, text: str, run: _Run
) -> None:
    change_set.remove(session.cloud, planned.pending)
    run.pending.pop(planned.target.stack)
    run.results[planned.target.stack] = StackResult(
        stack=planned.target.stack, name=planned.target.name, status=status, text=text
    )


def _remove_unexecuted(session: DeploySession, run: _Run, ui: Ui) -> None:
    """Delete the change sets that were created and not executed, as far as AWS allows."""
    for pending in run.pending.values():
        ui.info(
            f"Deleting change set {pending.change_set.name} of {pending.change_set.stack_name}, "
            "which was not executed"
        )
        try:
            change_set.remove(session.cloud, pending)
        except AwsError as error:
            ui.info(
                f"Could not delete change set {pending.change_set.name}; it remains in AWS and has "
                f"no effect ({error.reason})"
            )
