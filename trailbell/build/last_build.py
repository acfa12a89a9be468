"""
The last successful build of all stacks, which is not repeated until something changes.

In:    everything that a build reads: sources, settings, versions of libraries, Regions.
Out:   the output of the last build, and the digests of the files that it wrote.
Never: a build that failed, or that read other sources.
"""

import ast
import hashlib
import importlib.metadata
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from trailbell import cache
from trailbell.project.root import BASELINE, CONTENT, ENGINE, project_root
from trailbell.styled_text import Line, Span, Style

_FILES = ("build.py", "trailbell.toml")
_LIBRARIES = ("awacs", "botocore", "cfn-lint", "PyYAML", "troposphere")


@dataclass(frozen=True)
class LastBuild:
    """The output of a successful build, and the SHA-256 digest of each file by its name."""

    output: tuple[Line, ...]
    files: Mapping[str, str]

    def matches(self, folder: Path) -> bool:
        """Whether a folder has exactly these files."""
        paths = {name: folder / name for name in self.files}
        return all(path.is_file() for path in paths.values()) and all(
            _digest(path.read_bytes()) == self.files[name] for name, path in paths.items()
        )


def record(output: Iterable[Line], files: Mapping[str, bytes]) -> LastBuild:
    """Describe a build with this output and these files."""
    return LastBuild(tuple(output), {name: _digest(content) for name, content in files.items()})


def key(regions: Iterable[str]) -> str:
    """The cache key of a build of the current sources for these Regions.

    Every file in the source folders counts, because a stack may read any of them.
    """
    digest = hashlib.sha256(json.dumps([sys.version, *sorted(regions)]).encode())
    for library in _LIBRARIES:
        digest.update(importlib.metadata.version(library).encode())
    for root, paths in _sources().items():
        for path in paths:
            digest.update(json.dumps(path.relative_to(root).as_posix()).encode())
            digest.update(path.read_bytes())
    return f"build-{digest.hexdigest()}"


def _sources() -> dict[Path, list[Path]]:
    """The files that a build reads, by the folder to which their names are relative."""
    project = project_root()
    content = [project / name for name in CONTENT]
    sources = {project: [*_files(content), *(f for n in _FILES if (f := project / n).is_file())]}
    if project != BASELINE:
        sources[BASELINE] = [*_files(BASELINE / name for name in CONTENT)]
    return sources | {ENGINE: [*_files([ENGINE])]}


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        files = (path for path in folder.rglob("*") if path.is_file())
        yield from sorted(path for path in files if "__pycache__" not in path.parts)


def load(name: str) -> LastBuild | None:
    """The last build with this key; None if there is none or it cannot be read."""
    match cache.load(name):
        case {"output": list(output), "files": dict(files)}:
            return LastBuild(tuple(_line(entry) for entry in output), files)
        case _:
            return None


def _line(entry: Mapping[str, Any]) -> Line:
    spans = (Span(each["text"], each["style"] and Style(each["style"])) for each in entry["spans"])
    return Line(tuple(spans), entry["hanging"], entry["whole"])


def save(name: str, build: LastBuild) -> None:
    """Store a build, unless it read sources that `key` does not include."""
    if not _read_other_sources() and not _imports_other_libraries():
        cache.store(name, asdict(build))


def _read_other_sources() -> bool:
    """Whether a module of the project was imported that is not in the source folders."""
    files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    paths = [Path(file) for file in files if file]
    known = {path for sources in _sources().values() for path in sources}
    root = project_root()
    return any(
        path.is_relative_to(root) and path not in known and "site-packages" not in path.parts
        for path in paths
    )


_KNOWN = frozenset({*sys.stdlib_module_names, *CONTENT, "awacs", "trailbell", "troposphere"})


def _imports_other_libraries() -> bool:
    """Whether modules of the project import a library whose version `key` does not include."""
    if project_root() == BASELINE:  # ours do not
        return False
    sources = (path for path in _sources()[project_root()] if path.suffix == ".py")
    return not {name for path in sources for name in _imports(path)} <= _KNOWN


def _imports(path: Path) -> Iterator[str]:
    """The packages that a module imports."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        match node:
            case ast.Import(names=names):
                yield from (alias.name.split(".")[0] for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module.split(".")[0]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
