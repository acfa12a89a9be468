"""
The fewest calls that cover some pairs: each call is accounts x Regions.

In:    pairs of account and Region.
Out:   rectangles that hold exactly these pairs, each once.
Never: a pair that was not asked for. Sets of accounts times sets of Regions would hold some.

To find the very fewest is as hard as covering a bipartite graph with bicliques. Alike accounts
are joined, then alike Regions, then what is left is tried greedily; the best of three counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from trailbell.aws.stack_set import AccountRegion

_GREEDY = 64
"""Kinds of accounts above which only joining is tried: greed is quadratic in them."""


@dataclass(frozen=True)
class Rectangle:
    """All of these accounts in all of these Regions."""

    accounts: tuple[str, ...]
    regions: tuple[str, ...]

    @property
    def pairs(self) -> int:
        """How many pairs it holds."""
        return len(self.accounts) * len(self.regions)


# A kind of account: the Regions it is wanted in, one bit each. Accounts of one kind go together.
Kinds = Mapping[int, tuple[str, ...]]


def rectangles(pairs: Iterable[AccountRegion], order: Sequence[str] = ()) -> tuple[Rectangle, ...]:
    """The rectangles, largest first. Regions stand in ``order``, accounts in that of ``pairs``."""
    masks: dict[str, int] = {}
    bits: dict[str, int] = {region: 1 << number for number, region in enumerate(order)}
    for account, region in pairs:
        bit = bits.setdefault(region, 1 << len(bits))
        masks[account] = masks.get(account, 0) | bit
    kinds: dict[int, list[str]] = {}
    for account, mask in masks.items():
        kinds.setdefault(mask, []).append(account)
    found = _best({mask: tuple(accounts) for mask, accounts in kinds.items()}, list(bits.values()))
    names = {bit: region for region, bit in bits.items()}
    shapes = [
        Rectangle(tuple(accounts), tuple(name for bit, name in names.items() if bit & mask))
        for mask, accounts in found
    ]
    return tuple(sorted(shapes, key=lambda each: -each.pairs))


_Cover = list[tuple[int, list[str]]]


def _best(kinds: Kinds, bits: list[int]) -> _Cover:
    by_account = [(mask, list(accounts)) for mask, accounts in kinds.items()]
    covers = [by_account, _by_region(kinds, bits)]
    if len(kinds) <= _GREEDY:
        covers.append(_greedy(kinds, bits))
    return min(covers, key=len)


def _by_region(kinds: Kinds, bits: list[int]) -> _Cover:
    """Regions that the same kinds of accounts want, together."""
    columns: dict[tuple[int, ...], int] = {}
    for bit in bits:
        wanting = tuple(mask for mask in kinds if mask & bit)
        if wanting:
            columns[wanting] = columns.get(wanting, 0) | bit
    return [
        (regions, [account for mask in wanting for account in kinds[mask]])
        for wanting, regions in columns.items()
    ]


def _greedy(kinds: Kinds, bits: list[int]) -> _Cover:
    """Take the rectangle that covers most kinds times columns, until nothing is left."""
    columns = {regions: len(accounts) for regions, accounts in _by_region(kinds, bits)}
    left = {mask: mask for mask in kinds}
    found: _Cover = []
    while any(left.values()):
        shapes = {rest for rest in left.values() if rest}
        shapes |= {a & b for a in shapes for b in shapes if a & b}

        def weight(shape: int) -> tuple[int, int]:
            rows = sum(1 for rest in left.values() if rest & shape == shape)
            return rows * sum(1 for column in columns if column & shape), -shape

        best = max(shapes, key=weight)
        rows = [mask for mask, rest in left.items() if rest & best == best]
        for mask in rows:
            left[mask] &= ~best
        found.append((best, [account for mask in rows for account in kinds[mask]]))
    return found
