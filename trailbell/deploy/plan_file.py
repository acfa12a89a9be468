"""
A plan in a file: for machines, and to be applied later.

In:    a `DeployPlan`; a file.
Out:   JSON with everything that the plan holds.
Never: an old plan applied. `ensure_fresh` compares its pins with what is there now.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from trailbell import text_files
from trailbell.diff.model import DeployPlan, PlanFingerprint
from trailbell.errors import ContentError, OutputError, StalePlanError, UnreadableFileError

FORMAT = 2

_REMEDY = "name a plan; make one: python build.py plan --account -o FILE"


def as_json(plan: DeployPlan) -> str:
    """The plan as JSON: what it holds, and the words that gates use."""
    return json.dumps({"format": FORMAT} | asdict(plan), indent=2, ensure_ascii=False) + "\n"


def write(path: Path, plan: DeployPlan) -> None:
    """Save a plan. Raises `OutputError`."""
    try:
        path.write_text(as_json(plan), encoding="utf-8")
    except OSError as error:
        raise OutputError(str(path), (error.strerror or str(error)).lower()) from error


def read_fingerprints(path: Path) -> Mapping[str, PlanFingerprint]:
    """What a saved plan was made from, by stack. Raises `ContentError`."""
    try:
        data: dict[str, Any] = text_files.parse_json(text_files.read_text(path))
        if data["format"] != FORMAT:
            raise ContentError(str(path), f"a plan of format {data['format']}", "plan again")
        return {stack["stack"]: PlanFingerprint(**stack["based_on"]) for stack in data["stacks"]}
    except UnreadableFileError as error:
        raise ContentError(str(path), error.reason, _REMEDY) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ContentError(str(path), "not a plan", _REMEDY) from error


def ensure_fresh(path: Path, stack: str, pin: PlanFingerprint, now: PlanFingerprint) -> None:
    """Raises `StalePlanError` unless template, last change and change set are what they were."""
    for changed, then, today in (
        ("dist/ holds another template", pin.template, now.template),
        ("the stack was made anew", pin.stack_id, now.stack_id),
        ("the stack was changed since", pin.last_change, now.last_change),
        ("its change set is gone", pin.change_set, now.change_set),
    ):
        if then != today:
            raise StalePlanError(str(path), stack, changed)
