"""
The project in which a command runs.

In:    the project, and ``trailbell.toml``.
Out:   the catalog, the stacks, the errors of what cannot be used.
Never: content. `trailbell.build.project` loads it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from trailbell import settings
from trailbell.build import project
from trailbell.build.project import Project
from trailbell.catalog.detection import Catalog
from trailbell.deploy.environment import Environment, read_environments
from trailbell.errors import SettingsError
from trailbell.replay.settings import read_replay_settings
from trailbell.rollout.configuration.settings import read_rollouts
from trailbell.settings import Table
from trailbell.validate.lint_settings import lint_settings


def load_project() -> Project:
    """Load the project with its settings.

    Raises `trailbell.errors.SettingsError` if there is no other error.
    """
    try:
        table = settings.load(None)
    except SettingsError as error:
        without_settings = project.load_project(Table(error.file, "", {}))
        if not without_settings.errors:
            raise
        errors = (*without_settings.errors, error.as_content())
        return replace(without_settings, stacks=(), catalog=Catalog(()), errors=errors, notes=())
    return project.load_project(table, _check_settings)


def load_environments(stacks: Iterable[str]) -> tuple[Environment, ...]:
    """The environments of the settings; none if these have an error, which `load_project` names."""
    try:
        return read_environments(settings.load(None), stacks)
    except SettingsError:
        return ()


def _check_settings(table: Table, stacks: Sequence[str]) -> None:
    """Raise `SettingsError` for settings that other commands would reject."""
    lint_settings(table)
    read_replay_settings(table)
    read_environments(table, stacks)
    read_rollouts(table, stacks)


def load_catalog() -> Catalog:
    """The detections that are deployed. Raises the first `ContentError`."""
    return load_catalogs()[0]


def load_catalogs() -> tuple[Catalog, Catalog]:
    """The detections that are deployed, and all of them. Raises the first `ContentError`."""
    return project.load_catalogs(settings.load(None))
