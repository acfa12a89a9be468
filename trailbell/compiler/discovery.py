"""
Content, found by walking a package.

In:    the name of a package (``detections``, ``stacks``) and a type.
Out:   every object of that type that its modules define, and what could not be imported.
Never: a list kept by hand, or registering on import.
"""

import importlib
import importlib.util
import pkgutil
import sys
import traceback
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Generic, TypeVar

from trailbell import text_files
from trailbell.compiler import literals
from trailbell.compiler.content_errors import as_content_errors
from trailbell.compiler.partial_module import without_broken_statements
from trailbell.errors import ContentError, UnreadableFileError
from trailbell.source_location import SourceLocation

T = TypeVar("T")


@dataclass(frozen=True)
class Discovery(Generic[T]):
    """What was found, in the order of module names and then of lines; and the faults."""

    found: tuple[T, ...]
    faults: tuple[ContentError, ...]


def discover(package: str, kind: type[T], *, name: str | None = None) -> Discovery[T]:
    """The objects of ``kind`` in the modules directly in ``package``.

    With ``name``, each module exports exactly one, under that name. Sub-packages are not
    walked: they hold what modules share. Modules that start with ``_`` are left out.
    """
    found: list[T] = []
    faults: list[ContentError] = []
    try:
        modules = _modules(package)
    except ContentError as fault:
        return Discovery((), (fault,))
    for module_name in modules:
        try:
            with as_content_errors(
                module_name, SourceLocation(f"{module_name.replace('.', '/')}.py", 1)
            ):
                module = importlib.import_module(module_name)
            found += _exported(module, kind, name)
        except ContentError as fault:
            if name:
                faults.append(fault)
                continue
            rest, all_of_it = without_broken_statements(module_name, kind.__name__, fault)
            faults += [_with_ids(each, module_name, kind) for each in all_of_it]
            found += _exported(rest, kind, None) if rest else []
    # A module may import what another one defines: that is one object, not two.
    once = found if name else list({id(value): value for value in found}.values())
    return Discovery(tuple(once), tuple(faults))


def _modules(package: str) -> list[str]:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.submodule_search_locations is None:
        raise ContentError(
            location=f"{package}/", problem="there is no such package", hint="content stands there"
        )
    with as_content_errors(package, None):
        paths = importlib.import_module(package).__path__
    return [
        f"{package}.{entry.name}"
        for entry in sorted(pkgutil.iter_modules(paths), key=lambda entry: entry.name)
        if not entry.ispkg and not entry.name.startswith("_")
    ]


def _with_ids(fault: ContentError, module_name: str, kind: type[T]) -> ContentError:
    """The fault of a module, with the id of the literal in it, or of all that are lost by it."""
    spec = importlib.util.find_spec(module_name)
    if spec is None or spec.origin is None or fault.__cause__ is None:
        return fault
    lines = [
        line
        for frame, line in traceback.walk_tb(fault.__cause__.__traceback__)
        if frame.f_code.co_filename == spec.origin
    ]
    noun = kind.__name__.lower()
    try:
        text = text_files.read_text(Path(spec.origin))
        found = [literals.id_at(text, line, kind.__name__) for line in reversed(lines)]
    except (UnreadableFileError, SyntaxError, ValueError):
        return fault
    one, lost = next(filter(None, found), ""), literals.ids(text)
    if one:
        told = fault.problem.replace(f"{module_name}: ", f"{noun} {one}: ", 1)
    elif lost:
        told = f"{fault.problem} (in it: {noun} {', '.join(lost)})"
    else:
        told = fault.problem
    return replace(fault, problem=told)


def _exported(module: ModuleType, kind: type[T], name: str | None) -> list[T]:
    if name is None:
        return [value for value in vars(module).values() if isinstance(value, kind)]
    exported = getattr(module, name, None)
    if not isinstance(exported, kind):
        raise ContentError(
            location=_file(module),
            problem=(
                f"exports no {name}"
                if exported is None
                else f"{name} is a {type(exported).__name__}"
            ),
            hint=f"end the module with {name} = {kind.__name__}(...)",
        )
    return [exported]


def _file(module: ModuleType) -> str:
    package = sys.modules[module.__name__.split(".")[0]]
    root = Path(package.__path__[0]).parent
    return Path(str(module.__file__)).relative_to(root).as_posix()
