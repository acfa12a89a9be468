"""
Spellings that every SQL dialect shares: text in quotes, a star as LIKE.

In:    text of a pattern.
Out:   SQL.
Never: anything that only one engine understands; that is for the targets.
"""

import re

_STARS = re.compile(r"\*+")


def quoted(text: str) -> str:
    """
    >>> print(quoted("it's"))
    'it''s'
    """
    return "'" + text.replace("'", "''") + "'"


def like(text: str) -> str:
    r"""
    What stands behind ``LIKE`` for text with stars.

    >>> print(like("50%_*"))
    '50\%\_%' ESCAPE '\'
    """
    escaped = re.sub(r"[\\%_]", r"\\\g<0>", text)
    return quoted(_STARS.sub("%", escaped)) + r" ESCAPE '\'"


def joined(word: str, parts: list[str]) -> str:
    """``(a AND b)``: always in parentheses, so no reader needs to know what binds first."""
    return "(" + f" {word} ".join(parts) + ")"
