"""
Write the files of something new: all of them, or none.

In:    the root of the project; paths and texts.
Out:   files.
Never: a file that exists already, in the project or in the baseline; `write_over` replaces one
       of the project on request.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from trailbell import text_files
from trailbell.errors import InputError, OutputError
from trailbell.project.root import BASELINE, BASELINE_NAME


class NameTakenError(InputError):
    """A name that something else has, or that Python cannot import."""


def write_new(root: Path, files: Mapping[str, str]) -> None:
    """Write files with these paths below the root.

    Raises `NameTakenError` for one that exists, `OutputError` for one that cannot be written.
    Neither leaves a file behind.
    """
    check_new(root, files)
    write_files(root, files)


def write_files(root: Path, files: Mapping[str, str]) -> None:
    """Write files that do not exist, or none. Raises `OutputError`."""
    created: list[Path] = []
    try:
        for name, text in files.items():
            path = root / name
            created += _create_folder(path.parent)
            with path.open("x", encoding="utf-8") as file:
                created.append(path)
                file.write(text)
    except OSError as error:
        _remove(created)
        raise OutputError(name, text_files.reason(error)) from error


def write_over(root: Path, files: Mapping[str, str]) -> None:
    """Write files that may exist, each as a whole or not at all. Raises `OutputError`."""
    for name, text in files.items():
        path = root / name
        written = path.with_name(f".{path.name}.new")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            written.write_text(text, encoding="utf-8")
            written.replace(path)
        except OSError as error:
            written.unlink(missing_ok=True)
            raise OutputError(name, text_files.reason(error)) from error


def check_new(root: Path, files: Mapping[str, str]) -> None:
    """Raise `NameTakenError` if the project or the baseline has one of the files."""
    for name in files:
        if os.path.lexists(root / name):
            raise NameTakenError(f"{name} exists already; choose another name, or edit that file")
        ours = BASELINE / name
        if ours.exists() or _package_of(ours).is_dir():
            raise NameTakenError(
                f"{name} would replace the module {BASELINE_NAME}/{name}; choose another name"
            )


def _package_of(path: Path) -> Path:
    """The folder that Python would import under the name of a module."""
    return path.with_suffix("") if path.suffix == ".py" else path


def _create_folder(folder: Path) -> list[Path]:
    """Create a folder and those above it; the ones that are new, the outermost first."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing[::-1]


def _remove(created: list[Path]) -> None:
    for path in reversed(created):
        path.rmdir() if path.is_dir() else path.unlink()
