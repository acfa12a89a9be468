"""
What the steps of one run of a rollout share, and what happens to the operations of a step in it.

In:    the plan; accounts that failed, stacks that could not be defined.
Out:   the operations of a step that are ready, and sentences about what is left out.
Never: a call. `trailbell.rollout.apply.step_run` starts the operations.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from trailbell.rollout.apply.stack_set_guard import StackSetGuard
from trailbell.rollout.apply.ui import RolloutUi
from trailbell.rollout.apply.unready_accounts import UnreadyAccounts, without_accounts
from trailbell.rollout.configuration.config import RolloutConfig
from trailbell.rollout.model.plan import RolloutPlan
from trailbell.rollout.model.stage import PlannedOperation, StackSetApi, Stage, Step
from trailbell.rollout.session import Sessions
from trailbell.wording import pluralize

_MAX_LISTED = 20


@dataclass(kw_only=True)
class RunState:
    """What the steps of one run share. ``failed_accounts`` are those of all stages so far.

    ``unready`` has the accounts in which a stack failed or was left out, ``undefined`` the stacks
    whose StackSet could not get its new template and parameters.
    """

    sessions: Sessions
    plan: RolloutPlan
    ui: RolloutUi
    guards: Mapping[str, StackSetGuard]
    started: tuple[Stage, ...] = ()
    failed_accounts: frozenset[str] = frozenset()
    unready: UnreadyAccounts = field(default_factory=UnreadyAccounts)
    undefined: set[str] = field(default_factory=set)


@dataclass(frozen=True, kw_only=True)
class ReadyOperations:
    """What a step does in this run. ``left_out`` are accounts in which it is not tried,
    ``untried`` the number of their stack instances. ``held`` says that the StackSet keeps its
    template.
    """

    operations: tuple[PlannedOperation, ...] = ()
    left_out: tuple[str, ...] = ()
    untried: int = 0
    held: bool = False


def ready_operations(state: RunState, step: Step) -> ReadyOperations:
    """The operations without the accounts that are not ready for the stack in this run.

    A StackSet whose new template has no account left to go to keeps the old one. Nothing else is
    done with it, or with what depends on it: it would be done with the old template.
    """
    operations: list[PlannedOperation] = []
    left_out: dict[str, None] = {}
    untried, held = 0, False
    for operation in step.operations:
        removes = operation.api is StackSetApi.DELETE_INSTANCES
        left = without_accounts(operation, state.unready.of(step.after, removes=removes))
        if operation.api.defines and operation.accounts and not left:
            state.undefined.add(step.stack)
        if not removes and state.undefined & {step.stack, *step.after}:
            held, left = True, ()
        tried = {account for each in left for account in each.accounts}
        lost = [account for account in operation.accounts if account not in tried]
        state.unready.add(step.stack, lost, removes=removes)
        left_out |= dict.fromkeys(lost)
        untried += len(lost) * len(operation.regions)
        operations += left
    return ReadyOperations(
        operations=tuple(operations), left_out=tuple(left_out), untried=untried, held=held
    )


def left_out_notes(step: Step, ready: ReadyOperations) -> Iterator[str]:
    """Where a stack was not tried and why."""
    accounts = ready.left_out
    if accounts:
        more = len(accounts) - _MAX_LISTED
        yield (
            f"{step.stack} was left out in {pluralize(len(accounts), 'account')}, because "
            f"{' or '.join(sorted(step.after)) or 'its StackSet'} is not ready: "
            f"{', '.join(accounts[:_MAX_LISTED])}{f' and {more:,} more' if more > 0 else ''}. The "
            "next run continues with them."
        )
    if ready.held:
        yield (
            f"The StackSet of {step.stack} keeps its template and parameters, because no account "
            "was ready for the new ones. The next run continues."
        )


def group_operations(
    rollout: RolloutConfig, operations: Sequence[PlannedOperation]
) -> list[list[PlannedOperation]]:
    """Group the operations that run together.

    Without managed execution each is alone; with it, consecutive ones of the same API are a group.
    """
    if not rollout.managed_execution:
        return [[operation] for operation in operations]
    groups: list[list[PlannedOperation]] = []
    for operation in operations:
        if groups and groups[-1][-1].api is operation.api:
            groups[-1].append(operation)
        else:
            groups.append([operation])
    return groups
