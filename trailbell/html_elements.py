"""
Elements of HTML, in which text of others is text.

In:    names of elements, attributes, and their content.
Out:   `Html`. All other text is escaped where it is inserted.
Never: text that becomes markup by mistake: only what this module made is `Html`.
"""

from collections.abc import Iterable
from html import escape

_VOID = frozenset({"meta", "link", "br", "hr"})
_KEPT = "\n\t"


class Html(str):
    """Text that is HTML."""

    __slots__ = ()


def html(content: str | None) -> Html:
    """HTML as it is, text escaped, nothing for None.

    Characters that control the display, also those that reverse the order of text, are shown as
    their codes.
    """
    if content is None:
        return Html("")
    if isinstance(content, Html):
        return content
    if content.isprintable():
        return Html(escape(content))
    visible = (c if c.isprintable() or c in _KEPT else f"\\u{ord(c):04x}" for c in content)
    return Html(escape("".join(visible)))


def element(name: str, /, *content: str | None, **attributes: str | bool) -> Html:
    """An element. ``class_`` is the attribute class, ``aria_label`` aria-label.

    >>> element("p", "1 < 2", class_="note")
    '<p class="note">1 &lt; 2</p>'
    """
    written = "".join(
        f" {_attribute(key)}" if value is True else f' {_attribute(key)}="{html(value)}"'
        for key, value in attributes.items()
        if value is not False
    )
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{''.join(map(html, content))}</{name}>")


def joined(parts: Iterable[str], separator: str = "") -> Html:
    """Several elements or texts, with text between them."""
    return Html(html(separator).join(map(html, parts)))


def _attribute(name: str) -> str:
    return name.rstrip("_").replace("_", "-")
