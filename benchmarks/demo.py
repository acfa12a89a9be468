"""
Measure the demonstration: ``python -m benchmarks.demo``.

The whole process of ``trailbell demo``, median of several runs; and the time from PutEvents until a
queue behind the topics has the message of a rule, median and maximum over the events of the attack.
"""

import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks import PROJECT
from benchmarks.timing import measure
from trailbell import settings
from trailbell.build.for_tests import use_project
from trailbell.build.project import load_project
from trailbell.demo.attack import ATTACK
from trailbell.demo.deployment import deploy, select
from trailbell.demo.emulator import only_emulator, running
from trailbell.demo.notifications import subscribe
from trailbell.demo.play import put_event

RUNS = 7


def main() -> None:
    """Measure, and print each figure with its limit."""
    with tempfile.TemporaryDirectory() as folder:
        page = str(Path(folder, "page.html"))
        command = [sys.executable, str(PROJECT / "build.py"), "demo", "--page", page]
        whole = statistics.median(measure(command) for _ in range(RUNS))
    messages = _measure_messages()
    print(f"trailbell demo                  {whole:.1f} s (40 s)")
    print(f"PutEvents to message, median    {statistics.median(messages):.3f} s (0.2 s)")
    print(f"PutEvents to message, maximum   {max(messages):.3f} s (0.2 s)")


def _measure_messages() -> list[float]:
    """The seconds until the messages of each event that has some."""
    use_project(PROJECT)
    selection = select(load_project(settings.load(None)))
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), aws_sources=True) as address,
        only_emulator(address),
    ):
        aws = deploy(selection).session.aws
        queue = subscribe(aws)
        sent = [put_event(aws, queue, step) for _ in range(RUNS) for step in ATTACK]
    return [max(each.seconds for each in messages.values()) for messages in sent if messages]


if __name__ == "__main__":
    main()
