"""
Whoever is told, and asked, while something is applied.

In:    sentences, events, plans, questions.
Out:   answers. The command line speaks to a terminal; a test keeps a list.
Never: a decision on what to ask.
"""

from typing import Protocol

from trailbell.aws.cloudformation import Event
from trailbell.diff.model import DeployPlan


class Ui(Protocol):
    """Threads share it: each call is one line or one question."""

    def info(self, text: str) -> None:
        """A sentence about what goes on."""

    def show_event(self, stack: str, event: Event) -> None:
        """Something happened to a resource of a stack."""

    def show_plan(self, plan: DeployPlan) -> None:
        """What is about to be applied."""

    def confirm(self) -> bool:
        """Whether the plan that was just shown is to be applied."""

    def confirm_name(self, name: str, why: str) -> bool:
        """Whether a person typed this name, to allow a deletion."""
