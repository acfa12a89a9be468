"""
Write Markdown for the documentation and for comments on pull requests.

In:    cells, texts.
Out:   Markdown in which no text is taken for markup, and that fits into a comment.
Never: what to say. Reports and pages decide that.
"""

from collections.abc import Callable, Iterable

MAX_COMMENT = 60_000
"""Characters of a comment. GitHub accepts 65,536; the rest is for text that others add."""


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table; a ``|`` in a cell is escaped."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines
    )


def escape(text: str) -> str:
    r"""Escape the characters that have a meaning in Markdown or HTML.

    >>> escape("<b> of a_b")
    '\\<b\\> of a\\_b'
    """
    for character in "\\|*_<>[]":
        text = text.replace(character, f"\\{character}")
    return text


def fit_comment(text: str, shorten: Callable[[], str]) -> str:
    """The text if it fits into a comment, else what ``shorten`` returns."""
    return text if len(text) <= MAX_COMMENT else shorten()


def cut_lines(text: str) -> str:
    """The first lines of a text, as many as fit into a comment."""
    return text[:MAX_COMMENT].rsplit("\n", 1)[0]
