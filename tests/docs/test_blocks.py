"""Generated blocks in pages that are otherwise written by hand."""

import pytest

from trailbell.docs.blocks import fill_blocks
from trailbell.errors import UnknownNameError


def test_a_page_outside_its_blocks_is_not_changed() -> None:
    page = "before\n<!-- generated: x -->\nold\n<!-- end -->\nafter\n"
    filled = fill_blocks(page, {"x": lambda: "new"})
    assert filled == "before\n<!-- generated: x -->\n\nnew\n\n<!-- end -->\nafter\n"
    assert fill_blocks(filled, {"x": lambda: "new"}) == filled


def test_empty_blocks_are_filled_separately() -> None:
    block = "<!-- generated: x -->\n<!-- end -->\n"
    filled = "<!-- generated: x -->\n\nnew\n\n<!-- end -->\n"
    page = fill_blocks(f"{block}between\n{block}", {"x": lambda: "new"})
    assert page == f"{filled}between\n{filled}"


def test_an_unknown_block_is_an_error() -> None:
    with pytest.raises(UnknownNameError, match=r"did you mean \"stacks\"\?"):
        fill_blocks("<!-- generated: stack -->\n<!-- end -->", {"stacks": str})
