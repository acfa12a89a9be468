"""
Saved plans: JSON for programs, and for a deployment later.

In:    a `DeployPlan`; a file.
Out:   JSON with everything in the plan.
Never: an out-of-date plan applied. `ensure_fresh` compares its fingerprint with the current state.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from trailbell import text_files
from trailbell.diff.model import DeployPlan, PlanBasis, PlanFingerprint, ValueChange
from trailbell.errors import ContentError, OutputError, StalePlanError, UnreadableFileError

FORMAT = 3

_HINT = "create a plan with: trailbell plan --live --out FILE"


def as_json(plan: DeployPlan) -> str:
    """Return the plan as JSON."""
    return json.dumps({"format": FORMAT} | asdict(plan), indent=2, ensure_ascii=False) + "\n"


def write(path: Path, plan: DeployPlan) -> None:
    """Save a plan. Raises `OutputError`."""
    try:
        path.write_text(as_json(plan), encoding="utf-8")
    except OSError as error:
        raise OutputError(str(path), text_files.reason(error)) from error


@dataclass(frozen=True, kw_only=True)
class SavedStack:
    """A stack of a saved plan: what it is based on, and the settings that change.

    ``obstacle`` says why a stack could be planned in the account only from its template.
    """

    stack: str
    based_on: PlanFingerprint
    settings: tuple[ValueChange, ...]
    obstacle: str = ""


def read_plan(path: Path) -> tuple[SavedStack, ...]:
    """Return the stacks of a saved plan, in order. Raises `ContentError`."""
    try:
        data: dict[str, Any] = text_files.parse_json(text_files.read_text(path))
        if data["format"] != FORMAT:
            raise ContentError(
                str(path),
                f"the plan has format {data['format']}, not {FORMAT}",
                "create a new plan",
            )
        return tuple(_stack(stack) for stack in data["stacks"])
    except UnreadableFileError as error:
        raise ContentError(str(path), error.reason, _HINT) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ContentError(str(path), "not a saved plan", _HINT) from error


def _stack(data: Mapping[str, Any]) -> SavedStack:
    return SavedStack(
        stack=data["stack"],
        based_on=PlanFingerprint(**data["based_on"]),
        settings=tuple(ValueChange(**change) for change in data["settings"]),
        obstacle=_obstacle(data["basis"], data["account"], [n["text"] for n in data["notices"]]),
    )


def obstacles(plan: DeployPlan) -> Mapping[str, str]:
    """Return why stacks of a live plan have no change set to execute, by stack."""
    texts = {
        stack.stack: _obstacle(stack.basis, stack.account, [n.text for n in stack.notices])
        for stack in plan.stacks
    }
    return {stack: text for stack, text in texts.items() if text}


def _obstacle(basis: str, account: str, notices: Sequence[str]) -> str:
    """The first notice of a plan of an account that is not based on a change set there."""
    return notices[0] if basis == PlanBasis.OFFLINE and account and notices else ""


def ensure_fresh(
    path: Path, stack: str, planned: PlanFingerprint, current: PlanFingerprint
) -> None:
    """Raise `StalePlanError` unless template, stack, last change and change set are the same."""
    for change, old, new in (
        ("the template in dist/ has changed", planned.template, current.template),
        ("the stack was recreated", planned.stack_id, current.stack_id),
        ("the stack has changed", planned.last_change, current.last_change),
        ("its change set no longer exists", planned.change_set, current.change_set),
        ("the settings of the stack have changed", planned.settings, current.settings),
    ):
        if old != new:
            raise StalePlanError(str(path), stack, change)
