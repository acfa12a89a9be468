"""
The project: its detections and stacks and those of the baseline, with the settings applied.

In:    the packages ``detections`` and ``stacks``; ``[baseline]`` and ``[catalog]``.
Out:   the catalog, the stacks, and the errors of what cannot be used.
Never: a list of content. It is found by walking the packages.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from trailbell.build.baseline import read_baseline
from trailbell.build.content_conflicts import (
    empty_pack_notes,
    hidden_package_errors,
    misplaced_detections,
    packs_of,
    repeated_ids,
    repeated_names,
    replacement_notes,
    undeployed_detections,
    unknown_packs,
)
from trailbell.build.review_comments import review_notes
from trailbell.catalog import self_test
from trailbell.catalog.detection import Catalog, Detection
from trailbell.catalog.pack import in_order
from trailbell.catalog.selection import Selection, apply_selection, read_selection
from trailbell.catalog.selection import notes as exclusion_notes
from trailbell.compiler.discovery import Discovery, discover
from trailbell.compiler.stack import Stack
from trailbell.errors import ContentError, SettingsError, UnknownNameError
from trailbell.project.content_packages import import_content_from, replaced_modules
from trailbell.project.root import project_root
from trailbell.settings import Table
from trailbell.source_location import is_baseline

CheckSettings = Callable[[Table, Sequence[str]], None]
"""Checks settings that are not about content, given the names of the stacks."""


@dataclass(frozen=True)
class Project:
    """What there is to build, and the errors of what could not be loaded.

    ``catalog`` holds the detections that are deployed, ``written`` all of them. ``omitted`` are
    stacks of the baseline that the settings leave out, of which other projects deploy some
    (``deployed_elsewhere``). ``notes`` say what exclusions do, which modules of the baseline
    the project replaces, and which generated text is to be reviewed.
    """

    stacks: tuple[Stack, ...]
    catalog: Catalog
    written: Catalog
    errors: tuple[ContentError, ...]
    omitted: tuple[Stack, ...] = ()
    deployed_elsewhere: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    def select(self, names: Sequence[str]) -> tuple[Stack, ...]:
        """The stacks of these names, or all if there are none. Raises `UnknownNameError`."""
        by_name = {stack.name: stack for stack in self.stacks}
        for name in names:
            if name not in by_name:
                raise UnknownNameError("stack", name, by_name)
        return tuple(by_name[name] for name in dict.fromkeys(names)) or self.stacks


@dataclass(frozen=True)
class _Modules:
    """What all modules define, of the project and of the baseline, and the errors of those that
    could not be read.
    """

    detections: Discovery[Detection]
    stacks: Discovery[Stack]

    @property
    def errors(self) -> tuple[ContentError, ...]:
        """The errors of both."""
        return (*self.detections.errors, *self.stacks.errors)

    @property
    def have_all_stacks(self) -> bool:
        """Whether each module with a stack was read. One that failed may define packs."""
        return bool(self.stacks.objects) and not self.stacks.errors


@dataclass(frozen=True)
class _Content:
    """What is built of everything that the modules define, and the errors.

    ``deployed_packs`` are the names of the packs that some stack deploys.
    """

    stacks: tuple[Stack, ...]
    written: Catalog
    errors: tuple[ContentError, ...]
    omitted: tuple[Stack, ...]
    deployed_elsewhere: frozenset[str]
    deployed_packs: frozenset[str]


def load_project(table: Table, check_settings: CheckSettings = lambda *_: None) -> Project:
    """Load everything in ``detections/`` and ``stacks/``, with the settings applied.

    Raises `trailbell.errors.SettingsError` if there is no other error.
    """
    root = project_root()
    if hidden := hidden_package_errors(root):  # all others would be follow-up errors
        return Project((), Catalog(()), Catalog(()), tuple(hidden))
    modules = _read_modules()
    errors, written = modules.errors, Catalog(())
    try:
        content = _choose(modules, table)
        written = content.written
        errors = (*content.errors, *self_test.check_catalog(written))
        selection = _select(table, content)
        deployed = apply_selection(written, selection)
        if modules.have_all_stacks:
            check_settings(table, [stack.name for stack in content.stacks])
    except SettingsError as error:
        if not errors:
            raise
        if not _is_consequence(error, modules):
            errors = (*errors, error.as_content())
        notes = tuple(replacement_notes(root, written))
        return Project((), Catalog(()), written, errors, notes=notes)
    usable = _without_errors({error.location for error in errors}, deployed)
    known = {str(error) for error in errors}
    tuning_errors = (e for e in self_test.check_tuned(usable) if str(e) not in known)
    stacks = (stack for stack in content.stacks if _is_built(stack, usable))
    return Project(
        stacks=tuple(sorted(stacks, key=lambda stack: stack.name)),
        catalog=usable,
        written=written,
        errors=(*errors, *tuning_errors),
        omitted=content.omitted,
        deployed_elsewhere=content.deployed_elsewhere,
        notes=(
            *replacement_notes(root, written),
            *misplaced_detections(root, written),
            *empty_pack_notes(content.stacks, usable),
            *review_notes(root),
            *exclusion_notes(written, selection, deployed),
        ),
    )


def load_catalogs(table: Table) -> tuple[Catalog, Catalog]:
    """The detections that are deployed, and all of them. Raises the first `ContentError`."""
    for error in hidden_package_errors(project_root()):
        raise error
    modules = _read_modules()
    for error in modules.errors:
        raise error
    content = _choose(modules, table)
    for error in content.errors:
        raise error
    return apply_selection(content.written, _select(table, content)), content.written


def _is_consequence(error: SettingsError, modules: _Modules) -> bool:
    """Whether a name in the settings is unknown because a module could not be read."""
    if not error.name:
        return False
    named = any(error.name in each.problem for each in modules.errors)
    return named or not modules.have_all_stacks


def _is_built(stack: Stack, catalog: Catalog) -> bool:
    if stack.pack is None or stack.without_detections:
        return True
    return bool(catalog.in_pack(stack.pack.name))


def _without_errors(locations: set[str], catalog: Catalog) -> Catalog:
    """The catalog without detections that have errors, so that stacks report no
    follow-up errors.
    """
    usable = (detection for detection in catalog if str(detection.location) not in locations)
    return replace(catalog, detections=tuple(usable))


def _read_modules() -> _Modules:
    """Everything that the modules of the project and of the baseline define."""
    import_content_from(project_root())
    return _Modules(
        stacks=discover("stacks", Stack, name="STACK"),
        detections=discover("detections", Detection),
    )


def _none_found(location: str, problem: str, literal: str) -> ContentError:
    hint = f"write at least one {literal}(...) in a module there"
    return ContentError(location=location, problem=problem, hint=hint)


def _choose(modules: _Modules, table: Table) -> _Content:
    """What is built: everything of the project, and what ``[baseline]`` has of the baseline.

    Raises `SettingsError`.
    """
    ours = [stack for stack in modules.stacks.objects if is_baseline(stack.location)]
    replaced = replaced_modules(project_root())
    replacing = [s for s in modules.stacks.objects if s.location and s.location.path in replaced]
    named = [*ours, *replacing]
    baseline = read_baseline(
        table, {s.pack.name for s in named if s.pack}, {stack.name for stack in named}
    )
    omitted = [stack for stack in ours if not baseline.has_stack(stack.name, _required_pack(stack))]
    stacks = tuple(stack for stack in modules.stacks.objects if stack not in omitted)
    detections = tuple(
        detection
        for detection in modules.detections.objects
        if baseline.enabled or not is_baseline(detection.location)
    )
    packs, pack_errors = packs_of(stacks)
    names = {pack.name for pack in packs}
    known = [*packs, *(s.pack for s in omitted if s.pack and s.pack.name not in names)]
    written = Catalog(_first_of_each(detections), in_order(known))
    deployed = frozenset(
        stack.pack.name
        for stack in stacks
        if stack.pack and (stack not in ours or baseline.has_pack(stack.pack.name))
    )
    errors = [*modules.detections.errors, *repeated_ids(detections)]
    if baseline.enabled and not detections and not errors:
        errors.append(_none_found("detections/", "the catalog is empty", "Detection"))
    errors += [*modules.stacks.errors, *repeated_names(stacks)]
    if not stacks and not modules.stacks.errors:
        errors.append(_none_found("stacks/", "there is no stack", "STACK = Stack"))
    errors += pack_errors
    if modules.have_all_stacks:
        errors += unknown_packs(written)
    errors += undeployed_detections(written, deployed, omitted)
    return _Content(
        stacks=stacks,
        written=written,
        errors=tuple(errors),
        omitted=tuple(omitted),
        deployed_elsewhere=baseline.deployed_elsewhere,
        deployed_packs=deployed,
    )


def _first_of_each(detections: tuple[Detection, ...]) -> tuple[Detection, ...]:
    """The detections without those that have the ID or the resources of an earlier one."""
    by_id = {detection.id: detection for detection in reversed(detections)}
    by_logical_id = {detection.logical_id: detection for detection in by_id.values()}
    return tuple(by_logical_id.values())[::-1]


def _required_pack(stack: Stack) -> str | None:
    """The pack without which a stack is not built."""
    return None if stack.pack is None or stack.without_detections else stack.pack.name


def _select(table: Table, content: _Content) -> Selection:
    """What ``[catalog]`` selects of the packs that stacks deploy. Raises `SettingsError`."""
    selection = read_selection(table, content.written)
    deployed = tuple(p for p in selection.packs if p.name in content.deployed_packs)
    return replace(selection, packs=deployed)
