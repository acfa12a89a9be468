"""
Which events a changed event pattern no longer matches.

In:    an event pattern, and those that replace it.
Out:   a sentence for each field whose values are lost; none if nothing is lost.
Never: an event that is lost without a sentence. What cannot be compared is said to be so.

Values can be texts that only a deployment knows. Two equal texts are equal values.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from trailbell.event_pattern.alternatives import Alternative, Leaf, Names, expand
from trailbell.event_pattern.covering import covers, matches, text_of
from trailbell.event_pattern.syntax import syntax_issues

_MAX_NAMED = 5
Pattern = Mapping[str, Any]
Values = dict[Names, list[Any]]


def find_unmatched(
    before: Pattern, after: Sequence[Pattern], others: Sequence[Pattern] = ()
) -> Iterator[str]:
    """Find what the old pattern matches and none of the new ones does, each sentence once.

    What ``others`` match is not lost either, but the sentences are about ``after``.
    """
    if text_of(before) in map(text_of, (*after, *others)):
        return
    if any(any(syntax_issues(pattern)) for pattern in (before, *after, *others)):
        yield _NOT_COMPARED
        return
    new = [alternative for pattern in after for alternative in _alternatives(pattern)]
    further = [alternative for pattern in others for alternative in _alternatives(pattern)]
    sentences = (_lost_of(alternative, new, further) for alternative in _alternatives(before))
    yield from dict.fromkeys(sentence for sentence in sentences if sentence)


_NOT_COMPARED = "May match fewer events; the event patterns could not be compared."


def _alternatives(pattern: Pattern) -> Sequence[Alternative]:
    return expand(pattern, with_or=True).alternatives


def _lost_of(old: Alternative, new: Sequence[Alternative], others: Sequence[Alternative]) -> str:
    """What is lost of one alternative, as a sentence; empty if it is covered.

    Alternatives that differ in one field each take their share of its values.
    """
    remaining: Values = {name: list(leaf.values) for name, leaf in old.items()}
    added = [
        leaves[0]
        for leaves in (_uncovered(alternative, remaining) for alternative in new)
        if len(leaves) == 1 and leaves[0].names not in remaining
    ]
    differing: Names | None = None
    for alternative in (*new, *others):
        leaves = _uncovered(alternative, remaining)
        if not leaves:
            return ""
        name = leaves[0].names
        is_other = differing is None and any(alternative is other for other in others)
        if len(leaves) > 1 or name not in remaining or is_other or differing not in (None, name):
            continue
        differing = name
        remaining[name] = _without_covered(remaining[name], leaves[0])
        if not remaining[name]:
            return ""
    if differing is not None:
        return _sentence(differing, remaining[differing], new)
    return _condition_sentence(added[0]) if added else _NOT_COMPARED


def _uncovered(alternative: Alternative, values: Values) -> list[Leaf]:
    """The fields of an alternative that do not match all of these values."""
    return [leaf for name, leaf in alternative.items() if not _covers(leaf, values.get(name))]


def _covers(leaf: Leaf, values: list[Any] | None) -> bool:
    """Whether all values of a field match a leaf. A field that may be missing does not."""
    return values is not None and not _without_covered(values, leaf)


def _without_covered(values: list[Any], leaf: Leaf) -> list[Any]:
    return [value for value in values if not any(covers(outer, value) for outer in leaf.values)]


def _sentence(name: Names, lost: list[Any], new: Sequence[Alternative]) -> str:
    """Certain if every new alternative refuses each lost text."""
    is_certain = all(
        isinstance(value, str)
        and all(name in alternative and _refuses(alternative[name], value) for alternative in new)
        for value in lost
    )
    verb = "No longer matches" if is_certain else "May no longer match"
    return f"{verb} {_field(name)} {_enumerate(list(map(text_of, lost)))}."


def _refuses(leaf: Leaf, text: str) -> bool:
    return all(matches(operand, text) is False for operand in leaf.values)


def _condition_sentence(leaf: Leaf) -> str:
    values = _enumerate(list(map(text_of, leaf.values)))
    return f"Matches only events with {_field(leaf.names)} {values}."


def _field(names: Names) -> str:
    return ".".join(names).removeprefix("detail.")


def _enumerate(texts: list[str]) -> str:
    shown, more = texts[:_MAX_NAMED], len(texts) - _MAX_NAMED
    if more > 0:
        return f"{', '.join(shown)} and {more} more"
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else shown[0]
