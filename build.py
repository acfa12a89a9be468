#!/usr/bin/env python
"""The command line of Trailbell, without installing it. ``python build.py --help`` explains it."""

import sys

try:
    from trailbell.command.main import cli, main
except ModuleNotFoundError as missing:
    sys.exit(
        f"error: {missing.name} is not installed; run the first command of the README, then use "
        ".venv/bin/python"
    )

__all__ = ["cli", "main"]

if __name__ == "__main__":
    sys.exit(main())
