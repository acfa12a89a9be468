"""
The change of one resource, with its properties before and after.

In:    a `ResourceChange` and two templates.
Out:   a `ResourceDiff`, which the modules of this package judge.
Never: a judgment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trailbell.diff.model import ChangeAction, Replacement, ResourceChange
from trailbell.template.paths import to_text


@dataclass(frozen=True)
class ResourceDiff:
    """A change, with the old and new properties; empty if there is no resource."""

    change: ResourceChange
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def removed(self) -> bool:
        return self.change.action is ChangeAction.REMOVE

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

    def turned_off(self, name: str) -> bool:
        """Whether a setting changes from true to something else."""
        return is_true(self.before.get(name)) and not is_true(self.after.get(name))

    def lost(self, name: str) -> list[str]:
        """Return the removed entries of a list that gets shorter. An exchanged one is not lost."""
        if len(as_list(self.after.get(name))) >= len(as_list(self.before.get(name))):
            return []
        remaining = [to_text(entry) for entry in as_list(self.after.get(name))]
        return [
            text for text in map(to_text, as_list(self.before.get(name))) if text not in remaining
        ]


def is_true(value: Any) -> bool:
    return value is True or value == "true"


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
