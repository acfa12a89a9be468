"""
Whole processes, timed.

In:    commands.
Out:   seconds of wall time, and medians of several runs.
Never: an assertion. Figures are for people; machines differ.
"""

import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence


def seconds(command: Sequence[str], env: Mapping[str, str] | None = None) -> float:
    """Wall time of one run. Raises `subprocess.CalledProcessError` if it fails."""
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=env)  # noqa: S603
    return time.perf_counter() - started


def interleaved(
    commands: Mapping[str, Sequence[str]], runs: int, env: Mapping[str, str] | None = None
) -> dict[str, float]:
    """Median seconds of each command. They take turns, so a drifting machine favours none."""
    for command in commands.values():
        seconds(command, env)  # warm the file cache
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            taken[name].append(seconds(command, env))
    return {name: statistics.median(times) for name, times in taken.items()}
