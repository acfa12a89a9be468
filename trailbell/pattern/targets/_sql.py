"""
SQL that all dialects share: text in quotes, and stars for LIKE.

In:    text of a pattern.
Out:   SQL.
Never: SQL that only one engine supports, which belongs to the target.
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
    The operand of ``LIKE`` for text with stars.

    >>> print(like("50%_*"))
    '50\%\_%' ESCAPE '\'
    """
    escaped = re.sub(r"[\\%_]", r"\\\g<0>", text)
    return quoted(_STARS.sub("%", escaped)) + r" ESCAPE '\'"


def joined(word: str, parts: list[str]) -> str:
    """``(a AND b)``, in parentheses so that no reader has to know the precedence."""
    return "(" + f" {word} ".join(parts) + ")"
