"""
Small parts that the sections of the HTML report share.

In:    a severity, a count, shares, names of columns.
Out:   `Html`: badges, cells, lists with bars, tables that the script can sort.
Never: a style or an event handler in an attribute. The policy of the page forbids both.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from trailbell.html_elements import Html, element, html, joined
from trailbell.replay.model import ReplayReport, Share
from trailbell.replay.report.words import SEVERITIES, minute
from trailbell.wording import pluralize

MAX_LISTED = 10
"""Values in a breakdown."""

_MAX_ACCOUNTS = 100
_BAR_STEPS = 20


@dataclass(frozen=True)
class AccountFilter:
    """The accounts by which the page can be filtered, by their number in its list."""

    numbers: Mapping[str, int]

    def of(self, accounts: Iterable[str]) -> str:
        """The numbers of the accounts that are in the list, as the attribute of a row."""
        return " ".join(str(self.numbers[each]) for each in accounts if each in self.numbers)


def account_filter(report: ReplayReport) -> AccountFilter:
    """The accounts with the most events, in the order of their names."""
    hits: dict[str, int] = {}
    for result in report.detections:
        for share in result.accounts:
            hits[share.value] = hits.get(share.value, 0) + share.hits
    most = sorted(hits, key=lambda account: (-hits[account], account))[:_MAX_ACCOUNTS]
    return AccountFilter({account: number for number, account in enumerate(sorted(most))})


def badge(severity: str) -> Html:
    """A severity as a word in a frame; the color only repeats it."""
    known = severity if severity in SEVERITIES else "other"
    return element("span", severity, class_=f"severity {known}")


def rank(severity: str) -> str:
    """By what severities are sorted: the highest has the largest number."""
    return str(len(SEVERITIES) - SEVERITIES.index(severity)) if severity in SEVERITIES else "0"


def cell(*content: str | None, sort: int | str = "") -> Html:
    """A cell; ``sort`` is the value by which its column is sorted if it is not the text."""
    return element("td", *content, data_v=str(sort)) if sort != "" else element("td", *content)


def number(value: int) -> Html:
    """A cell with a count."""
    return element("td", f"{value:,}", data_v=str(value))


def time(seconds: int) -> Html:
    """A time to the minute, in UTC."""
    return element("time", minute(seconds), datetime=minute(seconds).replace(" ", "T") + "Z")


@dataclass(frozen=True)
class Column:
    """A column. ``first`` is the direction of the first sort; ``sorted_`` says it is sorted so."""

    name: str
    first: str = "ascending"
    sorted_: bool = False


def sortable(kind: str, label: str, columns: Sequence[Column], rows: Iterable[Html]) -> Html:
    """A table whose heads become buttons when the script runs."""
    heads = [
        element(
            "th",
            column.name,
            scope="col",
            data_first=column.first,
            aria_sort=column.first if column.sorted_ else False,
        )
        for column in columns
    ]
    return element(
        "table",
        element("thead", element("tr", joined(heads))),
        element("tbody", joined(rows)),
        class_=f"sortable {kind}",
        aria_label=label,
    )


def breakdown(label: str, shares: Sequence[Share], total: int, *, wide: bool = False) -> Html:
    """The largest shares with their bars, and how many more there are. Nothing without shares.

    ``wide`` is for long values: their list is as wide as the page.
    """
    if not shares:
        return html("")
    items = [
        element("li", element("b", f"{each.hits:,}"), _bar(each.hits, total), _value(each.value))
        for each in shares[:MAX_LISTED]
    ]
    more = len(shares) - MAX_LISTED
    rest = sum(each.hits for each in shares[MAX_LISTED:])
    note = f"and {more:,} more with {pluralize(rest, 'hit')}" if more > 0 else None
    return element(
        "div",
        element("h4", label, " ", element("span", f"{len(shares):,}", class_="count")),
        element("ul", joined(items), class_="shares"),
        element("p", note, class_="more") if note else None,
        class_="wide" if wide else False,
    )


def _value(value: str) -> Html:
    return element("code", value) if value else element("span", "none", class_="quiet")


def _bar(part: int, total: int) -> Html:
    """The share as one of so many widths, because a style in an attribute is forbidden."""
    steps = max(1, round(_BAR_STEPS * part / total)) if total else 1
    return element("i", element("i", class_=f"w{min(steps, _BAR_STEPS)}"), class_="bar")
