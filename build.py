#!/usr/bin/env python
"""The command line of this project, without installing it: ``python build.py --help``."""

import sys
from pathlib import Path

try:
    from trailbell.command.main import cli, main
except ModuleNotFoundError as missing:
    sys.exit(
        f'error: {missing.name} is not installed; run the first command in "Build this '
        'repository" of the README, then use .venv/bin/python'
    )

__all__ = ["cli", "main"]

if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent))
