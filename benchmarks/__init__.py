"""The measurements behind docs/speed.md: run ``python -m benchmarks.NAME``."""
