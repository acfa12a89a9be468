"""
Small changes to words.

In:    a number and a noun, a text, or names.
Out:   the noun in the right number; the text with a capital first; a list that stays short.
Never: a sentence.
"""

from collections.abc import Sequence

_MAX_LISTED = 5


def pluralize(count: int, noun: str, plural: str = "") -> str:
    """Count something: ``1 stack``, ``2,000 stacks``; ``plural`` where an s does not make it."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def capitalize(text: str) -> str:
    """Return a text with a capital first and the rest unchanged."""
    return text[:1].upper() + text[1:]


def join_words(words: Sequence[str]) -> str:
    """Words in a sentence.

    >>> join_words(["a", "b", "c"]), join_words(["a"])
    ('a, b and c', 'a')
    """
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def list_names(names: Sequence[str], noun: str) -> str:
    """Names after commas; of more than 5 only the first, after their number: ``7 stacks (a, ...)``.

    >>> list_names(["a", "b"], "stack")
    'a, b'
    """
    if len(names) <= _MAX_LISTED:
        return ", ".join(names)
    return f"{pluralize(len(names), noun)} ({', '.join(names[:_MAX_LISTED])} ...)"
