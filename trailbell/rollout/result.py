"""
What applying a plan did, as data.

In:    what `trailbell.rollout.apply` and `trailbell.rollout.stage_run` observe.
Out:   a `RolloutResult`: how each stage ended, and what continues in AWS.
Never: an effect, or a text for a terminal. `trailbell.rollout.result_report` writes those.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from trailbell.aws.stack_set import StackSetOperation
from trailbell.deploy.result import StackResult
from trailbell.rollout.failures import Failures


class StageStatus(StrEnum):
    """How a stage ended."""

    DONE = "done"
    WITHIN_TOLERANCE = "done with failures"  # no more accounts than tolerated
    NOTHING_TO_DO = "nothing to do"
    FAILED = "failed"
    CHECK_FAILED = "check failed"
    NOT_STARTED = "not started"
    INTERRUPTED = "interrupted"

    @property
    def stops(self) -> bool:
        """Whether no later stage starts."""
        return self in (StageStatus.FAILED, StageStatus.CHECK_FAILED, StageStatus.INTERRUPTED)


@dataclass(frozen=True, kw_only=True)
class StageResult:
    """The result of one stage.

    ``planned`` stack instances were named in its operations, ``reached`` of them were worked on.
    ``message`` says why the stage stopped apart from ``failures``, ``notes`` what else to know.
    ``running`` are operations that continue in AWS.
    """

    name: str
    status: StageStatus
    operations: tuple[StackSetOperation, ...] = ()
    failures: Failures = field(default_factory=Failures)
    management_stacks: tuple[StackResult, ...] = ()
    message: str = ""
    notes: tuple[str, ...] = ()
    planned: int = 0
    reached: int = 0
    running: tuple[str, ...] = ()


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
    """The result of a plan. ``message`` says why nothing was applied."""

    rollout: str
    stack_set_name: str
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
