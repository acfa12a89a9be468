"""
What a drill found out.

In:    what was observed of each part of its path.
Out:   a `DrillResult`: were people notified?
Never: a delivery that SNS did not count.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from trailbell.drill.plan import DrillPath, DrillPlan, Topic


class StepState(StrEnum):
    """What became of a step."""

    REACHED = "reached"
    PARTLY = "partly"
    FAILED = "failed"
    NOT_SEEN = "not seen"
    """Nothing was observed before the end of the time."""


class Verdict(StrEnum):
    """Whether people were notified."""

    NOTIFIED = "people were notified"
    PARTLY = "not all subscribers were notified"
    UNCONFIRMED = "the delivery of a notification is not confirmed"
    NOT_NOTIFIED = "people were not notified"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a path. ``seconds`` is the time since the event was sent; None if unknown."""

    name: str
    state: StepState
    text: str
    seconds: float | None = None
    is_delivery: bool = False


@dataclass(frozen=True, kw_only=True)
class PartResult:
    """The steps of one path, in their order."""

    stack: str
    path: DrillPath
    steps: tuple[Step, ...]
    topics: tuple[Topic, ...]

    @property
    def verdict(self) -> Verdict:
        """Whether this path notified people.

        An alarm has a state, but a rule only has metrics: without them nothing is known.
        """
        if self.path is DrillPath.REALTIME and {s.state for s in self.steps} == {
            StepState.NOT_SEEN
        }:
            return Verdict.UNCONFIRMED
        others = {each.state for each in self.steps if not each.is_delivery}
        deliveries = {each.state for each in self.steps if each.is_delivery}
        if deliveries <= {StepState.FAILED, StepState.NOT_SEEN} and others != {StepState.REACHED}:
            return Verdict.NOT_NOTIFIED
        states = others | deliveries
        if deliveries == {StepState.FAILED}:
            return Verdict.NOT_NOTIFIED
        if states & {StepState.FAILED, StepState.PARTLY}:
            return Verdict.PARTLY
        return Verdict.NOTIFIED if states == {StepState.REACHED} else Verdict.UNCONFIRMED


@dataclass(frozen=True, kw_only=True)
class DrillResult:
    """The result of all parts. ``cleanup`` says what was removed, ``left`` what was not."""

    plan: DrillPlan
    parts: tuple[PartResult, ...]
    cleanup: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Whether every path notified people, also those that were left out."""
        verdict = join_verdicts(part.verdict for part in self.parts)
        left_out = bool(self.plan.notes) and verdict is Verdict.NOTIFIED
        return Verdict.PARTLY if left_out else verdict

    @property
    def exit_code(self) -> int:
        """0 if people were notified through every path, else 1."""
        return 0 if self.verdict is Verdict.NOTIFIED else 1


def join_verdicts(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict about several paths: that of all, else the least that is true of them."""
    known = set(verdicts)
    if len(known) == 1:
        return known.pop()
    return (
        Verdict.UNCONFIRMED if known == {Verdict.NOTIFIED, Verdict.UNCONFIRMED} else Verdict.PARTLY
    )
