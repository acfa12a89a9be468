"""
The impacts of a change: replacement, removal, broadened access, detection gaps.

In:    two templates and the changes between them.
Out:   the `Impact`s that ``--fail-on`` can block.
Never: a guess. An impact is reported only if the templates show it.
"""

from collections.abc import Iterator

from trailbell.diff import broadened_access
from trailbell.diff.impacts import detection_gaps
from trailbell.diff.model import (
    ChangeAction,
    Impact,
    PolicyAction,
    Replacement,
    ResourceChange,
    Risk,
)
from trailbell.template import Template


def find_impacts(
    before: Template | None, after: Template, changes: tuple[ResourceChange, ...]
) -> tuple[Impact, ...]:
    """Find all impacts, by risk. Creating a stack has none."""
    if before is None:
        return ()
    return (
        *change_impacts(changes),
        *broadened_access.broadened_access(before, after),
        *detection_gaps.find_gaps(before, after, changes),
    )


def change_impacts(changes: tuple[ResourceChange, ...]) -> Iterator[Impact]:
    """Find the removals and replacements, which the changes show without the templates."""
    for change in changes:
        yield from _removal_or_replacement(change)


def _removal_or_replacement(change: ResourceChange) -> Iterator[Impact]:
    if change.action is ChangeAction.REMOVE:
        policy = change.policy or PolicyAction.DELETE
        yield Impact(risk=Risk.REMOVE, logical_id=change.logical_id, text=policy.phrase)
    elif change.replaced:
        policy = change.policy or PolicyAction.REPLACE_AND_DELETE
        verb = "is replaced" if change.replacement is Replacement.YES else "may be replaced"
        yield Impact(
            risk=Risk.REPLACE, logical_id=change.logical_id, text=f"{verb}; {policy.phrase}"
        )
