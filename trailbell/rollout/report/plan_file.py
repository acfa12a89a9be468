"""
Saved plans of rollouts: JSON for programs, and for applying exactly this plan later.

In:    a `RolloutPlan`; a file.
Out:   JSON with everything that will happen; a `SavedPlan`.
Never: a plan applied that is out of date. It is computed again, and must be equal in all that it
       pins; nor the value of a NoEcho parameter in a file.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from trailbell import text_files
from trailbell.diff.model import REDACTED
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import ContentError, OutputError, StalePlanError, UnreadableFileError
from trailbell.rollout.model.plan import RolloutPlan, StackSetPlan
from trailbell.rollout.plan.planner import RolloutOptions
from trailbell.rollout.report.serialize import plan_data, to_json
from trailbell.template.resources import secret_parameters

FORMAT = 2
_KIND = "rollout plan"
_HINT = "create a plan with: trailbell rollout plan NAME --out FILE"
_MAX_LISTED = 8
_MAX_VALUE = 60
# Where the settings were read and who signs in may differ between the review and the run, and what
# runs in AWS in between is waited for.
_NOT_PINNED = ("account_names", "notices")
_NOT_PINNED_OF_STACK_SETS = ("running_operations",)
_NOT_PINNED_SETTINGS = ("origin", "own_origin", "profile", "assume_role")


@dataclass(frozen=True, kw_only=True)
class SavedPlan:
    """A saved plan: the rollout, the options with which it was planned, and what it pins."""

    path: Path
    rollout: str
    options: RolloutOptions
    check_overrides: bool
    pinned: Mapping[str, Any]
    push_secrets: tuple[str, ...] = ()


def write(
    path: Path,
    plan: RolloutPlan,
    templates: Mapping[str, BuiltTemplate],
    options: RolloutOptions,
    *,
    check_overrides: bool,
) -> None:
    """Save a plan. Raises `OutputError`."""
    data = {
        "kind": _KIND,
        **_redacted(plan_data(plan), _secrets(plan, templates)),
        "format": FORMAT,
        "options": asdict(options) | {"check_overrides": check_overrides},
        "pinned": pinned(plan, templates),
    }
    try:
        path.write_text(to_json(data), encoding="utf-8")
    except OSError as error:
        raise OutputError(str(path), text_files.reason(error)) from error


def read(path: Path) -> SavedPlan:
    """Read a saved plan. Raises `ContentError`."""
    try:
        data: dict[str, Any] = text_files.parse_json(text_files.read_text(path))
        if data["kind"] != _KIND:
            raise ContentError(str(path), "not the saved plan of a rollout", _HINT)
        if data["format"] != FORMAT:
            problem = f"the plan has format {data['format']}, not {FORMAT}"
            raise ContentError(str(path), problem, "create a new plan")
        options = dict(data["options"])
        check_overrides = bool(options.pop("check_overrides"))
        return SavedPlan(
            path=path,
            rollout=str(data["rollout"]),
            options=RolloutOptions(**options),
            check_overrides=check_overrides,
            pinned=dict(data["pinned"]),
            push_secrets=tuple(data["pinned"]["push_secrets"]),
        )
    except UnreadableFileError as error:
        raise ContentError(str(path), error.reason, _HINT) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ContentError(str(path), "not the saved plan of a rollout", _HINT) from error


def ensure_fresh(
    saved: SavedPlan, plan: RolloutPlan, templates: Mapping[str, BuiltTemplate]
) -> None:
    """Raise `StalePlanError` unless the plan computed now is the saved one."""
    differences = list(_differences(saved.pinned, pinned(plan, templates), ""))
    if differences:
        more = len(differences) - _MAX_LISTED
        listed = "\n".join(f"    {line}" for line in differences[:_MAX_LISTED])
        tail = f"\n    and {more:,} more" if more > 0 else ""
        raise StalePlanError(
            str(saved.path), saved.rollout, f"what would be done now differs\n{listed}{tail}"
        )


def pinned(plan: RolloutPlan, templates: Mapping[str, BuiltTemplate]) -> dict[str, Any]:
    """Everything that must be the same when the plan is applied, as JSON values."""
    data = asdict(replace(plan, stack_sets=()))
    for name in _NOT_PINNED:
        data.pop(name, None)
    data["rollout"] = {"requires": {k: sorted(v) for k, v in plan.rollout.requires.items()}}
    for stage in data["stages"]:
        for step in stage["steps"]:
            step["after"] = sorted(step["after"])
    data["push_secrets"] = plan.rollout.push_secrets
    data["stack_sets"] = {each.stack: _pinned_stack_set(each) for each in plan.stack_sets}
    values: dict[str, Any] = json.loads(to_json(_redacted(data, _secrets(plan, templates))))
    return values


def _pinned_stack_set(plan: StackSetPlan) -> dict[str, Any]:
    data = asdict(replace(plan, instances=(), template_changes=None))
    for name in _NOT_PINNED_OF_STACK_SETS:
        data.pop(name, None)
    for name in _NOT_PINNED_SETTINGS:
        data["rollout"].pop(name, None)
    data["rollout"]["shared"] = sorted(plan.rollout.shared)
    del data["template_changes"]  # it follows from the two templates
    if plan.request is not None:
        data["request"]["template"] = plan.request.template.sha256
    if plan.definition is not None:
        digest = hashlib.sha256(plan.definition.template.encode()).hexdigest()
        data["definition"]["template"] = digest
    data["instances"] = {
        " ".join(instance.location): [instance.action, instance.wave, instance.reason]
        for instance in plan.instances
    }
    return data


def _secrets(plan: RolloutPlan, templates: Mapping[str, BuiltTemplate]) -> frozenset[str]:
    documents = (templates[each.stack].document for each in plan.stack_sets)
    return frozenset[str]().union(*(secret_parameters(document) for document in documents))


def _redacted(value: Any, secret: frozenset[str]) -> Any:
    """Data without the values of these parameters, whether they are a member or a key and value."""
    match value:
        case {"ParameterKey": name, "ParameterValue": _} if name in secret:
            return value | {"ParameterValue": REDACTED}
        case dict():
            return {
                key: REDACTED
                if key in secret and isinstance(each, str)
                else _redacted(each, secret)
                for key, each in value.items()
            }
        case list() | tuple() if secret:
            return [_redacted(each, secret) for each in value]
        case _:
            return value


def _differences(old: Any, new: Any, path: str) -> Iterator[str]:
    """Each value that differs, with its path in the plan."""
    match old, new:
        case dict(), dict():
            for key in dict.fromkeys((*old, *new)):
                below = f"{path}.{key}" if path else str(key)
                yield from _differences(old.get(key), new.get(key), below)
        case list(), list() if len(old) == len(new):
            for index, (before, after) in enumerate(zip(old, new, strict=True)):
                yield from _differences(before, after, f"{path}[{index}]")
        case _ if old != new:
            yield f"{path}: {_short(old)} → {_short(new)}"


def _short(value: Any) -> str:
    text = "(none)" if value is None else value if isinstance(value, str) else json.dumps(value)
    text = text_files.printable(text)
    return text if len(text) <= _MAX_VALUE else f"{text[:_MAX_VALUE]}..."
