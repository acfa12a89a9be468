"""
The user interface of a deployment, as this package sees it.

In:    texts, stack events, plans, questions.
Out:   answers. The command line uses a terminal, a test records what is shown.
Never: a decision on what to ask.
"""

from typing import Protocol

from trailbell.aws.cloudformation import Event
from trailbell.diff.model import DeployPlan


class Ui(Protocol):
    """Threads share it: each call is one line or one question."""

    def info(self, text: str) -> None:
        """Show one line about the progress."""

    def show_event(self, stack: str, event: Event) -> None:
        """Show an event of a stack."""

    def show_plan(self, plan: DeployPlan) -> None:
        """Show what is about to be applied."""

    def confirm(self, question: str) -> bool:
        """Ask whether to apply the plan that was just shown."""

    def confirm_name(self, name: str, reason: str) -> bool:
        """Ask for this name, to confirm a deletion."""
