"""
Verdicts kept from one build to the next.

In:    everything that a verdict depends on: the texts, cfn-lint, our rules, the Regions.
Out:   the findings of last time, or None.
Never: anything that cannot be made again. The folder is the user's cache and safe to delete.
"""

import hashlib
import importlib.metadata
import json
import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import platformdirs

from trailbell.finding import Finding, Level
from trailbell.place import ENGINE

_FORMAT = "1"
_FOLDERS = ("catalog", "event_pattern", "pattern", "validate")
# Judges, and what they read, that are in none of the folders.
_ALONE = (
    "samples",
    *("finding", "cloudtrail/event_names"),
)


@cache
def folder() -> Path:
    """Where verdicts are kept, on this system and for this user."""
    return Path(platformdirs.user_cache_dir("trailbell", appauthor=False)) / "verdicts"


@cache
def _judges() -> str:
    """The identity of everything that judges: cfn-lint, the names that botocore knows, and our
    rules and proofs and what they import."""
    digest = hashlib.sha256(_FORMAT.encode())
    for library in ("cfn-lint", "botocore"):
        digest.update(importlib.metadata.version(library).encode())
    folders = ((ENGINE / part).rglob("*.py") for part in _FOLDERS)
    alone = (ENGINE / f"{name}.py" for name in _ALONE)
    for path in sorted((*alone, *(path for found in folders for path in found))):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def key(texts: Iterable[str], regions: Iterable[str]) -> str:
    """A name for the verdict on these texts in these Regions."""
    parts = json.dumps([_judges(), sorted(regions), list(texts)])
    return hashlib.sha256(parts.encode()).hexdigest()


def load(name: str) -> tuple[Finding, ...] | None:
    """The verdict of that name, or None if there is none or it cannot be read."""
    entries = read(name)
    try:
        return tuple(
            Finding(**(entry | {"path": tuple(entry["path"]), "level": Level(entry["level"])}))
            for entry in entries
        )
    except (ValueError, TypeError, KeyError):
        return None


def save(name: str, findings: tuple[Finding, ...]) -> None:
    """Keep a verdict."""
    keep(name, [asdict(finding) for finding in findings])


def read(name: str) -> Any:
    """What was kept under a name; None if nothing was, or it cannot be read."""
    try:
        return json.loads((folder() / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def keep(name: str, value: Any) -> None:
    """Keep a value that JSON can say. Where that cannot be written, a build does not fail."""
    with suppress(OSError):
        folder().mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder(), suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(json.dumps(value))
            Path(temporary).replace(folder() / f"{name}.json")
        except OSError:
            Path(temporary).unlink()
