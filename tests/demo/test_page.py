"""The page: its markup, what it shows of hostile text, and how a browser shows it."""

import json
import re
import shutil
import subprocess
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.demo.timelines import MARKUP, TIMELINE
from trailbell.demo.elements import Html, element, html
from trailbell.demo.page import GENERATOR, to_page

PAGE = to_page(TIMELINE)
_VISIBLE = MARKUP.replace("\x1b", "\\u001b").replace("\u202e", "\\u202e")


class _Tags(HTMLParser):
    """The elements of a page with their attributes, and its texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


_TAGS = _Tags(PAGE)


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


def _luminance(color: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    parts = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize(
    "scheme", [pytest.param(_LIGHT, id="light"), pytest.param(_DARK, id="dark")]
)
def test_text_has_enough_contrast(scheme: dict[str, str]) -> None:
    """https://www.w3.org/WAI/WCAG22/Understanding/contrast-minimum.html"""
    low = []
    for text, ground in _PAIRS:
        dark, light = sorted((_luminance(scheme[text]), _luminance(scheme[ground])))
        if (light + 0.05) / (dark + 0.05) < 4.5:
            low.append((text, ground))
    assert low == []


# -------------------------------------------------------------------------------------- a browser

_CHROMIUM = shutil.which("chromium")

_FRAME = """<!doctype html><html style="color-scheme: light dark"><title>frame</title>
<iframe id="page" width="{width}" height="30000" style="border:0" srcdoc="{page}"></iframe>
<pre id="facts"></pre>
<script>
document.getElementById("page").addEventListener("load", event => {{
  const inside = event.target.contentDocument;
  inside.querySelectorAll("details").forEach(each => {{ each.open = true; }});
  const all = [...inside.body.querySelectorAll("*")];
  document.getElementById("facts").textContent = JSON.stringify({{
    viewport: event.target.contentWindow.innerWidth,
    scroll: inside.documentElement.scrollWidth,
    wide: all.filter(each => each.getBoundingClientRect().right > {width}).map(e => e.tagName),
    ground: event.target.contentWindow.getComputedStyle(inside.body).backgroundColor,
  }});
}});
</script></html>"""


def _facts(page: str, folder: Path, width: int, *, dark: bool) -> tuple[dict[str, Any], list[str]]:
    """What a browser measures in a page of this width, and what it writes to its console."""
    path = folder / "frame.html"
    path.write_text(_FRAME.format(width=width, page=escape(page)), encoding="utf-8")
    assert _CHROMIUM
    done = subprocess.run(
        [
            *(_CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr"),
            f"--user-data-dir={folder / 'profile'}",
            f"--blink-settings=preferredColorScheme={0 if dark else 1}",
            *("--virtual-time-budget=5000", "--dump-dom", path.as_uri()),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    facts = re.search('<pre id="facts">(.*?)</pre>', done.stdout, re.S)
    assert facts
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return json.loads(unescape(facts[1])), console


@pytest.mark.slow
@pytest.mark.skipif(_CHROMIUM is None, reason="Chromium is not installed")
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
    facts, console = _facts(PAGE, tmp_path, width, dark=dark)
    assert facts == {"viewport": width, "scroll": width, "wide": [], "ground": ground}
    assert console == []
