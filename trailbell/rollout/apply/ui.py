"""
The user interface of a rollout, as this package sees it.

In:    texts and progress.
Out:   nothing. The command line uses a terminal, a test records what is shown.
Never: a question. The command asks, before it applies a plan.
"""

from dataclasses import dataclass
from typing import Protocol

from trailbell.aws.stack_set import InstanceResult


@dataclass(frozen=True, kw_only=True)
class Progress:
    """The progress of an operation, in stack instances.

    ``rate`` is stack instances per minute; it and ``seconds_remaining`` are None until known.
    """

    stage: str
    total: int
    done: int = 0
    running: int = 0
    failed: int = 0
    canceled: int = 0
    rate: float | None = None
    seconds_remaining: float | None = None

    @property
    def remaining(self) -> int:
        """Stack instances whose operation has not started."""
        return max(0, self.total - self.done - self.running - self.failed - self.canceled)


class RolloutUi(Protocol):
    """Each call is one line, or the lines of one update."""

    def info(self, text: str) -> None:
        """Show one line about the progress."""

    def show_progress(self, progress: Progress, fresh: tuple[InstanceResult, ...]) -> None:
        """Show the progress, and the stack instances that ended since the last call."""
