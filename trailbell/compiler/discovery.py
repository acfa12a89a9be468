"""
Find the objects that the modules of a package define.

In:    the name of a package (``detections``, ``stacks``) and a type.
Out:   every object of this type in its modules, and an error for each module that fails.
Never: a list that is kept by hand, or registration on import.
"""

import importlib
import importlib.util
import pkgutil
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
from trailbell.source_location import SourceLocation, content_path

T = TypeVar("T")


@dataclass(frozen=True)
class Discovery(Generic[T]):
    """The objects in the order of module names and then of lines, and the errors."""

    objects: tuple[T, ...]
    errors: tuple[ContentError, ...]


def discover(package: str, object_type: type[T], *, name: str | None = None) -> Discovery[T]:
    """The objects of ``object_type`` in the modules directly in ``package``.

    With ``name``, each module must define exactly one, with this name. Modules of sub-packages,
    and modules whose names start with ``_``, are helpers and are skipped.
    """
    objects: list[T] = []
    errors: list[ContentError] = []
    try:
        modules = _modules(package)
    except ContentError as error:
        return Discovery((), (error,))
    for module_name in modules:
        try:
            with as_content_errors(module_name, SourceLocation(_file(module_name), 1)):
                module = importlib.import_module(module_name)
            objects += _defined(module, object_type, name)
        except ContentError as error:
            if name:
                errors.append(error)
                continue
            partial, module_errors = without_broken_statements(
                module_name, object_type.__name__, error
            )
            errors += [_with_ids(problem, module_name, object_type) for problem in module_errors]
            objects += _defined(partial, object_type, None) if partial else []
    # A module may import an object of another module, which still counts once.
    unique = objects if name else list({id(value): value for value in objects}.values())
    return Discovery(tuple(unique), tuple(errors))


def _modules(package: str) -> list[str]:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.submodule_search_locations is None:
        raise ContentError(
            location=f"{package}/",
            problem="no such package",
            hint="run the command in a project with this package",
        )
    with as_content_errors(package, None):
        paths = importlib.import_module(package).__path__
    return [
        f"{package}.{entry.name}"
        for entry in sorted(pkgutil.iter_modules(paths), key=lambda entry: entry.name)
        if not entry.ispkg and not entry.name.startswith("_")
    ]


def _with_ids(error: ContentError, module_name: str, object_type: type[T]) -> ContentError:
    """Add the ID of the literal with the error, or of all literals that could not be read."""
    spec = importlib.util.find_spec(module_name)
    if spec is None or spec.origin is None or error.__cause__ is None:
        return error
    lines = [
        line
        for frame, line in traceback.walk_tb(error.__cause__.__traceback__)
        if frame.f_code.co_filename == spec.origin
    ]
    noun = object_type.__name__.lower()
    try:
        text = text_files.read_text(Path(spec.origin))
        ids = [literals.id_at(text, line, object_type.__name__) for line in reversed(lines)]
    except (UnreadableFileError, SyntaxError, ValueError):
        return error
    failed, lost = next(filter(None, ids), ""), literals.ids(text)
    if failed:
        problem = error.problem.replace(f"{module_name}: ", f"{noun} {failed}: ", 1)
    elif lost:
        problem = f"{error.problem} (not read: {noun} {', '.join(lost)})"
    else:
        problem = error.problem
    return replace(error, problem=problem)


def _defined(module: ModuleType, object_type: type[T], name: str | None) -> list[T]:
    if name is None:
        return [value for value in vars(module).values() if isinstance(value, object_type)]
    value = getattr(module, name, None)
    if not isinstance(value, object_type):
        raise ContentError(
            location=_file(module.__name__),
            problem=(
                f"{name} is not defined"
                if value is None
                else f"{name} is not a {object_type.__name__}, but a {type(value).__name__}"
            ),
            hint=f"define {name} = {object_type.__name__}(...) in the module",
        )
    return [value]


def _file(module_name: str) -> str:
    """The file of a module, to display."""
    path = f"{module_name.replace('.', '/')}.py"
    spec = importlib.util.find_spec(module_name)
    file = content_path(spec.origin) if spec and spec.origin else None
    return file if file and file.endswith(path) else path
