"""
Whoever is told, and asked, while a rollout runs.

In:    sentences, progress, plans.
Out:   answers. The command line speaks to a terminal; a test keeps a list.
Never: a decision on what to ask.
"""

from dataclasses import dataclass
from typing import Protocol

from trailbell.aws.stack_set import InstanceResult
from trailbell.rollout.plan import RolloutPlan


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far an operation is, in stacks. ``rate`` is stacks a minute; None: not known yet."""

    stage: str
    total: int
    done: int = 0
    running: int = 0
    failed: int = 0
    cancelled: int = 0
    rate: float | None = None
    seconds_left: float | None = None

    @property
    def left(self) -> int:
        """Stacks on which nothing has begun."""
        return max(0, self.total - self.done - self.running - self.failed - self.cancelled)


class RolloutUi(Protocol):
    """Each call is one line, one picture or one question."""

    def info(self, text: str) -> None:
        """A sentence about what goes on."""

    def show_progress(self, progress: Progress, fresh: tuple[InstanceResult, ...]) -> None:
        """How far it is, and which stacks ended since the last time."""

    def confirm(self, plan: RolloutPlan) -> bool:
        """Whether the plan that was just shown is to be applied."""
