"""
What a change means for people: replaced, removed, widened, no longer watched.

In:    two templates and the changes between them.
Out:   `Impact`s, the ones that ``--fail-on`` reads.
Never: a guess that alarms. A sentence is written only where the templates say so.
"""

from collections.abc import Iterator

from trailbell.diff import broadened_access, detection_gaps
from trailbell.diff.model import (
    ChangeAction,
    Impact,
    PolicyAction,
    Replacement,
    ResourceChange,
    Risk,
)
from trailbell.template import Template

_FATE = {
    PolicyAction.DELETE: "is deleted",
    PolicyAction.RETAIN: "leaves the stack and stays in the account",
    PolicyAction.SNAPSHOT: "is deleted after a snapshot",
    PolicyAction.REPLACE_AND_DELETE: "the old one is deleted",
    PolicyAction.REPLACE_AND_RETAIN: "the old one stays in the account",
    PolicyAction.REPLACE_AND_SNAPSHOT: "the old one is deleted after a snapshot",
}


def find_impacts(
    before: Template | None, after: Template, changes: tuple[ResourceChange, ...]
) -> tuple[Impact, ...]:
    """Every effect, by risk. A stack that does not exist yet widens nothing and loses nothing."""
    if before is None:
        return ()
    return (
        *(each for change in changes for each in _fate(change)),
        *broadened_access.broadened_access(before, after),
        *detection_gaps.effects(before, after, changes),
    )


def _fate(change: ResourceChange) -> Iterator[Impact]:
    if change.action is ChangeAction.REMOVE:
        fate = _FATE[change.policy or PolicyAction.DELETE]
        yield Impact(risk=Risk.REMOVE, logical_id=change.logical_id, text=fate)
    elif change.replaced:
        word = "is replaced" if change.replacement is Replacement.YES else "is perhaps replaced"
        fate = _FATE[change.policy or PolicyAction.REPLACE_AND_DELETE]
        yield Impact(risk=Risk.REPLACE, logical_id=change.logical_id, text=f"{word}; {fate}")
