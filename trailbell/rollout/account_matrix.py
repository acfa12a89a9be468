"""
Accounts by Regions, as a picture that can be read at 5 accounts and at 5,000.

In:    pairs, each with one character.
Out:   lines: few accounts have a row each; of many, those that look alike share one.
Never: a row for each of 5,000 accounts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from trailbell.aws.stack_set import AccountRegion

_ROWS = 40
_SHORT = {
    "northeast": "ne",
    "northwest": "nw",
    "southeast": "se",
    "southwest": "sw",
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
    "central": "c",
}


@dataclass(frozen=True)
class Row:
    """Accounts that look alike. ``marks`` has one character for each Region."""

    group: str
    accounts: tuple[str, ...]
    marks: tuple[str, ...]


def short_region(region: str) -> str:
    """A short name for a Region, unique among those there are: ``ap-southeast-2`` is ``apse2``."""
    return "".join(_SHORT.get(part, part) for part in region.split("-"))


def account_rows(
    marks: Mapping[AccountRegion, str], groups: Mapping[str, str], regions: Sequence[str]
) -> tuple[Row, ...]:
    """One row for each account if they are few, else one for those of a group that look alike.

    ``groups`` maps an account to what it belongs to: its wave.
    """
    by_account: dict[str, list[str]] = {}
    index = {region: number for number, region in enumerate(regions)}
    for (account, region), mark in marks.items():
        by_account.setdefault(account, [" "] * len(regions))[index[region]] = mark
    if len(by_account) <= _ROWS:
        return tuple(
            Row(groups.get(account, ""), (account,), tuple(line))
            for account, line in by_account.items()
        )
    alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for account, line in by_account.items():
        alike.setdefault((groups.get(account, ""), tuple(line)), []).append(account)
    return tuple(Row(group, tuple(accounts), line) for (group, line), accounts in alike.items())


def matrix_lines(
    found: Iterable[Row], regions: Sequence[str], names: Mapping[str, str]
) -> Iterator[str]:
    """The picture, with a head of short Region names."""
    codes = [short_region(region) for region in regions]
    told = [(row, _label(row.accounts, names)) for row in found]
    width = max([len(who) for _, who in told] + [len("account")])
    group = max([len(row.group) for row, _ in told] + [len("wave")])
    head = "  ".join(codes)
    yield f"{'wave':<{group}}  {'account':<{width}}  {head}".rstrip()
    for row, who in told:
        cells = "  ".join(f"{mark:<{len(c)}}" for mark, c in zip(row.marks, codes, strict=True))
        yield f"{row.group:<{group}}  {who:<{width}}  {cells}".rstrip()


def _label(accounts: tuple[str, ...], names: Mapping[str, str]) -> str:
    if len(accounts) == 1:
        return f"{accounts[0]} {names.get(accounts[0], '')}".rstrip()
    return f"{len(accounts):,} accounts: {accounts[0]} ... {accounts[-1]}"


def legend(regions: Sequence[str]) -> str:
    """What the short names mean."""
    return ", ".join(f"{short_region(region)} {region}" for region in regions)
