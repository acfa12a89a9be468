"""
Time whole processes.

In:    commands.
Out:   seconds of wall time, and medians of several runs.
Never: an assertion. The figures are for readers; machines differ.
"""

import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence


def measure(command: Sequence[str], env: Mapping[str, str] | None = None) -> float:
    """Measure one run. Raises `subprocess.CalledProcessError` if the command fails."""
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=env)
    return time.perf_counter() - started


def measure_alternating(
    commands: Mapping[str, Sequence[str]], runs: int, env: Mapping[str, str] | None = None
) -> dict[str, float]:
    """Median seconds of each command. The commands alternate, so that changing load affects all."""
    for command in commands.values():
        measure(command, env)  # warm the file cache
    durations: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            durations[name].append(measure(command, env))
    return {name: statistics.median(times) for name, times in durations.items()}
