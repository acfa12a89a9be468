"""
What tests of a project need: its modules, its catalog, and templates.

In:    the folder of the project; a stack; a detection and an event.
Out:   the catalog as it is deployed, the template of a stack, whether a detection fires.
Never: a validation. ``trailbell check`` validates.
"""

import json
from pathlib import Path
from typing import Any

from trailbell import settings
from trailbell.build import project
from trailbell.catalog.detection import Catalog, Detection
from trailbell.compiler.compile import compile_stack
from trailbell.compiler.stack import Stack
from trailbell.pattern import Outcome
from trailbell.project.content_packages import import_content_from
from trailbell.project.root import choose_project
from trailbell.samples import Event


def use_project(folder: str | Path) -> None:
    """Import ``detections``, ``policies`` and ``stacks`` from this project and the baseline.

    Raises `trailbell.errors.ProjectError` if there is no ``trailbell.toml``.
    """
    root = Path(folder).resolve()
    choose_project(root)
    import_content_from(root)


def load_catalog() -> Catalog:
    """The detections that are deployed, with the settings of the project applied.

    Raises `trailbell.errors.InputError` for content and settings that cannot be used.
    """
    return project.load_catalogs(settings.load(None))[0]


def compile_template(stack: Stack, catalog: Catalog | None = None) -> dict[str, Any]:
    """The template of a stack, for this catalog or else the one that is deployed.

    Raises `trailbell.errors.ContentError` if its code or troposphere raises an exception.
    """
    return compile_stack(stack, load_catalog() if catalog is None else catalog).document


def fires(detection: Detection, event: Event) -> bool:
    """Whether a detection certainly fires on an event, which is one CloudTrail record."""
    return detection.filter_pattern.explain(json.dumps(event)).outcome == Outcome.MATCH
