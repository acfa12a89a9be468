"""
The change of one resource, with its properties before and after, in one case.

In:    a `ResourceChange`, and both templates with the values of a case.
Out:   a `ResourceDiff`, which the modules of this package judge.
Never: a judgment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from trailbell.diff.judgment.evaluated_template import EvaluatedTemplate
from trailbell.diff.model import ChangeAction, Replacement, ResourceChange


@dataclass(frozen=True)
class Unjudged:
    """A change of which the meaning could not be judged, as a sentence."""

    text: str


@dataclass(frozen=True)
class ResourceDiff:
    """A change, and both templates, in which a resource can look for what it depends on."""

    change: ResourceChange
    old: EvaluatedTemplate
    new: EvaluatedTemplate

    @cached_property
    def before(self) -> Mapping[str, Any]:
        """The old properties; empty if there is no resource."""
        return self.old.properties(self.change.logical_id)

    @cached_property
    def after(self) -> Mapping[str, Any]:
        """The new properties; empty if there is no resource."""
        return {} if self.removed else self.new.properties(self.change.logical_id)

    @cached_property
    def added(self) -> bool:
        return self.old.exists(self.change.logical_id) is False

    @cached_property
    def removed(self) -> bool:
        """Whether the change removes the resource, or its condition is false."""
        return (
            self.change.action is ChangeAction.REMOVE
            or self.new.exists(self.change.logical_id) is False
        )

    @property
    def replaced(self) -> str:
        """``is replaced``, ``may be replaced``, or empty."""
        match self.change.replacement:
            case Replacement.YES:
                return "is replaced"
            case Replacement.MAYBE:
                return "may be replaced"
            case Replacement.NO:
                return ""

    def changed(self, name: str) -> bool:
        """Whether a property changes."""
        return self.before.get(name) != self.after.get(name)

    def turned_off(self, name: str) -> bool:
        """Whether a setting changes from true to something else."""
        return is_true(self.before.get(name)) and not is_true(self.after.get(name))

    def lost(self, name: str) -> list[Any]:
        """Return the entries that a list no longer has."""
        remaining = as_list(self.after.get(name))
        return [entry for entry in as_list(self.before.get(name)) if entry not in remaining]

    def gained(self, name: str) -> list[Any]:
        """Return the entries that a list did not have."""
        previous = as_list(self.before.get(name))
        return [entry for entry in as_list(self.after.get(name)) if entry not in previous]


def is_true(value: Any) -> bool:
    return value is True or value == "true"


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def as_number(value: Any) -> float | None:
    """A number, or the number that a text is; None for anything else."""
    try:
        return None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None
