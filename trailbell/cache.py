"""
Results kept from one run to the next, so that what did not change is not computed again.

In:    a name made of everything that a result depends on.
Out:   the result as JSON, or None.
Never: anything that cannot be computed again. The folder is the user's cache and safe to delete.
"""

import hashlib
import importlib.metadata
import json
import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import platformdirs

from trailbell.source_location import ENGINE

_FORMAT = "2"
_FOLDERS = ("catalog", "event_pattern", "pattern", "validate", "template")
_FILES = ("cloudtrail/event_names.py", "samples.py")
_LIBRARIES = ("cfn-lint", "botocore")


@cache
def folder() -> Path:
    """Where results are kept, on this system and for this user."""
    return Path(platformdirs.user_cache_dir("trailbell", appauthor=False)) / "verdicts"


@cache
def _validation_fingerprint() -> str:
    """A digest of all that decides what is valid: cfn-lint, API names of botocore, our rules."""
    digest = hashlib.sha256(_FORMAT.encode())
    for library in _LIBRARIES:
        digest.update(importlib.metadata.version(library).encode())
    paths = [path for name in _FOLDERS for path in (ENGINE / name).rglob("*.py")]
    for path in sorted((*paths, *(ENGINE / name for name in _FILES))):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def validation_key(texts: Iterable[str], regions: Iterable[str]) -> str:
    """A name for what validation finds in these texts, in order, for these Regions."""
    parts = json.dumps([_validation_fingerprint(), sorted(regions), list(texts)])
    return hashlib.sha256(parts.encode()).hexdigest()


def load(name: str) -> Any:
    """The value stored under a name; None if there is none or it cannot be read."""
    try:
        return json.loads((folder() / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def store(name: str, value: Any) -> None:
    """Store a value that JSON can hold. A folder that cannot be written fails no build."""
    with suppress(OSError):
        folder().mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder(), suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(json.dumps(value))
            Path(temporary).replace(folder() / f"{name}.json")
        except OSError:
            Path(temporary).unlink()
