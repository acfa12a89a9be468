"""
The project: its detections and stacks, with the settings applied.

In:    the packages ``detections`` and ``stacks`` next to ``build.py``, and ``trailbell.toml``.
Out:   the catalog, the stacks, and the errors of what cannot be used.
Never: a list of content. It is found by walking the packages.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from trailbell import settings
from trailbell.catalog import self_test
from trailbell.catalog.detection import Catalog, Detection
from trailbell.catalog.selection import apply_selection, read_selection
from trailbell.catalog.selection import notes as exclusion_notes
from trailbell.compiler.discovery import discover
from trailbell.compiler.stack import Stack
from trailbell.deploy.environment import read_environments
from trailbell.dist import manifest
from trailbell.errors import ContentError, SettingsError, UnknownNameError
from trailbell.rollout.configuration.settings import read_rollouts
from trailbell.source_location import PROJECT
from trailbell.validate.lint_settings import lint_settings

DIST = manifest.FOLDER


@dataclass(frozen=True)
class Project:
    """What there is to build, and the errors of what could not be loaded.

    ``catalog`` holds the detections that are deployed, ``written`` all of them; ``notes`` say what
    exclusions do.
    """

    stacks: tuple[Stack, ...]
    catalog: Catalog
    written: Catalog
    errors: tuple[ContentError, ...]
    notes: tuple[str, ...] = ()

    def select(self, names: Sequence[str]) -> tuple[Stack, ...]:
        """The stacks of these names, or all if there are none. Raises `UnknownNameError`."""
        by_name = {stack.name: stack for stack in self.stacks}
        for name in names:
            if name not in by_name:
                raise UnknownNameError("stack", name, by_name)
        return tuple(by_name[name] for name in dict.fromkeys(names)) or self.stacks


def load_project() -> Project:
    """Load everything in ``detections/`` and ``stacks/``, with the settings applied.

    Raises `trailbell.errors.SettingsError` if there is no other error.
    """
    written, errors = _discover_detections()
    stacks = discover("stacks", Stack, name="STACK")
    errors += (*self_test.check_catalog(written), *stacks.errors, *_same_name(stacks.objects))
    if not stacks.objects and not stacks.errors:
        errors += (_none_found("stacks/", "there is no stack", "STACK = Stack"),)
    try:
        table = settings.load(None, PROJECT)
        deployed, notes = _apply_settings(table, written)
        lint_settings(table)
        if not stacks.errors:
            _check_deployment(table, [stack.name for stack in stacks.objects])
    except SettingsError as error:
        if not errors:
            raise
        return Project((), Catalog(()), written, (*errors, error.as_content()))
    usable = _without({error.location for error in errors}, deployed)
    buildable = [s for s in stacks.objects if s.pack is None or usable.in_pack(s.pack)]
    known = {str(error) for error in errors}
    tuning_errors = (e for e in self_test.check_tuned(usable) if str(e) not in known)
    return Project(
        stacks=tuple(sorted(buildable, key=lambda stack: stack.name)),
        catalog=usable,
        written=written,
        errors=(*errors, *tuning_errors),
        notes=notes,
    )


def _without(locations: set[str], catalog: Catalog) -> Catalog:
    """The catalog without detections that have errors, so that stacks report no
    follow-up errors.
    """
    usable = (detection for detection in catalog if str(detection.location) not in locations)
    return replace(catalog, detections=tuple(usable))


def _apply_settings(table: settings.Table, written: Catalog) -> tuple[Catalog, tuple[str, ...]]:
    """The catalog that is deployed, and notes on what exclusions do."""
    selection = read_selection(table, written)
    deployed = apply_selection(written, selection)
    return deployed, exclusion_notes(written, selection, deployed)


def _check_deployment(table: settings.Table, stacks: Sequence[str]) -> None:
    """Raises `SettingsError` for settings that ``deploy`` and ``rollout`` would reject."""
    read_environments(table, stacks)
    read_rollouts(table, stacks)


def load_catalog() -> Catalog:
    """The detections that are deployed. Raises the first `ContentError`."""
    return load_catalogs()[0]


def load_catalogs() -> tuple[Catalog, Catalog]:
    """The detections that are deployed, and all of them. Raises the first `ContentError`."""
    written, errors = _discover_detections()
    for error in errors:
        raise error
    return apply_selection(written, read_selection(settings.load(None, PROJECT), written)), written


def _discover_detections() -> tuple[Catalog, tuple[ContentError, ...]]:
    detections = discover("detections", Detection)
    errors = [*detections.errors, *_same_id(detections.objects)]
    errors += _same_logical_id(detections.objects)
    if not detections.objects and not errors:
        errors.append(_none_found("detections/", "the catalog is empty", "Detection"))
    by_id = {detection.id: detection for detection in reversed(detections.objects)}
    by_logical_id = {detection.logical_id: detection for detection in by_id.values()}
    return Catalog(tuple(by_logical_id.values())[::-1]), tuple(errors)


def _none_found(location: str, problem: str, literal: str) -> ContentError:
    hint = f"write at least one {literal}(...) in a module there"
    return ContentError(location=location, problem=problem, hint=hint)


def _same_id(detections: Iterable[Detection]) -> list[ContentError]:
    return _repeated("detection", [(detection.id, detection.location) for detection in detections])


def _same_logical_id(detections: Iterable[Detection]) -> list[ContentError]:
    """Ids that differ but name the same resources: ``vpc-2a`` and ``vpc2a``."""
    first: dict[str, Detection] = {}
    errors = []
    for detection in detections:
        previous = first.setdefault(detection.logical_id, detection)
        if previous.id != detection.id:
            errors.append(
                ContentError(
                    location=str(detection.location),
                    problem=(
                        f"detection {detection.id} creates resources called "
                        f"{detection.logical_id}, and so does {previous.id} at {previous.location}"
                    ),
                    hint="give it an id that differs in more than its hyphens",
                )
            )
    return errors


def _same_name(stacks: Iterable[Stack]) -> list[ContentError]:
    return _repeated("stack", [(stack.name, stack.location) for stack in stacks])


def _repeated(kind: str, named: list[tuple[str, object]]) -> list[ContentError]:
    locations: dict[str, list[str]] = {}
    for name, location in named:
        locations.setdefault(name, []).append(str(location))
    return [
        ContentError(
            location=found[-1],
            problem=f'a second {kind} is called "{name}", after {found[0]}',
            hint="give it another name",
        )
        for name, found in locations.items()
        if len(found) > 1
    ]
