"""
Which files of a folder are meant.

In:    a folder.
Out:   its files in a stable order, those whose names say nothing of their content, and what is
       left out.
Never: a list of a whole bucket in memory, or a folder passed over that could not be opened.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trailbell.cloudtrail.other_formats import DIGEST, Foreign
from trailbell.cloudtrail.read_error import ReadError

STANDARD_INPUT = "-"

_SUFFIXES = (".json", ".jsonl", ".ndjson", ".log")

# Hashes of what was delivered, no records:
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
_DIGESTS = "CloudTrail-Digest"


@dataclass(frozen=True, slots=True)
class Doubtful:
    """
    A file whose first bytes decide whether it is left out.

    Firehose names its objects without a suffix, exports of CloudWatch Logs end in ``.gz`` alone:
    https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html
    """

    path: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file in a folder that holds no records by its name."""

    path: str
    kind: Foreign | None = None


def is_folder(path: str) -> bool:
    return Path(path).is_dir()


def files(folder: str) -> Iterator[str | Doubtful | LeftOut | ReadError]:
    """Paths of files to read, and what else there is."""
    closed: list[OSError] = []
    for where, inner, names in os.walk(folder, onerror=closed.append):
        yield from _problems(closed)
        inner.sort()
        yield from (LeftOut(f"{where}{os.sep}{name}") for name in inner if _is_link(where, name))
        for name in sorted(names):
            # A Path would take as long as reading the file.
            yield _found(f"{where.removesuffix(os.sep)}{os.sep}{name}")
    yield from _problems(closed)


def _is_link(where: str, name: str) -> bool:
    """Links to folders are not followed: they may lead in circles."""
    return Path(where, name).is_symlink()


def _problems(closed: list[OSError]) -> Iterator[ReadError]:
    while closed:
        error = closed.pop(0)
        yield ReadError(str(error.filename), error.strerror or str(error))


def _found(path: str) -> str | Doubtful | LeftOut:
    if _DIGESTS in path:
        return LeftOut(path, DIGEST)
    if path.lower().removesuffix(".gz").endswith(_SUFFIXES):
        return path
    return Doubtful(path) if _is_file(path) else LeftOut(path)


def _is_file(path: str) -> bool:
    """Reading a named pipe would wait for whatever writes to it."""
    try:
        mode = Path(path).stat().st_mode
    except OSError:
        return True  # opening it will say what is wrong
    return stat.S_ISREG(mode)
