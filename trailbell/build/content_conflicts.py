"""
What the modules of a project contradict each other in, and what they replace.

In:    the stacks and detections that modules of the project and of the baseline define.
Out:   an error for each contradiction; a note for each module of the baseline that is replaced.
Never: settings. `trailbell.build.project` applies them.
"""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from trailbell import text_files
from trailbell.catalog.detection import Catalog, Detection
from trailbell.catalog.pack import Pack, in_order
from trailbell.compiler import literals
from trailbell.compiler.stack import Stack
from trailbell.errors import ContentError, UnknownNameError, UnreadableFileError
from trailbell.project.content_packages import hidden_packages, replaced_modules
from trailbell.project.root import BASELINE
from trailbell.source_location import is_baseline


def repeated_ids(detections: Iterable[Detection]) -> Iterator[ContentError]:
    """Detections with the same ID, and those whose IDs differ but name the same resources.

    An example is ``vpc-2a`` and ``vpc2a``.
    """
    detections = tuple(detections)
    yield from _repeated("detection", [(each.id, each.location) for each in detections])
    first: dict[str, Detection] = {}
    for detection in detections:
        previous = first.setdefault(detection.logical_id, detection)
        if previous.id != detection.id:
            yield ContentError(
                location=str(detection.location),
                problem=(
                    f"detection {detection.id} creates resources called {detection.logical_id}, "
                    f"and so does {previous.id} at {previous.location}"
                ),
                hint="give it an id that differs in more than its hyphens",
            )


def repeated_names(stacks: Iterable[Stack]) -> Iterator[ContentError]:
    """Stacks with the same name."""
    return _repeated("stack", [(stack.name, stack.location) for stack in stacks])


def _repeated(kind: str, named: list[tuple[str, object]]) -> Iterator[ContentError]:
    locations: dict[str, list[str]] = {}
    for name, location in named:
        locations.setdefault(name, []).append(str(location))
    for name, places in locations.items():
        if len(places) > 1:
            yield ContentError(
                location=places[-1],
                problem=f'a second {kind} is called "{name}", after {places[0]}',
                hint="give it another name",
            )


def packs_of(stacks: Iterable[Stack]) -> tuple[tuple[Pack, ...], list[ContentError]]:
    """The packs of these stacks in order, and an error for each that differs from the first."""
    by_name: dict[str, Stack] = {}
    errors = []
    for stack in stacks:
        if stack.pack is None:
            continue
        first = by_name.setdefault(stack.pack.name, stack)
        if first.pack != stack.pack:
            errors.append(
                ContentError(
                    location=str(stack.location),
                    problem=(
                        f"the stacks {first.name} and {stack.name} define the pack "
                        f'"{stack.pack.name}" differently; the first is at {first.location}'
                    ),
                    hint="define it in one module and import it in the other",
                )
            )
    return in_order(stack.pack for stack in by_name.values() if stack.pack), errors


def unknown_packs(catalog: Catalog) -> list[ContentError]:
    """Names of packs that no stack has."""
    known = [pack.name for pack in catalog.packs]
    return [
        ContentError(
            location=str(detection.location),
            problem=f"detection {detection.id}: {UnknownNameError('pack', name, known)}",
            hint="name a pack of a stack",
        )
        for detection in catalog
        for name in detection.packs
        if name not in known
    ]


def undeployed_detections(
    catalog: Catalog, deployed: Collection[str], omitted: Collection[Stack]
) -> Iterator[ContentError]:
    """Detections of the project that no stack deploys, because ``[baseline]`` leaves it out."""
    known = {pack.name for pack in catalog.packs}
    for detection in catalog:
        packs = [pack for pack in detection.packs if pack in known]
        if is_baseline(detection.location) or not packs or {*packs} & {*deployed}:
            continue
        stacks = sorted(s.name for s in omitted if s.pack and s.pack.name == packs[0])
        yield ContentError(
            location=str(detection.location),
            problem=(
                f'detection {detection.id} is in the pack "{packs[0]}", which [baseline] in '
                "trailbell.toml leaves out"
            ),
            hint=(
                f"add the pack and one of its stacks ({', '.join(stacks)}) to [baseline], or name "
                "a pack of your own"
            ),
        )


def hidden_package_errors(root: Path) -> list[ContentError]:
    """An error for each module that hides a package of the baseline."""
    return [
        ContentError(
            location=path,
            problem=(
                "has the name of a package of the baseline, whose modules can then not be imported"
            ),
            hint="rename it",
        )
        for path in hidden_packages(root)
    ]


def replacement_notes(root: Path, catalog: Catalog) -> Iterator[str]:
    """A sentence for each module of the baseline that the project replaces."""
    for path in replaced_modules(root):
        ours = BASELINE / (path if path.endswith(".py") else f"{path}.py")
        ids = _missing_ids(ours, catalog)
        without = (
            f", so {', '.join(ids)} {'is' if len(ids) == 1 else 'are'} not built" if ids else ""
        )
        yield (
            f"{path} replaces the module of the baseline with that name{without}; rename it if you "
            "do not mean that"
        )


def misplaced_detections(root: Path, catalog: Catalog) -> Iterator[str]:
    """A sentence for each module in a folder below detections/ whose detections are not built."""
    for path in sorted((root / "detections").glob("*/**/*.py")):
        if ids := _missing_ids(path, catalog):
            yield (
                f"{path.relative_to(root).as_posix()} is in a folder below detections/, so "
                f"{_are_not_built(ids)}; move it up, or import it in a module there"
            )


def empty_pack_notes(stacks: Iterable[Stack], catalog: Catalog) -> Iterator[str]:
    """A sentence for each stack of the project that is not built without a detection."""
    for stack in stacks:
        if stack.pack is None or stack.without_detections or is_baseline(stack.location):
            continue
        if not catalog.in_pack(stack.pack.name):
            yield (
                f"stack {stack.name} is not built, because no detection of its pack "
                f'"{stack.pack.name}" is deployed'
            )


def _are_not_built(ids: list[str]) -> str:
    return f"{', '.join(ids)} {'is' if len(ids) == 1 else 'are'} not built"


def _missing_ids(path: Path, catalog: Catalog) -> list[str]:
    """The IDs in a module that are not in the catalog; none if it is not text."""
    known = {detection.id for detection in catalog}
    try:
        text = text_files.read_text(path)
    except UnreadableFileError:
        return []
    return [identifier for identifier in literals.ids(text) if identifier not in known]
