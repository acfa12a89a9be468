"""
The speed of a plan, and the time that a deployment adds to its calls.

    python -m benchmarks.plan

Offline plan: the whole process of ``build.py plan``, all stacks, median of several runs.
Deploying: the whole process of ``build.py deploy`` against an emulator, minus the time of the same
calls alone, and the largest number of calls within one second.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import timing
from tests import emulator
from trailbell.aws.client import BURST, CALLS_PER_SECOND, AwsSession, SessionConfig
from trailbell.deploy.apply import apply
from trailbell.deploy.change_set import DeployOptions
from trailbell.deploy.environment import Environment, StackSettings
from trailbell.deploy.session import open_session
from trailbell.deploy.target import StackToDeploy
from trailbell.diff.model import DeployPlan
from trailbell.dist.built_templates import load_templates
from trailbell.source_location import PROJECT

RUNS = 9


def main() -> None:
    """Measure and print, each with its maximum."""
    offline = statistics.median(timing.seconds(_command("plan")) for _ in range(RUNS))
    overhead, fastest = _deploying()
    print(f"plan, offline, all stacks   {offline:.2f} s (0.6 s)")
    print(f"deploy, beyond its calls    {overhead:.2f} s (1.0 s)")
    print(f"calls within one second     {fastest} ({BURST + CALLS_PER_SECOND:.0f})")


def _command(*words: str) -> list[str]:
    return [sys.executable, str(PROJECT / "build.py"), *words]


def _deploying() -> tuple[float, int]:
    """Return the seconds of a deployment beyond its calls, and the most calls in one second."""
    words = _command("deploy", "alerts", "--yes", "--parameter", "LogGroupName=trails")
    with tempfile.TemporaryDirectory() as folder, emulator.running(Path(folder)) as address:
        os.environ.update(emulator.variables(address))
        whole, calls, moments = [], [], []
        for _ in range(RUNS):
            _empty(address)
            whole.append(timing.seconds(words))
            _empty(address)
            seconds, when = _calls()
            calls.append(seconds)
            moments.append(max(sum(m <= moment < m + 1 for moment in when) for m in when))
    return statistics.median(whole) - statistics.median(calls), max(moments)


def _empty(address: str) -> None:
    """Delete everything in the account, and create a log group."""
    emulator.reset(address)
    AwsSession(SessionConfig()).service("logs").call("CreateLogGroup", logGroupName="trails")


def _calls() -> tuple[float, list[float]]:
    """Return the seconds that the calls of one deployment take, and the time of each."""
    session = open_session(Environment())
    spent: list[float] = []
    moments: list[float] = []
    client = session.cloud.service.client
    started: dict[str, float] = {}

    def before(**_: object) -> None:
        started["at"] = time.perf_counter()
        moments.append(started["at"])

    def after(**_: object) -> None:
        spent.append(time.perf_counter() - started["at"])

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
        _Silent(),
    )
    return sum(spent), moments


class _Silent:
    """A user interface without output that confirms."""

    def info(self, text: str) -> None:
        """Nothing."""

    def show_event(self, stack: str, event: object) -> None:
        """Nothing."""

    def show_plan(self, plan: DeployPlan) -> None:
        """Nothing."""

    def confirm(self) -> bool:
        """Yes."""
        return True

    def confirm_name(self, name: str, why: str) -> bool:  # noqa: ARG002 - the signature of the protocol
        """No."""
        return False


if __name__ == "__main__":
    main()
