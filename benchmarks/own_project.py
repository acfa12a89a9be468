"""
Measure a project of its own: ``python -m benchmarks.own_project``.

Starting it and building everything, cold and with nothing changed, is compared with the builds of
the clone. Run it in an environment with the wheel to measure what users have; the clone is always
built with its own sources. All are medians of whole processes that alternate.
"""

import os
import shlex
import sys
import tempfile
from pathlib import Path

from benchmarks import PROJECT
from benchmarks.timing import measure, measure_alternating

RUNS = 7


def main() -> None:
    """Measure, and print the medians and ratios."""
    program = [sys.executable, "-P", "-m", "trailbell"]  # not the clone, if this runs in it
    with tempfile.TemporaryDirectory() as work:
        env = os.environ | {"XDG_CACHE_HOME": str(Path(work, "cache"))}
        own = Path(work, "own")
        measure([*program, "init", str(own)], env)
        start = (
            f"rm -rf {work}/new && {shlex.join(program)} init {work}/new > {work}/files && "
            f"{shlex.join(program)} build --no-cache --project {work}/new"
        )
        clone = [sys.executable, str(PROJECT / "build.py"), "build"]
        medians = measure_alternating(
            {
                "init and cold build": ["sh", "-c", start],
                "cold build in the clone": [*clone, "--no-cache"],
                "rebuild, nothing changed": [*program, "build", "--project", str(own)],
                "rebuild in the clone, nothing changed": clone,
                "--help": [*program, "--help"],
            },
            RUNS,
            env,
        )
        for name, median in medians.items():
            print(f"{name:<44}{median:6.2f} s")
        ratio = medians["init and cold build"] / medians["cold build in the clone"]
        print(f"init and cold build / cold build in the clone: {ratio:.2f}")


if __name__ == "__main__":
    main()
