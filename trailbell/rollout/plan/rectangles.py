"""
The fewest operations that cover some stack instances. Each operation is accounts x Regions.

In:    locations: pairs of account and Region.
Out:   rectangles that contain exactly these locations, each once.
Never: a location that was not given. All accounts times all Regions would contain some.

Finding the minimum is as hard as covering a bipartite graph with bicliques. So three covers are
computed, and the smallest is taken: accounts with equal Regions joined, Regions with equal
accounts joined, and a greedy one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from trailbell.aws.stack_set import AccountRegion

_MAX_GREEDY_GROUPS = 64
"""Groups of accounts up to which the greedy cover is tried: its time is quadratic in them."""


@dataclass(frozen=True)
class Rectangle:
    """All of these accounts in all of these Regions."""

    accounts: tuple[str, ...]
    regions: tuple[str, ...]

    @property
    def size(self) -> int:
        """The number of locations in it."""
        return len(self.accounts) * len(self.regions)


# Accounts by the set of their Regions, which is a number with one bit for each Region.
Groups = Mapping[int, tuple[str, ...]]


def rectangles(
    locations: Iterable[AccountRegion], order: Sequence[str] = ()
) -> tuple[Rectangle, ...]:
    """Cover the locations with rectangles, largest first.

    Regions are in ``order``, accounts in the order of ``locations``.
    """
    masks: dict[str, int] = {}
    bits: dict[str, int] = {region: 1 << number for number, region in enumerate(order)}
    for account, region in locations:
        bit = bits.setdefault(region, 1 << len(bits))
        masks[account] = masks.get(account, 0) | bit
    groups: dict[int, list[str]] = {}
    for account, mask in masks.items():
        groups.setdefault(mask, []).append(account)
    cover = _smallest_cover(
        {mask: tuple(accounts) for mask, accounts in groups.items()}, list(bits.values())
    )
    names = {bit: region for region, bit in bits.items()}
    shapes = [
        Rectangle(tuple(accounts), tuple(name for bit, name in names.items() if bit & mask))
        for mask, accounts in cover
    ]
    return tuple(sorted(shapes, key=lambda shape: -shape.size))


_Cover = list[tuple[int, list[str]]]


def _smallest_cover(groups: Groups, bits: list[int]) -> _Cover:
    by_account = [(mask, list(accounts)) for mask, accounts in groups.items()]
    covers = [by_account, _cover_by_region(groups, bits)]
    if len(groups) <= _MAX_GREEDY_GROUPS:
        covers.append(_greedy_cover(groups, bits))
    return min(covers, key=len)


def _cover_by_region(groups: Groups, bits: list[int]) -> _Cover:
    """Join the Regions that have the same groups of accounts."""
    columns: dict[tuple[int, ...], int] = {}
    for bit in bits:
        masks = tuple(mask for mask in groups if mask & bit)
        if masks:
            columns[masks] = columns.get(masks, 0) | bit
    return [
        (regions, [account for mask in masks for account in groups[mask]])
        for masks, regions in columns.items()
    ]


def _greedy_cover(groups: Groups, bits: list[int]) -> _Cover:
    """Take the rectangle that covers most groups times columns, until nothing remains."""
    columns = {regions: len(accounts) for regions, accounts in _cover_by_region(groups, bits)}
    remaining = {mask: mask for mask in groups}
    cover: _Cover = []
    while any(remaining.values()):
        shapes = {mask for mask in remaining.values() if mask}
        shapes |= {a & b for a in shapes for b in shapes if a & b}

        def weight(shape: int) -> tuple[int, int]:
            rows = sum(1 for mask in remaining.values() if mask & shape == shape)
            return rows * sum(1 for column in columns if column & shape), -shape

        best = max(shapes, key=weight)
        rows = [group for group, mask in remaining.items() if mask & best == best]
        for group in rows:
            remaining[group] &= ~best
        cover.append((best, [account for group in rows for account in groups[group]]))
    return cover
