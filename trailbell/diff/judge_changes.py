"""
The impacts of a change: replacement, removal, broadened access, detection gaps.

In:    two templates and the changes between them, the values of the parameters if they are known.
Out:   a `Judgment`: the `Impact`s that ``--fail-on`` can block, and what could not be judged.
Never: a guess. An impact is reported only if the templates show it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from trailbell.diff import broadened_access, detection_gaps
from trailbell.diff.model import (
    ChangeAction,
    Impact,
    Notice,
    ParameterValues,
    PolicyAction,
    Replacement,
    ResourceChange,
    Risk,
)
from trailbell.template import Template


@dataclass(frozen=True)
class Judgment:
    """What changes mean: impacts by risk, and a notice for each change that was not judged."""

    impacts: tuple[Impact, ...] = ()
    notices: tuple[Notice, ...] = ()


def judge_changes(
    before: Template | None,
    after: Template,
    changes: tuple[ResourceChange, ...],
    values: ParameterValues | None = None,
) -> Judgment:
    """Find all impacts. Creating a stack has none."""
    if before is None:
        return Judgment()
    gaps = list(detection_gaps.find_gaps(before, after, changes, values))
    return Judgment(
        impacts=(
            *change_impacts(changes),
            *broadened_access.broadened_access(before, after),
            *(gap for gap in gaps if isinstance(gap, Impact)),
        ),
        notices=tuple(gap for gap in gaps if isinstance(gap, Notice)),
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
