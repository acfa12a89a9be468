"""
Small changes to words.

In:    a number and a noun, or a text.
Out:   the noun in the right number; the text with a capital first.
Never: a sentence.
"""


def pluralize(count: int, noun: str, plural: str = "") -> str:
    """Count something: ``1 stack``, ``2,000 stacks``; ``plural`` where an s does not make it."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def capitalize(text: str) -> str:
    """Return a text with a capital first and the rest unchanged."""
    return text[:1].upper() + text[1:]
