"""
The files of a folder that are to be read.

In:    a folder.
Out:   its files in a stable order: those to read, those whose names say nothing about their
       content, and those that are skipped.
Never: the list of a whole bucket in memory, or silence about a folder that cannot be opened.
"""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from trailbell.cloudtrail.other_formats import DIGEST, OtherFormat
from trailbell.cloudtrail.read_error import ReadError
from trailbell.text_files import reason

STANDARD_INPUT = "-"

_SUFFIXES = (".json", ".jsonl", ".ndjson", ".log")

# Digest files contain hashes of the delivered files, not records:
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
_DIGESTS = "CloudTrail-Digest"


@dataclass(frozen=True, slots=True)
class UnidentifiedFile:
    """
    A file whose first bytes decide whether it is skipped.

    Firehose names its objects without a suffix, exports of CloudWatch Logs end in ``.gz`` alone:
    https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html
    """

    path: str


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file in a folder that, judged by its name, contains no records."""

    path: str
    other_format: OtherFormat | None = None


def is_folder(path: str) -> bool:
    return Path(path).is_dir()


def _always(_: str) -> bool:
    return True


def walk_folder(
    folder: str, is_needed: Callable[[str], bool] = _always
) -> Iterator[str | UnidentifiedFile | SkippedFile | ReadError]:
    """
    Yield the paths of the files to read, other files, and errors of unreadable folders.

    Folders below of which ``is_needed`` is false are passed over.
    """
    errors: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=errors.append):
        yield from _read_errors(errors)
        folders[:] = sorted(f for f in folders if is_needed(f"{parent}{os.sep}{f}"))
        yield from (
            SkippedFile(f"{parent}{os.sep}{name}") for name in folders if _is_link(parent, name)
        )
        for name in sorted(names):
            # To create a Path would take as long as to read the file.
            yield classify(f"{parent.removesuffix(os.sep)}{os.sep}{name}")
    yield from _read_errors(errors)


def _is_link(parent: str, name: str) -> bool:
    """Whether a folder is a link. Links are not followed, because they may form a cycle."""
    return Path(parent, name).is_symlink()


def _read_errors(errors: list[OSError]) -> Iterator[ReadError]:
    while errors:
        error = errors.pop(0)
        yield ReadError(str(error.filename), reason(error))


def classify(
    path: str, is_regular: Callable[[str], bool] | None = None
) -> str | UnidentifiedFile | SkippedFile:
    """What a file of a folder, or an object of a bucket, is by its name.

    ``is_regular`` says whether reading it ends.
    """
    if _DIGESTS in path:
        return SkippedFile(path, DIGEST)
    if path.lower().removesuffix(".gz").endswith(_SUFFIXES):
        return path
    check = _is_regular_file if is_regular is None else is_regular
    return UnidentifiedFile(path) if check(path) else SkippedFile(path)


def _is_regular_file(path: str) -> bool:
    """Whether reading ends: reading a named pipe would wait for a writer."""
    try:
        mode = Path(path).stat().st_mode
    except OSError:
        return True  # the attempt to open it reports what is wrong
    return stat.S_ISREG(mode)
