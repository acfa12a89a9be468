"""
Compare the defaults of parameters, and the values of outputs, of two templates.

In:    a template and the previous one.
Out:   a `ValueChange` for each parameter or output that differs.
Never: the default of a parameter with NoEcho.
"""

from collections.abc import Mapping
from typing import Any

from trailbell.diff.model import ValueChange
from trailbell.template import Template
from trailbell.template.paths import to_text
from trailbell.template.resources import secret_parameters, section


def compare_defaults(before: Template, after: Template) -> tuple[ValueChange, ...]:
    """Return the parameters whose default changes."""
    secret = secret_parameters(before) | secret_parameters(after)
    return tuple(
        change.redacted() if change.name in secret else change
        for change in _compare(before, after, "Parameters", "Default")
    )


def compare_outputs(before: Template, after: Template) -> tuple[ValueChange, ...]:
    """Return the outputs whose value changes."""
    return _compare(before, after, "Outputs", "Value")


def _compare(before: Template, after: Template, part: str, key: str) -> tuple[ValueChange, ...]:
    old, new = section(before, part), section(after, part)
    changes = (
        ValueChange(name=name, before=_value(old, name, key), after=_value(new, name, key))
        for name in dict.fromkeys((*new, *old))
    )
    return tuple(change for change in changes if change.before != change.after)


def _value(declared: Mapping[str, Any], name: str, key: str) -> str | None:
    """Return the value as text, ``(none)`` if it is not set; None if the name is not declared."""
    if name not in declared:
        return None
    entry = declared[name]
    return to_text(entry.get(key, "(none)") if isinstance(entry, Mapping) else entry)
