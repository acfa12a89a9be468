"""
Resolve a template with given parameters, as far as they decide.

In:    a template, and an `Evaluator` of it.
Out:   the same template without the conditions and parameters whose values are known: resources
       whose condition is false are left out, and functions of known values are their values.
Never: a change of what only a deployment knows: a reference to a resource stays as it is.
"""

from collections.abc import Mapping
from typing import Any

from trailbell.template import Template
from trailbell.template.evaluate import NO_VALUE, Evaluator, is_unknown
from trailbell.template.intrinsics import is_intrinsic
from trailbell.template.resources import section


def resolve_template(evaluator: Evaluator) -> Template:
    """Return the resolved template."""
    template = evaluator.template
    return {
        **template,
        "Resources": _resolve_all(evaluator, section(template, "Resources")),
        "Outputs": _resolve_all(evaluator, section(template, "Outputs")),
    }


def _resolve_all(evaluator: Evaluator, parts: Mapping[str, Any]) -> dict[str, Any]:
    """Resolve resources or outputs, without those whose condition is false."""
    resolved = {}
    for name, part in parts.items():
        if not isinstance(part, dict) or name.startswith("Fn::"):
            resolved[name] = part
            continue
        exists = evaluator.exists(part)
        if exists is not False:
            kept = {key: member for key, member in part.items() if key != "Condition" or not exists}
            resolved[name] = _resolve(evaluator, kept)
    return resolved


def _resolve(evaluator: Evaluator, value: Any) -> Any:
    """Resolve a value; `NO_VALUE` for AWS::NoValue."""
    if is_intrinsic(value):
        result = evaluator.value(value)
        if not is_unknown(result):
            return result
    match value:
        case {"Fn::If": [str(name), yes, no]} if evaluator.condition(name) is not None:
            return _resolve(evaluator, yes if evaluator.condition(name) else no)
        case {"Fn::If": [name, *branches]}:  # AWS::NoValue stays: it is a branch like any other
            resolved = [_resolve(evaluator, branch) for branch in branches]
            pairs = zip(resolved, branches, strict=True)
            return {"Fn::If": [name, *(old if new is NO_VALUE else new for new, old in pairs)]}
        case dict():
            members = ((name, _resolve(evaluator, member)) for name, member in value.items())
            return {name: member for name, member in members if member is not NO_VALUE}
        case list():
            entries = (_resolve(evaluator, entry) for entry in value)
            return [entry for entry in entries if entry is not NO_VALUE]
        case _:
            return value
