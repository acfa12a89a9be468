"""
Measure what our rules add to cfn-lint: ``python -m benchmarks.lint TEMPLATE...``.

Plain cfn-lint and cfn-lint with ``--append-rules trailbell.validate.rules`` check the templates
given, each in one process, for one Region. The two alternate. The seconds are those of the
processor; the ratio is the median of those of the pairs. Without templates, it takes those in
``dist/``.
"""

import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import PROJECT

PAIRS = 9
_COMMAND = (str(Path(sys.executable).parent / "cfn-lint"), "--regions", "us-east-1")
_RULES = ("--append-rules", "trailbell.validate.rules")
# An installed package has its bytecode, so this one may write its own, too.
_ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
}


def _processor_seconds(command: Sequence[str]) -> float:
    """Run a command to its end, whatever it found."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=False, capture_output=True, env=_ENVIRONMENT, cwd=PROJECT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main(templates: Sequence[str]) -> None:
    paths = [str(Path(template).resolve()) for template in templates] or [
        str(path) for path in sorted((PROJECT / "dist").glob("*.json")) if path.stem != "manifest"
    ]
    plain = [*_COMMAND, "--", *paths]
    ours = [*_COMMAND, *_RULES, "--", *paths]
    _processor_seconds(ours)  # writes the bytecode and warms the file cache
    pairs = [(_processor_seconds(plain), _processor_seconds(ours)) for _ in range(PAIRS)]
    print(f"{len(paths)} templates, {PAIRS} pairs")
    print(f"plain cfn-lint:   {statistics.median(first for first, _ in pairs):.2f} s")
    print(f"with our rules:   {statistics.median(second for _, second in pairs):.2f} s")
    print(f"ratio:            {statistics.median(second / first for first, second in pairs):.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
