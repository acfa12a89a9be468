"""
Whether a change requires replacement of the resource.

In:    the schema of a resource type, and the path of a changed property.
Out:   a `Replacement`: no, yes, or "may be".
Never: the effect of a replacement on other resources; `trailbell.diff.replacement_propagation`
       finds it.
"""

from collections.abc import Iterable

from trailbell.diff.model import PropertyChange, Replacement
from trailbell.diff.resource_schema import Schema, matches_any
from trailbell.template import TemplatePath


def required_replacement(
    resource_schema: Schema | None, path: TemplatePath, *, certain: bool
) -> Replacement:
    """Return whether a change at this path requires replacement.

    ``certain`` says that the value changes for certain. Every change of a type without a schema
    (a private one) may require replacement.
    """
    if resource_schema is None or matches_any(resource_schema.conditional_create_only, path):
        return Replacement.MAYBE
    if matches_any(resource_schema.create_only, path):
        return Replacement.YES if certain else Replacement.MAYBE
    return Replacement.NO


def most_certain_replacement(changes: Iterable[PropertyChange]) -> Replacement:
    """Return whether all these changes together replace their resource."""
    replacements = {change.replacement for change in changes}
    if Replacement.YES in replacements:
        return Replacement.YES
    return Replacement.MAYBE if Replacement.MAYBE in replacements else Replacement.NO
