"""
The terminal: lines, plans and questions of the commands that change AWS.

In:    texts, events, plans, questions.
Out:   lines on standard error, plans on standard output unless a program reads it; answers.
Never: a question where no one can answer.
"""

import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import click

from trailbell.aws.cloudformation import Event
from trailbell.aws.stack_set import InstanceResult
from trailbell.command.output import print_lines
from trailbell.deploy import result_report
from trailbell.deploy.result import StackResult
from trailbell.diff import report
from trailbell.diff.model import DeployPlan
from trailbell.rollout.apply.ui import Progress
from trailbell.rollout.report import wording
from trailbell.styled_text import Line, Span, line, status_style

_FORMATTERS = {"json": result_report.to_json, "markdown": result_report.to_markdown}

T = TypeVar("T")

_LIST_EACH_UP_TO = 40
"""Stack instances of an operation up to which each success is a line. Failures always are."""


@dataclass(frozen=True)
class Terminal:
    """The user interface of deployments and rollouts. Threads can share it.

    ``yes`` answers questions about plans; ``quiet`` keeps plans off standard output.
    """

    yes: bool = False
    quiet: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def info(self, text: str) -> None:
        """Print lines. Text of AWS cannot control the terminal."""
        self._print(*map(line, text.split("\n")))

    def _print(self, *lines: Line) -> None:
        with self.lock:
            print_lines(lines, err=True)

    def show_event(self, stack: str, event: Event) -> None:
        """Print a stack event on one line."""
        self._print(
            line(
                f"{event.at:%H:%M:%S}  {stack}  ",
                Span(f"{event.status:<28}", status_style(event.status)),
                event.logical_id,
                f"  {event.reason}" if event.reason else "",
            )
        )

    def show_plan(self, plan: DeployPlan) -> None:
        """Print a plan."""
        with self.lock:
            print_lines(report.to_lines(plan), err=self.quiet)

    def show_progress(self, progress: Progress, fresh: tuple[InstanceResult, ...]) -> None:
        """Print the stack instances that ended since the last call, then the totals."""
        for result in fresh:
            if result.status == "FAILED" or progress.total <= _LIST_EACH_UP_TO:
                location = result.location
                self._print(
                    line(
                        f"  {location.account} {location.region} ",
                        Span(result.status, status_style(result.status)),
                        f": {result.reason}" if result.reason else "",
                    )
                )
        if fresh or progress.running:
            self.info(progress_line(progress))

    def confirm(self, question: str) -> bool:
        """Ask whether to apply the plan that was just shown."""
        return self.yes or _ask(lambda: click.confirm(question, err=True))

    def confirm_name(self, name: str, reason: str) -> bool:
        """Ask for the name of a stack, to confirm its deletion."""
        if not self.interactive():
            return False
        if reason:
            self.info(reason)
        question = f"Type {name} to confirm the deletion"
        answer: str = _ask(lambda: click.prompt(question, default="", show_default=False, err=True))
        return answer.strip() == name

    def interactive(self) -> bool:
        """Whether there is a person to ask."""
        return sys.stdin.isatty() and sys.stderr.isatty()


def print_results(results: Sequence[StackResult], output: str) -> None:
    """Print the results of deployments in this format: text, json or markdown."""
    if output == "text":
        print_lines(result_report.to_lines(results))
    else:
        click.echo(_FORMATTERS[output](results), nl=False)


def progress_line(progress: Progress) -> str:
    """Return the progress of a rollout as one line."""
    parts = [f"{progress.done:,} done", f"{progress.running:,} running"]
    parts += [f"{progress.failed:,} failed"] if progress.failed else []
    parts += [f"{progress.canceled:,} canceled"] if progress.canceled else []
    parts.append(f"{progress.remaining:,} remaining")
    line = f"{progress.stage}: {', '.join(parts)}"
    if progress.rate is not None and progress.seconds_remaining is not None:
        duration = wording.format_duration(progress.seconds_remaining)
        line += f"; {progress.rate:.1f} per minute, about {duration} remaining"
    return line


def _ask(question: Callable[[], T]) -> T:
    """Return the answer. Ctrl-C at a question is Ctrl-C, not click's Abort."""
    try:
        return question()
    except click.Abort:
        raise KeyboardInterrupt from None
