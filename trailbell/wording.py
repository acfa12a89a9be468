"""
Counts in words.

In:    a number, a noun.
Out:   both, with the noun in the right number.
Never: a sentence.
"""


def pluralize(count: int, noun: str, plural: str = "") -> str:
    """Count something: ``1 stack``, ``2,000 stacks``; ``plural`` where an s does not make it."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
