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


def find_unmatched(before: Pattern, after: Sequence[Pattern]) -> Iterator[str]:
    """Find what the old pattern matches and none of the new ones does, each sentence once."""
    if text_of(before) in map(text_of, after):
        return
    if any(any(syntax_issues(pattern)) for pattern in (before, *after)):
        yield _NOT_COMPARED
        return
    new = [alternative for pattern in after for alternative in _alternatives(pattern)]
    sentences = (_lost_of(alternative, new) for alternative in _alternatives(before))
    yield from dict.fromkeys(sentence for sentence in sentences if sentence)


_NOT_COMPARED = "May match fewer events; the event patterns could not be compared."


def _alternatives(pattern: Pattern) -> Sequence[Alternative]:
    return expand(pattern, with_or=True).alternatives


def _lost_of(old: Alternative, new: Sequence[Alternative]) -> str:
    """What is lost of one alternative, as a sentence; empty if it is covered.

    Alternatives that differ in one field each take their share of its values.
    """
    remaining: dict[Names, list[Any]] = {name: list(leaf.values) for name, leaf in old.items()}
    added: list[Leaf] = []
    differing: set[Names] = set()
    for alternative in new:
        uncovered = [
            leaf for name, leaf in alternative.items() if not _covers(leaf, remaining.get(name))
        ]
        if not uncovered:
            return ""
        if len(uncovered) > 1:
            continue
        (leaf,) = uncovered
        if leaf.names not in remaining:
            added.append(leaf)
            continue
        differing.add(leaf.names)
        if len(differing) == 1:
            remaining[leaf.names] = _without_covered(remaining[leaf.names], leaf)
            if not remaining[leaf.names]:
                return ""
    if len(differing) == 1:
        (name,) = differing
        return _sentence(name, remaining[name], new)
    if added and not differing:
        return _condition_sentence(added[0])
    return _NOT_COMPARED


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
