"""
Write the folder ``dist/``, and read its manifest.

In:    the texts of compiled templates.
Out:   ``<stack>.json``, ``<stack>.yaml`` and ``manifest.json``, either all of them or none; and a
       `Manifest` to deploy from.
Never: knowledge of how a template was created. It may be written by hand.
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

from trailbell import text_files
from trailbell.errors import ContentError, OutputError

FOLDER = "dist"
"""The folder of the templates in a project."""
MANIFEST = "manifest.json"
_FORMAT = 1
_STAGING = ".writing-"


@dataclass(frozen=True)
class OutputFile:
    """A file in ``dist/``: its name, its size in bytes, and its SHA-256 digest in hexadecimal."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class StackEntry:
    """The entry of a stack in ``manifest.json``.

    ``where`` says in which Regions it can be deployed, and ``instead_of`` is the stack to which it
    is an alternative, if any. ``capabilities`` maps the required capabilities to the reasons.
    ``regions`` are the Regions for which the template was validated. ``sources`` maps logical IDs
    to the line of Python that built the resource, as ``path:line``.
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
    """The content of ``dist/``, by the name of the stack."""

    stacks: Mapping[str, StackEntry]


Files = Mapping[str, bytes]


def describe_file(name: str, text: str) -> OutputFile:
    """Describe a file with this text."""
    content = text.encode()
    return OutputFile(name, len(content), hashlib.sha256(content).hexdigest())


def manifest_text(manifest: Manifest) -> str:
    """The text of ``manifest.json``."""
    return json.dumps({"format": _FORMAT} | asdict(manifest), indent=2) + "\n"


def read(folder: Path) -> Manifest:
    """Read the manifest of a folder. Raises `ContentError` if it is missing or not valid."""
    path = folder / MANIFEST
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["format"] != _FORMAT:
            raise ContentError(
                location=str(path),
                problem=f"has format {data['format']} instead of {_FORMAT}",
                hint="build all stacks again: trailbell build",
            )
        return Manifest(stacks={n: _entry(entry) for n, entry in data["stacks"].items()})
    except OSError as error:
        raise ContentError(
            location=str(path),
            problem=f"manifest is missing ({text_files.reason(error)})",
            hint="run the build first: trailbell build",
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ContentError(
            location=str(path),
            problem="is not a valid manifest",
            hint="build all stacks again: trailbell build",
        ) from error


def _entry(data: dict[str, Any]) -> StackEntry:
    files = {name: OutputFile(**data[name]) for name in ("json", "yaml")}
    for file in files.values():
        # A build deletes the files of the last manifest, so none may be outside of the folder.
        if file.name != Path(file.name).name or file.name in ("", ".", ".."):
            raise ValueError(f"{file.name!r} is not the name of a file")
    capabilities = {name: tuple(reasons) for name, reasons in data["capabilities"].items()}
    regions = tuple(data["regions"])
    return StackEntry(**(data | files | {"capabilities": capabilities, "regions": regions}))


@dataclass(frozen=True)
class Differences:
    """The sorted names of files that differ from their current content."""

    missing: tuple[str, ...]
    changed: tuple[str, ...]
    orphaned: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.changed or self.orphaned)


def differences(folder: Path, files: Files) -> Differences:
    """What `write` would change in a folder. Raises `ContentError` if a file cannot be read."""
    current = {name: _current_content(folder / name) for name in files}
    return Differences(
        missing=tuple(sorted(name for name in files if current[name] is None)),
        changed=tuple(
            sorted(name for name in files if current[name] not in (None, files[name])),
        ),
        orphaned=tuple(sorted(name for name in _generated_files(folder) if name not in files)),
    )


def _current_content(path: Path) -> bytes | None:
    """The content of a file, or None if it does not exist."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ContentError(
            location=str(path),
            problem=f"cannot be read ({text_files.reason(error)})",
            hint="move it, because the build writes a template there",
        ) from error


def _generated_files(folder: Path) -> set[str]:
    """The files that an earlier build wrote, according to its manifest."""
    try:
        entries = read(folder).stacks.values()
    except ContentError:
        return set()
    names = {file.name for entry in entries for file in (entry.json, entry.yaml)}
    return {name for name in names if (folder / name).is_file()}


def write(folder: Path, files: Files) -> Differences:
    """Write these files to a folder, and delete those of stacks that no longer exist.

    All files are written to a temporary folder first, and replace the old ones when they are on
    the disk, so a full disk or a killed process does not damage the old ones. Returns the changes.
    Raises `OutputError`, or `ContentError` if a file of this name cannot be read.
    """
    changes = differences(folder, files)
    if not changes:
        return changes
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for abandoned in folder.glob(f"{_STAGING}*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=folder))
    except FileExistsError as error:
        raise OutputError(str(folder), "it is a file, not a directory") from error
    except OSError as error:
        raise OutputError(str(folder), text_files.reason(error)) from error
    try:
        for name in (*changes.missing, *changes.changed):
            _write_to_disk(staging / name, files[name])
        # The manifest is last, so that it never describes a missing file.
        for name in sorted((*changes.missing, *changes.changed), key=lambda name: name == MANIFEST):
            (staging / name).replace(folder / name)
        for name in changes.orphaned:
            (folder / name).unlink()
    except OSError as error:
        raise OutputError(str(folder), text_files.reason(error)) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return changes


def _write_to_disk(path: Path, content: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
