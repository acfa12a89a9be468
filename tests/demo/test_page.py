"""The page: its markup, what it shows of hostile text, and how a browser shows it."""

import re
from html import escape
from pathlib import Path

import pytest

from tests.demo.timelines import MARKUP, TIMELINE
from tests.html_pages import CHROMIUM, Tags, browser_facts, low_contrast
from trailbell.demo.page import GENERATOR, to_page

PAGE = to_page(TIMELINE)
_VISIBLE = MARKUP.replace("\x1b", "\\u001b").replace("\u202e", "\\u202e")
_TAGS = Tags(PAGE)


def test_nothing_is_loaded_and_no_script_is_needed() -> None:
    sources = {
        value
        for _, attributes in _TAGS.tags
        for name, value in attributes.items()
        if name in ("src", "href", "srcset", "action", "data")
    }
    names = {tag for tag, _ in _TAGS.tags}
    assert (sources, names & {"script", "img", "iframe", "object", "base", "form"}) == (
        {"data:,", "#events"},
        set(),
    )
    assert (
        re.findall(r"url\(|@import|https?:", re.sub(r"<pre>.*?</pre>", "", PAGE, flags=re.S)) == []
    )


def test_no_attribute_is_an_event_handler() -> None:
    assert [
        name for _, attributes in _TAGS.tags for name in attributes if name.startswith("on")
    ] == []


def test_hostile_text_is_shown_as_it_is_in_each_place() -> None:
    """In a sentence, a call (twice), a caller, an address, an error, a message, a mail, a note."""
    assert PAGE.count(escape(_VISIBLE)) == sum(text.count(_VISIBLE) for text in _TAGS.texts)
    assert PAGE.count(escape(_VISIBLE)) == 10


def test_a_page_is_recognized_by_its_generator() -> None:
    assert GENERATOR in PAGE


def test_headings_follow_each_other_and_sections_have_a_name() -> None:
    levels = [tag for tag, _ in _TAGS.tags if re.fullmatch("h[1-6]", tag)]
    assert levels == ["h1", "h2", "h2", "h3", "h3", "h3", "h3", "h2", "h2", "h2"]
    ids = [str(attributes["id"]) for _, attributes in _TAGS.tags if "id" in attributes]
    named = [a["aria-labelledby"] for tag, a in _TAGS.tags if tag == "section"]
    assert sorted(ids) == sorted(set(ids))
    assert set(named) <= set(ids)


def test_the_page_has_a_language_and_landmarks() -> None:
    tags = dict(reversed(_TAGS.tags))
    assert (tags["html"], {"header", "main", "footer"} <= set(tags)) == ({"lang": "en"}, True)


# --------------------------------------------------------------------------------------- contrast

_STYLE = re.search("<style>(.*?)</style>", PAGE, re.S)
assert _STYLE
_LIGHT, _DARK = (
    dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", part))
    for part in _STYLE[1].split("@media (prefers-color-scheme: dark)")
)
_PAIRS = [
    *((text, ground) for text in ("text", "quiet") for ground in ("page", "card", "code")),
    *((text, "card") for text in ("now", "late", "high", "medium", "low")),
    *(("text", "now-soft"), ("text", "late-soft")),
]


@pytest.mark.parametrize(
    "scheme", [pytest.param(_LIGHT, id="light"), pytest.param(_DARK, id="dark")]
)
def test_text_has_enough_contrast(scheme: dict[str, str]) -> None:
    """https://www.w3.org/WAI/WCAG22/Understanding/contrast-minimum.html"""
    assert low_contrast(scheme, _PAIRS) == []


# -------------------------------------------------------------------------------------- a browser


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.parametrize(
    "width", [pytest.param(360, id="a phone"), pytest.param(1200, id="a desk")]
)
@pytest.mark.parametrize(
    ("dark", "ground"),
    [
        pytest.param(False, "rgb(244, 245, 247)", id="light"),
        pytest.param(True, "rgb(17, 21, 26)", id="dark"),
    ],
)
def test_a_browser_shows_all_of_the_page(
    *, dark: bool, ground: str, width: int, tmp_path: Path
) -> None:
    facts, console = browser_facts(PAGE, tmp_path, width, dark=dark)
    assert facts == {"viewport": width, "scroll": width, "wide": [], "ground": ground}
    assert console == []
