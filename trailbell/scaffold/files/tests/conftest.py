"""Tests import the modules of this project, and those of the baseline."""

from pathlib import Path

from trailbell import use_project

use_project(Path(__file__).resolve().parent.parent)
