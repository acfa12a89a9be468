"""The measurements behind docs/explanation/speed.md: run ``python -m benchmarks.NAME``."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
"""The folder of the repository."""
