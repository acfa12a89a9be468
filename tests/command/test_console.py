"""Tables on terminals of different widths."""

import io
import sys
from collections.abc import Sequence

import pytest

from trailbell.command.console import print_rows

_HEAD = ("detection", "sent", "remarks")
_ROWS = (("new-user", "1,200", "one identity is never reported"), ("key-disabled", "3", ""))


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _printed(
    monkeypatch: pytest.MonkeyPatch,
    columns: int,
    *numbers: str,
    rows: Sequence[Sequence[str]] = _ROWS,
) -> list[str]:
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(columns))
    print_rows(_HEAD, rows, numbers=numbers)
    return [text.rstrip() for text in terminal.getvalue().splitlines()]


def test_sentences_are_below_their_rows_if_there_is_no_room_beside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert _printed(monkeypatch, 40) == [
        "detection     sent",
        "new-user      1,200",
        "    one identity is never reported",
        "key-disabled  3",
    ]


def test_numbers_are_aligned_to_the_right(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _printed(monkeypatch, 80, "sent") == [
        "detection      sent  remarks",
        "new-user      1,200  one identity is never reported",
        "key-disabled      3",
    ]


@pytest.mark.parametrize("columns", [pytest.param(20, id="narrow"), pytest.param(80, id="wide")])
def test_text_is_no_markup(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    rows = [("[root]", ":wave:", "")]
    assert _printed(monkeypatch, columns, rows=rows)[1].split() == ["[root]", ":wave:"]
