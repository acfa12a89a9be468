"""
Draw accounts by Regions as a table that is readable for 5 accounts and for 5,000.

In:    stack instances, each with one character for each stack; the width of the terminal.
Out:   lines: one row for each account if there are few; of many, equal rows are one row.
Never: a row for each of 5,000 accounts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trailbell.aws.stack_set import AccountRegion
from trailbell.styled_text import Line, Part, Span, Style, line

_MAX_ACCOUNT_ROWS = 40
NO_INSTANCE = "_"
"""The mark of a stack without a stack instance where other stacks have one."""
_STYLES = {
    "+": Style.ADDED,
    "-": Style.REMOVED,
    "M": Style.REMOVED,
    "~": Style.CHANGED,
    "m": Style.CHANGED,
    "!": Style.WARNING,
    "x": Style.ERROR,
}
_ABBREVIATIONS = {
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
    """Accounts with equal marks. ``marks`` has one character for each Region."""

    group: str
    accounts: tuple[str, ...]
    marks: tuple[str, ...]


def short_region(region: str) -> str:
    """Abbreviate the name of a Region, uniquely: ``ap-southeast-2`` is ``apse2``."""
    return "".join(_ABBREVIATIONS.get(part, part) for part in region.split("-"))


def join_marks(
    by_stack: Sequence[Mapping[AccountRegion, str]],
) -> dict[AccountRegion, str]:
    """The marks of several stacks in one text for each location, in the order of the stacks."""
    locations = dict.fromkeys(location for marks in by_stack for location in marks)
    return {
        location: "".join(marks.get(location, NO_INSTANCE) for marks in by_stack)
        for location in locations
    }


def account_rows(
    marks: Mapping[AccountRegion, str],
    groups: Mapping[str, str],
    regions: Sequence[str],
    order: Sequence[str] = (),
) -> tuple[Row, ...]:
    """Make one row for each account if they are few, else one for the equal ones of a group.

    ``groups`` maps an account to its group: its wave. Rows are in the ``order`` of the groups.
    """
    by_account: dict[str, list[str]] = {}
    index = {region: number for number, region in enumerate(regions)}
    for (account, region), mark in marks.items():
        by_account.setdefault(account, [" "] * len(regions))[index[region]] = mark
    ranks = {group: rank for rank, group in enumerate(order)}

    def rank(row: Row) -> int:
        return ranks.get(row.group, len(ranks))

    if len(by_account) <= _MAX_ACCOUNT_ROWS:
        rows = (
            Row(groups.get(account, ""), (account,), tuple(line))
            for account, line in by_account.items()
        )
        return tuple(sorted(rows, key=rank))
    by_line: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for account, codes in by_account.items():
        by_line.setdefault((groups.get(account, ""), tuple(codes)), []).append(account)
    joined = (Row(group, tuple(accounts), codes) for (group, codes), accounts in by_line.items())
    return tuple(sorted(joined, key=rank))


def matrix_lines(
    rows: Sequence[Row], regions: Sequence[str], names: Mapping[str, str], width: int | None = None
) -> Iterator[Line]:
    """Draw the table, with short Region names as the header.

    If it is wider than the terminal, it continues with the other Regions below.
    """
    marks = [mark for row in rows for mark in row.marks]
    mark_width = max(map(len, marks), default=0)
    columns = [max(len(short_region(region)), mark_width) for region in regions]
    label_width = max([len(_label(row.accounts, names)) for row in rows] + [len("account")])
    group_width = max([len(row.group) for row in rows] + [len("wave")])
    used = group_width + 2 + label_width
    for number, block in enumerate(_blocks(columns, None if width is None else width - used)):
        if number:
            yield line()
        codes = (f"  {short_region(regions[n]):<{columns[n]}}" for n in block)
        head = f"{'wave':<{group_width}}  {'account':<{label_width}}{''.join(codes)}"
        yield line(Span(head.rstrip(), Style.HEADING), whole=True)
        for row in rows:
            label = f"{row.group:<{group_width}}  {_label(row.accounts, names):<{label_width}}"
            cells = [(row.marks[n], columns[n]) for n in block]
            yield line(*_row_parts(label, cells), whole=True)


def _blocks(columns: Sequence[int], room: int | None) -> Iterator[range]:
    """The columns that fit next to each other, at least one."""
    start, used = 0, 0
    for number, width in enumerate(columns):
        if room is not None and used + width + 2 > room and number > start:
            yield range(start, number)
            start, used = number, 0
        used += width + 2
    yield range(start, len(columns))


def _row_parts(label: str, cells: Sequence[tuple[str, int]]) -> Iterator[Part]:
    """The label and the marks, without spaces at the end."""
    last = max((n for n, (mark, _) in enumerate(cells) if mark.strip()), default=-1)
    yield label if last >= 0 else label.rstrip()
    for number, (mark, width) in enumerate(cells[: last + 1]):
        yield "  "
        for character in mark:
            yield Span(character, _STYLES.get(character))
        if number < last:
            yield " " * (width - len(mark))


def _label(accounts: tuple[str, ...], names: Mapping[str, str]) -> str:
    if len(accounts) == 1:
        return f"{accounts[0]} {names.get(accounts[0], '')}".rstrip()
    return f"{len(accounts):,} accounts: {accounts[0]} ... {accounts[-1]}"


def mark_legend(
    meanings: Mapping[str, str], stacks: Sequence[str], marks: Mapping[AccountRegion, str]
) -> str:
    """Explain the marks, and the order of the stacks in the cells if there are several."""
    parts = [f"{mark} {meaning}" for mark, meaning in meanings.items()]
    if any(NO_INSTANCE in text for text in marks.values()):
        parts.append(f"{NO_INSTANCE} none")
    text = "  ".join(parts)
    return text if len(stacks) == 1 else f"{text}; one mark for each of {', '.join(stacks)}"


def legend(regions: Sequence[str]) -> str:
    """Explain the short Region names."""
    return ", ".join(f"{short_region(region)} {region}" for region in regions)
