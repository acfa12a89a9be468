"""
THE SEAM between compiling and deploying: the folder ``dist/``.

In:    the texts of compiled templates.
Out:   ``<stack>.json``, ``<stack>.yaml`` and ``manifest.json``, written all or none; and a
       `Manifest` for whoever deploys them.
Never: knowledge of how a template came to be. A hand-written one would do as well.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from trailbell.errors import ContentError, OutputError
from trailbell.source_location import PROJECT

FOLDER = PROJECT / "dist"
MANIFEST = "manifest.json"
_FORMAT = 1
_STAGING = ".writing-"


@dataclass(frozen=True)
class OutputFile:
    """A file in ``dist/``: its name, its size in bytes, the hex digest of its content."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class StackEntry:
    """What ``manifest.json`` says of one stack.

    ``instead_of`` names the stack whose place this one takes, if any; ``capabilities`` maps each
    capability that CloudFormation wants acknowledged to the reasons; ``regions`` are those in
    which the template was checked; ``load_templates`` maps a logical id to the Python line that built
    it, as ``path:line``.
    """

    summary: str
    where: str
    instead_of: str
    json: OutputFile
    yaml: OutputFile
    resources: int
    parameters: int
    outputs: int
    capabilities: Mapping[str, tuple[str, ...]]
    regions: tuple[str, ...]
    sources: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What ``dist/`` holds, by the name of the stack."""

    stacks: Mapping[str, StackEntry]


Files = Mapping[str, bytes]


def describe_file(name: str, text: str) -> OutputFile:
    """The description of a file that is to hold this text."""
    content = text.encode()
    return OutputFile(name, len(content), hashlib.sha256(content).hexdigest())


def manifest_text(manifest: Manifest) -> str:
    """The manifest as it stands in ``dist/``."""
    return json.dumps({"format": _FORMAT} | asdict(manifest), indent=2) + "\n"


def read(folder: Path) -> Manifest:
    """The manifest of a folder. Raises `ContentError` if there is none that can be read."""
    path = folder / MANIFEST
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["format"] != _FORMAT:
            raise ContentError(
                location=str(path),
                problem=f"a manifest of format {data['format']}",
                hint=f"build all stacks again, in format {_FORMAT}: python build.py",
            )
        return Manifest(stacks={n: _entry(entry) for n, entry in data["stacks"].items()})
    except OSError as error:
        raise ContentError(
            location=str(path),
            problem=f"no manifest ({_reason(error)})",
            hint="build first: python build.py",
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ContentError(
            location=str(path),
            problem="not a manifest that a build wrote",
            hint="build all stacks again: python build.py",
        ) from error


def _entry(data: dict[str, Any]) -> StackEntry:
    files = {name: OutputFile(**data[name]) for name in ("json", "yaml")}
    for described in files.values():
        # A build removes what the last manifest names: that must not lead out of the folder.
        if described.name != Path(described.name).name or described.name in ("", ".", ".."):
            raise ValueError(f"{described.name!r} is not the name of a file")
    capabilities = {name: tuple(reasons) for name, reasons in data["capabilities"].items()}
    regions = tuple(data["regions"])
    return StackEntry(**(data | files | {"capabilities": capabilities, "regions": regions}))


@dataclass(frozen=True)
class Differences:
    """How a folder differs from what it should hold; names of files, sorted."""

    missing: tuple[str, ...]
    changed: tuple[str, ...]
    orphaned: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.changed or self.orphaned)


def differences(folder: Path, files: Files) -> Differences:
    """What `write` would do to a folder. Raises `ContentError` where a file cannot be read."""
    stand = {name: _current_content(folder / name) for name in files}
    return Differences(
        missing=tuple(sorted(name for name in files if stand[name] is None)),
        changed=tuple(
            sorted(name for name in files if stand[name] not in (None, files[name])),
        ),
        orphaned=tuple(sorted(name for name in _generated_files(folder) if name not in files)),
    )


def _current_content(path: Path) -> bytes | None:
    """What a file holds, or None if there is none."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ContentError(
            location=str(path),
            problem=f"cannot be read ({_reason(error)})",
            hint="a template stands there after a build; move away what is there",
        ) from error


def _generated_files(folder: Path) -> set[str]:
    """Files of stacks that an earlier build wrote; nothing else in the folder is ours."""
    try:
        entries = read(folder).stacks.values()
    except ContentError:
        return set()
    names = {described.name for entry in entries for described in (entry.json, entry.yaml)}
    return {name for name in names if (folder / name).is_file()}


def write(folder: Path, files: Files) -> Differences:
    """Make a folder hold these files, and remove those of stacks that are gone.

    All of it is written beside the old files first, and moved over them only once it is on the
    disk, so a full disk or a killed process leaves the old ones whole. Returns what was done.
    Raises `OutputError`, or `ContentError` where something else stands in the way.
    """
    done = differences(folder, files)
    if not done:
        return done
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for killed in folder.glob(f"{_STAGING}*"):
            shutil.rmtree(killed, ignore_errors=True)
        staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=folder))
    except FileExistsError as error:
        raise OutputError(str(folder), "it is a file, not a folder") from error
    except OSError as error:
        raise OutputError(str(folder), _reason(error)) from error
    try:
        for name in (*done.missing, *done.changed):
            _write_to_disk(staging / name, files[name])
        # The manifest goes last: it never describes a file that is not there yet.
        for name in sorted((*done.missing, *done.changed), key=lambda name: name == MANIFEST):
            (staging / name).replace(folder / name)
        for name in done.orphaned:
            (folder / name).unlink()
    except OSError as error:
        raise OutputError(str(folder), _reason(error)) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return done


def _write_to_disk(path: Path, content: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
