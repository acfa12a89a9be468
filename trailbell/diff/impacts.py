"""
What a change means for people: replaced, removed, widened, no longer watched.

In:    two templates and the changes between them.
Out:   `Effect`s, the ones that ``--fail-on`` reads.
Never: a guess that alarms. A sentence is written only where the templates say so.
"""

from collections.abc import Iterator

from trailbell.diff import broadened_access, detection_gaps
from trailbell.diff.model import Action, Change, Effect, PolicyAction, Replacement, Risk
from trailbell.template.references import Document

_FATE = {
    PolicyAction.DELETE: "is deleted",
    PolicyAction.RETAIN: "leaves the stack and stays in the account",
    PolicyAction.SNAPSHOT: "is deleted after a snapshot",
    PolicyAction.REPLACE_AND_DELETE: "the old one is deleted",
    PolicyAction.REPLACE_AND_RETAIN: "the old one stays in the account",
    PolicyAction.REPLACE_AND_SNAPSHOT: "the old one is deleted after a snapshot",
}


def effects(
    before: Document | None, after: Document, changes: tuple[Change, ...]
) -> tuple[Effect, ...]:
    """Every effect, by risk. A stack that does not exist yet widens nothing and loses nothing."""
    if before is None:
        return ()
    return (
        *(each for change in changes for each in _fate(change)),
        *broadened_access.effects(before, after),
        *detection_gaps.effects(before, after, changes),
    )


def _fate(change: Change) -> Iterator[Effect]:
    if change.action is Action.REMOVE:
        fate = _FATE[change.policy or PolicyAction.DELETE]
        yield Effect(risk=Risk.REMOVE, logical_id=change.logical_id, text=fate)
    elif change.replaced:
        word = "is replaced" if change.replacement is Replacement.YES else "is perhaps replaced"
        fate = _FATE[change.policy or PolicyAction.REPLACE_AND_DELETE]
        yield Effect(risk=Risk.REPLACE, logical_id=change.logical_id, text=f"{word}; {fate}")
