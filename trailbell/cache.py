"""
Store results between runs, so that they are not computed again without a change.

In:    a key that depends on everything that the result depends on.
Out:   the result, or None.
Never: anything that cannot be computed again. The folder can be deleted at any time.
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

from trailbell.project.root import ENGINE

_FORMAT = "2"
_FOLDERS = ("catalog", "event_pattern", "pattern", "validate", "template")
_FILES = (
    *("cloudtrail/event_names.py", "cloudtrail/field_types.py", "cloudtrail/nearest_field.py"),
    *(
        "cloudtrail/operations.py",
        "cloudtrail/places.py",
        "cloudtrail/record_path.py",
        "cloudtrail/spellings.py",
    ),
    "samples.py",
)
_LIBRARIES = ("cfn-lint", "botocore")


@cache
def folder() -> Path:
    """The folder of results for this user."""
    return Path(platformdirs.user_cache_dir("trailbell", appauthor=False)) / "verdicts"


@cache
def _validation_fingerprint() -> str:
    """A digest of everything that validation depends on: cfn-lint, botocore, our rules."""
    digest = hashlib.sha256(_FORMAT.encode())
    for library in _LIBRARIES:
        digest.update(importlib.metadata.version(library).encode())
    paths = [path for name in _FOLDERS for path in (ENGINE / name).rglob("*.py")]
    for path in sorted((*paths, *(ENGINE / name for name in _FILES))):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def validation_key(texts: Iterable[str], regions: Iterable[str]) -> str:
    """The key of the validation result of these texts, in their order, for these Regions."""
    parts = json.dumps([_validation_fingerprint(), sorted(regions), list(texts)])
    return hashlib.sha256(parts.encode()).hexdigest()


def load(name: str) -> Any:
    """The value with this key; None if there is none or it cannot be read."""
    try:
        return json.loads((folder() / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def store(name: str, value: Any) -> None:
    """Store a JSON value. A folder that is not writable is ignored."""
    with suppress(OSError):
        folder().mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder(), suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(json.dumps(value))
            Path(temporary).replace(folder() / f"{name}.json")
        except OSError:
            Path(temporary).unlink()
