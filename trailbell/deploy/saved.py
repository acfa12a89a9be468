"""
A plan in a file: for machines, and to be applied later.

In:    a `Plan`; a file.
Out:   JSON with everything that the plan holds.
Never: an old plan applied. `fresh` compares its pins with what is there now.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from trailbell import text_files
from trailbell.diff.model import Pin, Plan
from trailbell.errors import ContentError, OutputError, StalePlanError, UnreadableFileError

FORMAT = 1

_REMEDY = "name a plan; make one: python build.py plan --account -o FILE"


def as_json(plan: Plan) -> str:
    """The plan as JSON: what it holds, and the words that gates use."""
    return json.dumps({"format": FORMAT} | asdict(plan), indent=2, ensure_ascii=False) + "\n"


def write(path: Path, plan: Plan) -> None:
    """Save a plan. Raises `OutputError`."""
    try:
        path.write_text(as_json(plan), encoding="utf-8")
    except OSError as error:
        raise OutputError(str(path), (error.strerror or str(error)).lower()) from error


def pins(path: Path) -> Mapping[str, Pin]:
    """What a saved plan was made from, by stack. Raises `ContentError`."""
    try:
        data: dict[str, Any] = text_files.as_json(text_files.text(path))
        if data["format"] != FORMAT:
            raise ContentError(str(path), f"a plan of format {data['format']}", "plan again")
        return {stack["stack"]: Pin(**stack["pin"]) for stack in data["stacks"]}
    except UnreadableFileError as error:
        raise ContentError(str(path), error.reason, _REMEDY) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ContentError(str(path), "not a plan", _REMEDY) from error


def fresh(path: Path, stack: str, pin: Pin, now: Pin) -> None:
    """Raises `StalePlanError` unless template, last change and change set are what they were."""
    for changed, then, today in (
        ("dist/ holds another template", pin.template, now.template),
        ("the stack was made anew", pin.stack_id, now.stack_id),
        ("the stack was changed since", pin.last_change, now.last_change),
        ("its change set is gone", pin.change_set, now.change_set),
    ):
        if then != today:
            raise StalePlanError(str(path), stack, changed)
