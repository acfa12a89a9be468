"""Elements of HTML: what is escaped, and what the markup is."""

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.html_pages import Tags
from trailbell.html_elements import Html, element, html, joined


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(None, "", id="nothing"),
        pytest.param("<b>&\"'", "&lt;b&gt;&amp;&quot;&#x27;", id="markup in text is text"),
        pytest.param("a\n\tb", "a\n\tb", id="line breaks and tabs are kept"),
        pytest.param(
            "\x00\x1b\u202e\ufeff", "\\u0000\\u001b\\u202e\\ufeff", id="what is not visible"
        ),
        pytest.param(Html("<b>"), "<b>", id="HTML is not escaped again"),
    ],
)
def test_text_is_escaped(content: str | None, expected: str) -> None:
    assert html(content) == expected


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        pytest.param(element("p", "<"), "<p>&lt;</p>", id="content"),
        pytest.param(element("p", title='"'), '<p title="&quot;"></p>', id="an attribute"),
        pytest.param(element("details", open=True), "<details open></details>", id="a flag"),
        pytest.param(element("details", open=False), "<details></details>", id="no flag"),
        pytest.param(element("br"), "<br>", id="an element without content"),
    ],
)
def test_an_element(made: Html, expected: str) -> None:
    assert made == expected


def test_what_is_joined_is_escaped_part_by_part() -> None:
    assert joined(["<", element("b"), "a"], " & ") == "&lt; &amp; <b></b> &amp; a"


@given(st.text())
def test_a_browser_reads_any_text_as_the_text_that_was_made_visible(text: str) -> None:
    page = Tags(element("p", element("b", text), title=text))
    shown = unescape(html(text))
    assert page.tags == [("p", {"title": shown}), ("b", {})]
    assert "".join(page.texts) == shown
    assert all(c.isprintable() or c in "\n\t" for c in shown)
