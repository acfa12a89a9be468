"""
A whole build remembered: where nothing changed since, there is nothing to do.

In:    everything a build reads: sources, settings, versions of libraries, Regions.
Out:   what the last build said, and the digests of the files that it wrote.
Never: a build that failed, or one that read sources from elsewhere.
"""

import hashlib
import importlib.metadata
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from trailbell import cache
from trailbell.source_location import PROJECT

_SOURCES = ("detections", "policies", "stacks", "trailbell")
_FILES = ("build.py", "trailbell.toml")
_LIBRARIES = ("awacs", "botocore", "cfn-lint", "PyYAML", "troposphere")


@dataclass(frozen=True)
class LastBuild:
    """What a clean build of everything printed, and the SHA-256 of each file by its name."""

    output: str
    files: Mapping[str, str]

    def matches(self, folder: Path) -> bool:
        """Whether a folder holds these files, byte for byte."""
        paths = {name: folder / name for name in self.files}
        return all(path.is_file() for path in paths.values()) and all(
            _digest(path.read_bytes()) == self.files[name] for name, path in paths.items()
        )


def record(output: str, files: Mapping[str, bytes]) -> LastBuild:
    """The stamp of a build that printed this and made these files."""
    return LastBuild(output, {name: _digest(content) for name, content in files.items()})


def key(regions: Iterable[str]) -> str:
    """A name for a build of everything that stands in the project now, in these Regions.

    Every file in the folders of sources counts, whatever it is called: a stack may read one.
    """
    digest = hashlib.sha256(json.dumps([sys.version, *sorted(regions)]).encode())
    for library in _LIBRARIES:
        digest.update(importlib.metadata.version(library).encode())
    for path in _sources():
        digest.update(json.dumps(path.relative_to(PROJECT).as_posix()).encode())
        digest.update(path.read_bytes())
    return f"build-{digest.hexdigest()}"


def _sources() -> Iterator[Path]:
    for name in _SOURCES:
        files = (path for path in (PROJECT / name).rglob("*") if path.is_file())
        yield from sorted(path for path in files if "__pycache__" not in path.parts)
    yield from (PROJECT / name for name in _FILES if (PROJECT / name).exists())


def load(name: str) -> LastBuild | None:
    """The stamp of that name, or None if there is none or it cannot be read."""
    found = cache.load(name)
    match found:
        case {"output": str(output), "files": dict(files)}:
            return LastBuild(output, files)
        case _:
            return None


def save(name: str, stamp: LastBuild) -> None:
    """Keep a stamp, unless something was read that `key` does not know of."""
    if not _read_from_elsewhere():
        cache.store(name, asdict(stamp))


def _read_from_elsewhere() -> bool:
    """Whether a module of the project was loaded that is not among its sources."""
    files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    paths = [Path(file) for file in files if file]
    known = {*_sources()}
    return any(
        path.is_relative_to(PROJECT) and path not in known and "site-packages" not in path.parts
        for path in paths
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
