"""
Which files are meant.

In:    paths: files, folders, ``-`` for standard input.
Out:   files in a stable order, and what of a folder is left out.
Never: a list of a whole bucket in memory.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

STANDARD_INPUT = "-"

_SUFFIXES = (".json", ".jsonl", ".ndjson", ".log")

# Hashes of what was delivered, no records:
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
_DIGESTS = "CloudTrail-Digest"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file in a folder that holds no records by its name."""

    path: str


def files(paths: Iterable[str]) -> Iterator[str | LeftOut]:
    """Folders are walked. A path named by itself is taken as it is, whatever its name."""
    for path in paths:
        if Path(path).is_dir():
            yield from _walked(path)
        else:
            yield path


def _walked(folder: str) -> Iterator[str | LeftOut]:
    for where, inner, names in os.walk(folder):
        inner.sort()
        for name in sorted(names):
            path = f"{where.removesuffix(os.sep)}{os.sep}{name}"  # a Path takes as long as reading
            stem = name.lower().removesuffix(".gz")
            yield path if stem.endswith(_SUFFIXES) and _DIGESTS not in path else LeftOut(path)
