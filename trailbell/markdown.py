"""
Markdown that is generated: for pages of documentation and for comments on pull requests.

In:    cells, texts.
Out:   Markdown in which no text is taken for markup.
Never: what to say. Reports and pages decide that.
"""

from collections.abc import Iterable

MAX_COMMENT = 60_000
"""Characters of a comment. GitHub takes 65,536; the rest leaves room for what is added to it."""


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table; a ``|`` in a cell is escaped."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines
    )
