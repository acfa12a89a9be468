"""
Measure how fast a plan is, and what a deployment adds to its calls: ``python -m benchmarks.plan``.

Offline plan: the whole process of ``trailbell plan`` for all stacks, median of several runs.
Deployment: the whole process of ``trailbell deploy`` against an emulator, minus the time that the
same calls take alone; and the largest number of calls within one second.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import PROJECT, timing
from tests.emulator import reset
from trailbell.aws.client import AwsSession, SessionConfig
from trailbell.demo.emulator import running, variables
from trailbell.deploy.apply import apply
from trailbell.deploy.change_set import DeployOptions
from trailbell.deploy.environment import Environment, StackSettings
from trailbell.deploy.session import open_session
from trailbell.deploy.target import StackToDeploy
from trailbell.diff.model import DeployPlan
from trailbell.dist.built_templates import load_templates

RUNS = 9


def main() -> None:
    """Measure, and print each figure with its limit."""
    offline = statistics.median(timing.measure(_command("plan")) for _ in range(RUNS))
    overhead, most_calls = _measure_deployment()
    print(f"plan, offline, all stacks   {offline:.2f} s (0.6 s)")
    print(f"deploy, beyond its calls    {overhead:.2f} s (1.0 s)")
    print(f"calls within one second     {most_calls}")


def _command(*arguments: str) -> list[str]:
    return [sys.executable, str(PROJECT / "build.py"), *arguments]


def _measure_deployment() -> tuple[float, int]:
    """The seconds of a deployment beyond its calls, and the most calls within a second."""
    command = _command("deploy", "alerts", "--yes", "--parameter", "LogGroupName=trails")
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as address:
        os.environ.update(variables(address))
        durations, call_durations, peaks = [], [], []
        for _ in range(RUNS):
            _reset(address)
            durations.append(timing.measure(command))
            _reset(address)
            seconds, starts = _measure_calls()
            call_durations.append(seconds)
            peaks.append(max(sum(s <= start < s + 1 for start in starts) for s in starts))
    return statistics.median(durations) - statistics.median(call_durations), max(peaks)


def _reset(address: str) -> None:
    """Empty the account, and create the log group of the alarms."""
    reset(address)
    AwsSession(SessionConfig()).service("logs").call("CreateLogGroup", logGroupName="trails")


def _measure_calls() -> tuple[float, list[float]]:
    """The seconds that the calls of one deployment take, and the start of each call."""
    session = open_session(Environment())
    durations: list[float] = []
    starts: list[float] = []
    client = session.cloud.service.client

    def before(**_: object) -> None:
        starts.append(time.perf_counter())

    def after(**_: object) -> None:
        durations.append(time.perf_counter() - starts[-1])

    client.meta.events.register("before-send.cloudformation", before)
    client.meta.events.register("after-call.cloudformation", after)
    [source] = load_templates(PROJECT / "dist", ["alerts"])
    options = StackSettings(stack_name="alerts", parameters={"LogGroupName": "trails"})
    apply(
        session,
        [StackToDeploy(source=source, options=options)],
        {"alerts": frozenset()},
        DeployOptions(),
        frozenset(),
        _SilentUi(),
    )
    return sum(durations), starts


class _SilentUi:
    """A user interface that prints nothing and confirms plans."""

    def info(self, text: str) -> None:
        """Print nothing."""

    def show_event(self, stack: str, event: object) -> None:
        """Print nothing."""

    def show_plan(self, plan: DeployPlan) -> None:
        """Print nothing."""

    def confirm(self, question: str) -> bool:  # noqa: ARG002 - the protocol's signature
        """Confirm the plan."""
        return True

    def confirm_name(self, name: str, reason: str) -> bool:  # noqa: ARG002 - as above
        """Decline the deletion."""
        return False


if __name__ == "__main__":
    main()
