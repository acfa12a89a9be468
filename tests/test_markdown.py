"""Markdown in which text of others is no markup."""

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.html_pages import Tags
from trailbell.markdown import code, fenced, table

_MARKDOWN = MarkdownIt("commonmark").enable("table")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", "<code></code>", id="nothing"),
        pytest.param(
            "arn:aws:iam::1:role/a-b.c", "<code>arn:aws:iam::1:role/a-b.c</code>", id="an ARN"
        ),
        pytest.param("`</code>`", "<code>&#96;&#60;/code&#62;&#96;</code>", id="its own end"),
        pytest.param("a|b", "<code>a&#124;b</code>", id="the end of a cell"),
        pytest.param("@team #1", "<code>&#64;team &#35;1</code>", id="a mention"),
        pytest.param("http://a", "<code>http&#58;//a</code>", id="an address"),
        pytest.param("WWW.a.b", "<code>WWW&#46;a.b</code>", id="an address without a scheme"),
        pytest.param("a\n\u202eb", "<code>a&#92;u000a&#92;u202eb</code>", id="control characters"),
        pytest.param("&amp;", "<code>&#38;amp&#59;</code>", id="an entity"),
    ],
)
def test_code(text: str, expected: str) -> None:
    assert code(text) == expected


def _visible(text: str) -> str:
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


@given(st.text(st.sampled_from("ab \\|`*_<>[]()&;#@!~:/.w-\n\u202e\x00") | st.characters()))
def test_any_text_is_the_text_of_one_cell(text: str) -> None:
    page = Tags(_MARKDOWN.render(table(("a", "b"), [(code(text), "c")])))
    cells = [tag for tag, _ in page.tags if tag not in ("table", "thead", "tbody", "tr", "th")]
    assert cells == ["td", "code", "td"]
    assert "".join(page.texts).replace("\n", "") == f"ab{_visible(text)}c"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", "```toml\n\n```", id="nothing"),
        pytest.param("\na\nb\n", "```toml\na\nb\n```", id="lines"),
        pytest.param("a```` b", "`````toml\na```` b\n`````", id="a fence inside"),
        pytest.param("\x1b\u202e", "```toml\n\\u001b\\u202e\n```", id="control characters"),
    ],
)
def test_a_block(text: str, expected: str) -> None:
    assert "\n".join(line for part in fenced(text, "toml") for line in part) == expected


@given(st.text(st.sampled_from("a `~\n<\t") | st.characters()))
def test_any_text_is_the_text_of_one_block(text: str) -> None:
    opening, lines, closing = fenced(text, "toml")
    (token,) = _MARKDOWN.parse("\n".join((*opening, *lines, *closing)))
    assert token.content.removesuffix("\n") == "\n".join(lines)
    assert unescape(token.info) == "toml"
