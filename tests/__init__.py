"""Tests mirror the packages that they test."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
"""The folder of the repository."""
