"""
What applying a plan did, as data.

In:    what `trailbell.rollout.apply.apply` and `trailbell.rollout.apply.step_run` observe.
Out:   a `RolloutResult`: how each stage ended, and what continues in AWS.
Never: an effect, or a text for a terminal. `trailbell.rollout.report.result_report` writes those.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from trailbell.aws.stack_set import StackSetOperation
from trailbell.deploy.result import StackResult
from trailbell.rollout.apply.failures import Failures, joined_failures
from trailbell.rollout.model.stage import Stage


class StageStatus(StrEnum):
    """How a stage or a step ended."""

    DONE = "done"
    WITHIN_TOLERANCE = "done with failures"  # no more accounts than tolerated
    LEFT_OUT = "left out"  # a stack that it depends on failed in all accounts
    NOTHING_TO_DO = "nothing to do"
    FAILED = "failed"
    CHECK_FAILED = "check failed"
    NOT_STARTED = "not started"
    INTERRUPTED = "interrupted"

    @property
    def stops(self) -> bool:
        """Whether no later step or stage starts."""
        return self in (StageStatus.FAILED, StageStatus.CHECK_FAILED, StageStatus.INTERRUPTED)


@dataclass(frozen=True, kw_only=True)
class StepResult:
    """The result of one stack in a stage.

    ``planned`` stack instances were named in its operations, ``reached`` of them were worked on.
    ``left_out`` are accounts in which the stack was not tried, because one that it depends on
    failed there. ``message`` says why the step stopped apart from ``failures``, ``notes`` what else
    to know. ``running`` are operations that continue in AWS.
    """

    stack: str
    status: StageStatus
    operations: tuple[StackSetOperation, ...] = ()
    failures: Failures = field(default_factory=Failures)
    management_stacks: tuple[StackResult, ...] = ()
    message: str = ""
    notes: tuple[str, ...] = ()
    planned: int = 0
    reached: int = 0
    left_out: tuple[str, ...] = ()
    running: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StageResult:
    """The result of one stage: of its steps, then of its check.

    ``check_message`` says why the check did not pass.
    """

    name: str
    steps: tuple[StepResult, ...] = ()
    check_status: StageStatus = StageStatus.DONE
    check_message: str = ""

    @property
    def status(self) -> StageStatus:
        """How the stage ended: as its check if that stops the run, else as the worst step."""
        if self.check_status.stops:
            return self.check_status
        statuses = [step.status for step in self.steps]
        return next((each for each in _WORST_FIRST if each in statuses), StageStatus.NOTHING_TO_DO)

    @property
    def operations(self) -> tuple[StackSetOperation, ...]:
        """The operations of all steps."""
        return tuple(each for step in self.steps for each in step.operations)

    @property
    def failures(self) -> Failures:
        """The failures of all steps."""
        return joined_failures(step.failures for step in self.steps)

    @property
    def management_stacks(self) -> tuple[StackResult, ...]:
        """The stacks in the management account of all steps."""
        return tuple(each for step in self.steps for each in step.management_stacks)

    @property
    def message(self) -> str:
        """Why the stage stopped."""
        messages = (*(step.message for step in self.steps), self.check_message)
        return "\n".join(message for message in messages if message)

    @property
    def notes(self) -> tuple[str, ...]:
        """What else to know of all steps."""
        return tuple(note for step in self.steps for note in step.notes)

    @property
    def planned(self) -> int:
        """The stack instances that were named in operations."""
        return sum(step.planned for step in self.steps)

    @property
    def reached(self) -> int:
        """The stack instances that were worked on."""
        return sum(step.reached for step in self.steps)

    @property
    def running(self) -> tuple[str, ...]:
        """The operations that continue in AWS."""
        return tuple(id_ for step in self.steps for id_ in step.running)


_WORST_FIRST = (
    StageStatus.FAILED,
    StageStatus.INTERRUPTED,
    StageStatus.WITHIN_TOLERANCE,
    StageStatus.LEFT_OUT,
    StageStatus.DONE,
    StageStatus.NOT_STARTED,
)


def not_started(stage: Stage) -> StageResult:
    """The result of a stage that was not started."""
    return StageResult(
        name=stage.name,
        steps=tuple(
            StepResult(stack=step.stack, status=StageStatus.NOT_STARTED) for step in stage.steps
        ),
    )


@dataclass(frozen=True, kw_only=True)
class NextCommand:
    """A command that continues after a failure, with real names, and what it does."""

    command: str
    purpose: str


@dataclass(frozen=True, kw_only=True)
class NextCommands:
    """The commands of a run that does not succeed: ``running`` if operations continue in AWS."""

    again: tuple[NextCommand, ...] = ()
    running: tuple[NextCommand, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RolloutResult:
    """The result of a plan. ``stack_sets`` has the name of the StackSet of each stack.

    ``message`` says why nothing was applied.
    """

    rollout: str
    stack_sets: Mapping[str, str]
    stages: tuple[StageResult, ...]
    message: str = ""
    next_commands: tuple[NextCommand, ...] = ()

    @property
    def succeeded(self) -> bool:
        """Whether every stage is done without failures, or had nothing to do."""
        return not self.message and all(
            stage.status in (StageStatus.DONE, StageStatus.NOTHING_TO_DO) for stage in self.stages
        )

    @property
    def interrupted(self) -> bool:
        """Whether the user stopped following. Operations may continue in AWS."""
        return any(stage.status is StageStatus.INTERRUPTED for stage in self.stages)

    @property
    def running(self) -> tuple[str, ...]:
        """The operations that continue in AWS."""
        return tuple(id_ for stage in self.stages for id_ in stage.running)
