"""
The folder of the templates that a command reads or writes if none is named.

In:    the project.
Out:   its folder ``dist/``.
Never: a heavy import. Commands evaluate it when they start.
"""

from pathlib import Path

from trailbell.dist import manifest
from trailbell.project.root import project_root


def dist_folder() -> Path:
    """The folder of the templates of the project. Raises `trailbell.errors.ProjectError`."""
    return project_root() / manifest.FOLDER
