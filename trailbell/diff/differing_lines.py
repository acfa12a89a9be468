"""
Show the lines that differ between two long values.

In:    the lines of the value before and after.
Out:   the lines that are only in one of them. If a line was replaced by a similar one, only the
       words that differ have a style.
Never: a line that is in both.
"""

import difflib
import re
from collections.abc import Iterator, Sequence

from trailbell.styled_text import Line, Part, Span, Style, line

_WORD = re.compile(r"\s*\S+|\s+")
_MAX_COMPARISONS = 1_000_000
_SIMILAR = 0.5


def differing_lines(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    """Return removed and added lines, each with its sign."""
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag != "equal":
            yield from _replaced(before[start:end], after[new_start:new_end])


def _replaced(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    if len(before) == len(after):
        pairs = [_compare(*pair) for pair in zip(before, after, strict=True)]
        removed, added = [old for old, _ in pairs], [new for _, new in pairs]
    else:
        removed = [(Span(text, Style.REMOVED),) for text in before]
        added = [(Span(text, Style.ADDED),) for text in after]
    yield from (line(Span("  - ", Style.REMOVED), *parts) for parts in removed)
    yield from (line(Span("  + ", Style.ADDED), *parts) for parts in added)


def _compare(before: str, after: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Return the parts of two lines: similar lines keep a style where they differ only."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    if len(old) * len(new) > _MAX_COMPARISONS or matcher.ratio() < _SIMILAR:
        return (Span(before, Style.REMOVED),), (Span(after, Style.ADDED),)
    removed: list[Part] = []
    added: list[Part] = []
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        same = tag == "equal"
        removed.append(Span("".join(old[start:end]), None if same else Style.REMOVED))
        added.append(Span("".join(new[new_start:new_end]), None if same else Style.ADDED))
    return tuple(removed), tuple(added)
