"""
Write Markdown for the documentation and for comments on pull requests.

In:    the cells of tables.
Out:   Markdown tables.
Never: the content. Reports and pages decide that.
"""

from collections.abc import Iterable

MAX_COMMENT = 60_000
"""Characters of a comment. GitHub accepts 65,536; the rest is for text that others add."""


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table; a ``|`` in a cell is escaped."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines
    )
