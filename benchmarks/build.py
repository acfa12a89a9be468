"""
How long a build takes: ``python -m benchmarks.build``.

Cold is compared with plain cfn-lint over the same files in the same Regions; a rebuild and
``--help`` are absolute. Medians of whole processes that take turns.
"""

import os
import sys
import tempfile
from pathlib import Path

from benchmarks.timing import interleaved
from trailbell.place import PROJECT
from trailbell.validate.region import DEFAULT

RUNS = 7


def main() -> None:
    build = [sys.executable, str(PROJECT / "build.py")]
    files = sorted(
        str(path) for path in (PROJECT / "dist").glob("*.[jy]*") if "manifest" not in path.name
    )
    lint = [str(Path(sys.executable).parent / "cfn-lint"), "--regions", *DEFAULT, "--", *files]
    with tempfile.TemporaryDirectory() as cache:
        env = os.environ | {"XDG_CACHE_HOME": cache}
        medians = interleaved(
            {
                "cold build": [*build, "build", "--no-cache"],
                "plain cfn-lint": lint,
                "rebuild, nothing changed": [*build, "build"],
                "--help": [*build, "--help"],
            },
            RUNS,
            env,
        )
    for name, median in medians.items():
        print(f"{name:<26}{median:6.2f} s")
    ratio = medians["cold build"] / medians["plain cfn-lint"]
    print(f"cold build / plain cfn-lint: {ratio:.2f}")


if __name__ == "__main__":
    main()
