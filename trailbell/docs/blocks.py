"""
Generated blocks in pages that are otherwise written by hand.

In:    the text of a page, and a function for the content of each block.
Out:   the page with the current content in its blocks.
Never: a change outside the blocks.

A block is everything between ``<!-- generated: NAME -->`` and ``<!-- end -->``.
"""

import re
from collections.abc import Callable, Mapping

from trailbell.errors import UnknownNameError

_BLOCK = re.compile(
    r"(<!-- generated: (?P<name>[a-z-]+) -->\n)(?:.*?\n)??(<!-- end -->)", re.DOTALL
)


def fill_blocks(page: str, blocks: Mapping[str, Callable[[], str]]) -> str:
    """Replace the content of each block. Raises `UnknownNameError` for an unknown block."""

    def fill(block: re.Match[str]) -> str:
        name = block["name"]
        if name not in blocks:
            raise UnknownNameError("generated block", name, blocks)
        return f"{block[1]}\n{blocks[name]().strip()}\n\n{block[3]}"

    return _BLOCK.sub(fill, page)
