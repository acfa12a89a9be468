"""
The content of the project, as the commands need it.

In:    the packages ``detections`` and ``stacks``, wherever ``build.py`` is.
Out:   the catalogue, the stacks, and what of them cannot be used.
Never: content named here. It is found by walking.
"""

from collections import Counter
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
from trailbell.rollout.settings import read_rollouts
from trailbell.source_location import PROJECT
from trailbell.validate.lint_settings import lint_settings

DIST = manifest.FOLDER


@dataclass(frozen=True)
class Project:
    """What there is to build, and the faults of what could not be loaded.

    ``load_catalog`` holds what is deployed, ``written`` every detection there is; ``notes`` say
    what exclusions do to it.
    """

    stacks: tuple[Stack, ...]
    catalog: Catalog
    written: Catalog
    faults: tuple[ContentError, ...]
    notes: tuple[str, ...] = ()

    def chosen(self, names: Sequence[str]) -> tuple[Stack, ...]:
        """The stacks of these names, or all if there are none. Raises `UnknownNameError`."""
        known = {stack.name: stack for stack in self.stacks}
        for name in names:
            if name not in known:
                raise UnknownNameError("stack", name, known)
        return tuple(known[name] for name in dict.fromkeys(names)) or self.stacks


def load_project() -> Project:
    """Everything in ``detections/`` and ``stacks/``, as ``trailbell.toml`` chooses and tunes it.

    Raises `trailbell.errors.SettingsError` if that is all that is wrong.
    """
    written, faults = _catalogue()
    stacks = discover("stacks", Stack, name="STACK")
    faults += (*self_test.check_catalog(written), *stacks.errors, *_same_name(stacks.objects))
    if not stacks.objects and not stacks.errors:
        faults += (_nothing("stacks/", "there is no stack", "STACK = Stack"),)
    try:
        table = settings.load(None, PROJECT)
        selected_ = _selected(table, written)
        lint_settings(table)
        if not stacks.errors:
            _check_deployment(table, [stack.name for stack in stacks.objects])
    except SettingsError as error:
        if not faults:
            raise
        return Project((), Catalog(()), written, (*faults, error.as_content()))
    told = {str(fault) for fault in faults}
    chosen = _without({fault.location for fault in faults}, selected_.deployed)
    buildable = [s for s in stacks.objects if s.pack is None or chosen.in_pack(s.pack)]
    return Project(
        stacks=tuple(sorted(buildable, key=lambda stack: stack.name)),
        catalog=chosen,
        written=written,
        faults=(
            *faults,
            *(each for each in self_test.check_tuned(chosen) if str(each) not in told),
        ),
        notes=selected_.notes,
    )


def _without(places: set[str], catalogue: Catalog) -> Catalog:
    """The catalogue without detections that are at fault: what follows from that is no fault of
    the stacks that deploy them.
    """
    sound = (detection for detection in catalogue if str(detection.location) not in places)
    return replace(catalogue, detections=tuple(sound))


@dataclass(frozen=True)
class _Selected:
    """What is deployed of the catalogue, and what exclusions do to it."""

    deployed: Catalog
    notes: tuple[str, ...]


def _selected(table: settings.Table, written: Catalog) -> _Selected:
    choice = read_selection(table, written)
    deployed = apply_selection(written, choice)
    return _Selected(deployed, exclusion_notes(written, choice, deployed))


def _check_deployment(table: settings.Table, stacks: Sequence[str]) -> None:
    """Raises `SettingsError` for what ``deploy`` and ``rollout`` would refuse to read."""
    read_environments(table, stacks)
    read_rollouts(table, stacks)


def load_catalog() -> Catalog:
    """The detections that are deployed, alone. Raises the first `ContentError` there is."""
    return load_catalogs()[0]


def load_catalogs() -> tuple[Catalog, Catalog]:
    """The detections that are deployed, and all that are written. Raises as `load_catalog` does."""
    written, faults = _catalogue()
    for fault in faults:
        raise fault
    return apply_selection(written, read_selection(settings.load(None, PROJECT), written)), written


def _catalogue() -> tuple[Catalog, tuple[ContentError, ...]]:
    detections = discover("detections", Detection)
    faults = [*detections.errors, *_same_id(detections.objects)]
    faults += _same_logical_id(detections.objects)
    if not detections.objects and not faults:
        faults.append(_nothing("detections/", "the catalogue is empty", "Detection"))
    first = {detection.id: detection for detection in reversed(detections.objects)}
    once = {detection.logical_id: detection for detection in first.values()}
    return Catalog(tuple(once.values())[::-1]), tuple(faults)


def _nothing(place: str, found: str, literal: str) -> ContentError:
    return ContentError(
        location=place,
        problem=found,
        hint=f"write at least one {literal}(...) in a module there",
    )


def _same_id(detections: Iterable[Detection]) -> list[ContentError]:
    return _repeated("detection", [(detection.id, detection.location) for detection in detections])


def _same_logical_id(detections: Iterable[Detection]) -> list[ContentError]:
    """Ids that differ, and name the same resources: ``vpc-2a`` and ``vpc2a``."""
    first: dict[str, Detection] = {}
    faults = []
    for detection in detections:
        other = first.setdefault(detection.logical_id, detection)
        if other.id != detection.id:
            faults.append(
                ContentError(
                    location=str(detection.location),
                    problem=f"detection {detection.id} makes resources called "
                    f"{detection.logical_id}, and so does {other.id} at {other.location}",
                    hint="give it an id that differs in more than its hyphens",
                )
            )
    return faults


def _same_name(stacks: Iterable[Stack]) -> list[ContentError]:
    return _repeated("stack", [(stack.name, stack.location) for stack in stacks])


def _repeated(kind: str, named: list[tuple[str, object]]) -> list[ContentError]:
    count = Counter(name for name, _ in named)
    places: dict[str, list[str]] = {}
    for name, place in named:
        places.setdefault(name, []).append(str(place))
    return [
        ContentError(
            location=places[name][-1],
            problem=f"a second {kind} is called {name!r}, after {places[name][0]}",
            hint="give it a name of its own",
        )
        for name, times in count.items()
        if times > 1
    ]
