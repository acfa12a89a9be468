"""
Import ``detections``, ``policies`` and ``stacks`` from the project and from the baseline.

In:    the root of the project.
Out:   packages that hold the modules of both, at every level. A module of the project replaces the
       one of the baseline with the same name.
Never: a package of the same name that some other distribution installed.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

from trailbell.project.root import BASELINE, CONTENT


@dataclass(frozen=True)
class ContentFinder(MetaPathFinder):
    """Finds modules of content in these folders, the first of them first."""

    roots: tuple[Path, ...]

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - as Python calls it
        target: ModuleType | None = None,  # noqa: ARG002 - as Python calls it
    ) -> ModuleSpec | None:
        """The module or package with this name; None if it is none of content."""
        parts = fullname.split(".")
        if parts[0] not in CONTENT:
            return None
        places = [root.joinpath(*parts) for root in self.roots]
        folders = [str(place) for place in places if place.is_dir()]
        for place in places:  # as Python does in each folder: a package, then a module
            if (file := place / "__init__.py").is_file():
                return spec_from_file_location(fullname, file, submodule_search_locations=folders)
            if (file := place.with_name(f"{place.name}.py")).is_file():
                return spec_from_file_location(fullname, file)
        if not folders:
            return None
        spec = ModuleSpec(fullname, None, is_package=True)
        spec.submodule_search_locations = folders
        return spec

    def has_imported(self, package: str) -> bool:
        """Whether this package, which is imported, has modules of these folders only."""
        spec = self.find_spec(package)
        expected = spec.submodule_search_locations if spec else None
        return list(getattr(sys.modules[package], "__path__", ())) == list(expected or ())


def import_content_from(root: Path) -> None:
    """Import content from this project from now on, and other modules as a program in it does.

    Modules that were imported from elsewhere are forgotten.
    """
    finder = ContentFinder(tuple(dict.fromkeys((root, BASELINE))))
    for name in CONTENT:
        if name in sys.modules and not finder.has_imported(name):
            for module in [m for m in sys.modules if m.split(".")[0] == name]:
                del sys.modules[module]
    sys.meta_path[:] = [
        finder,
        *(entry for entry in sys.meta_path if not isinstance(entry, ContentFinder)),
    ]
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))


def replaced_modules(root: Path) -> tuple[str, ...]:
    """The modules and packages of the project that replace a module of the baseline.

    Paths are relative to the project.
    """
    if root == BASELINE:
        return ()
    packages = (path.removesuffix("/__init__.py") for path in _python_files(root))
    return tuple(sorted(name for name in packages if _module(name).is_file()))


def hidden_packages(root: Path) -> tuple[str, ...]:
    """The modules of the project that have the name of a package of the baseline.

    With one of them, no module of this package can be imported.
    """
    if root == BASELINE:
        return ()
    return tuple(
        sorted(
            path
            for path in _python_files(root)
            if (BASELINE / path.removesuffix(".py") / "__init__.py").is_file()
        )
    )


def _module(name: str) -> Path:
    """The file of the baseline that is imported by the name of a file or package."""
    return BASELINE / (name if name.endswith(".py") else f"{name}.py")


def _python_files(root: Path) -> Iterator[str]:
    for name in CONTENT:
        for path in (root / name).rglob("*.py"):
            yield path.relative_to(root).as_posix()
