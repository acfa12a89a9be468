"""The generated parts of the documentation are true."""

from pathlib import Path

import pytest

from trailbell import docs
from trailbell.command.docs import pages
from trailbell.errors import UnknownName
from trailbell.place import PROJECT


def test_every_page_is_what_the_sources_say() -> None:
    stand = {name: Path(PROJECT, name).read_text(encoding="utf-8") for name in pages()}
    assert stand == pages()


def test_a_page_outside_its_blocks_is_left_alone() -> None:
    page = "before\n<!-- generated: x -->\nold\n<!-- end -->\nafter\n"
    made = docs.page(page, {"x": lambda: "new"})
    assert made == "before\n<!-- generated: x -->\n\nnew\n\n<!-- end -->\nafter\n"
    assert docs.page(made, {"x": lambda: "new"}) == made


def test_blocks_that_are_empty_do_not_run_into_each_other() -> None:
    block = "<!-- generated: x -->\n<!-- end -->\n"
    made = "<!-- generated: x -->\n\nnew\n\n<!-- end -->\n"
    assert docs.page(f"{block}between\n{block}", {"x": lambda: "new"}) == f"{made}between\n{made}"


def test_a_block_that_nobody_makes_is_an_error() -> None:
    with pytest.raises(UnknownName, match=r"did you mean 'stacks'\?"):
        docs.page("<!-- generated: stack -->\n<!-- end -->", {"stacks": str})


def test_a_bar_in_a_cell_stays_in_its_cell() -> None:
    assert docs.table(("a", "b"), [("x|y", "z")]) == "| a | b |\n| --- | --- |\n| x\\|y | z |"
