"""What a parser, a contrast formula and a browser say about a page."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any


class Tags(HTMLParser):
    """The elements of a page with their attributes, and its texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def low_contrast(
    scheme: Mapping[str, str], pairs: Iterable[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Pairs of a text and its ground, as names of colors, with too little contrast.

    https://www.w3.org/WAI/WCAG22/Understanding/contrast-minimum.html
    """
    low = []
    for text, ground in pairs:
        dark, light = sorted((_luminance(scheme[text]), _luminance(scheme[ground])))
        if (light + 0.05) / (dark + 0.05) < 4.5:
            low.append((text, ground))
    return low


def _luminance(color: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    parts = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


CHROMIUM = shutil.which("chromium")

_FRAME = """<!doctype html><html style="color-scheme: light dark"><title>frame</title>
<iframe id="page" width="{width}" height="300000" style="border:0" srcdoc="{page}"></iframe>
<pre id="facts"></pre>
<script>
document.getElementById("page").addEventListener("load", event => {{
  const inside = event.target.contentDocument;
  const ask = () => {{ {question} }};
  document.getElementById("facts").textContent = JSON.stringify(ask());
}});
</script></html>"""

_LAYOUT = """
inside.querySelectorAll("details").forEach(each => { each.open = true; });
const all = [...inside.body.querySelectorAll("*")], view = inside.defaultView;
return {
  viewport: view.innerWidth,
  scroll: inside.documentElement.scrollWidth,
  wide: all.filter(e => e.getBoundingClientRect().right > view.innerWidth).map(e => e.tagName),
  ground: view.getComputedStyle(inside.body).backgroundColor,
};
"""


def browser_facts(
    page: str, folder: Path, width: int, *, dark: bool
) -> tuple[dict[str, Any], list[str]]:
    """What a browser measures in a page of this width, and what it writes to its console."""
    return ask_browser(page, folder, _LAYOUT, width, dark=dark)


def ask_browser(
    page: str, folder: Path, question: str, width: int, *, dark: bool = False
) -> tuple[dict[str, Any], list[str]]:
    """What a JavaScript function body returns that knows the document as ``inside``, and what the
    browser writes to its console.
    """
    assert CHROMIUM
    path = folder / "frame.html"
    frame = _FRAME.format(width=width, page=escape(page), question=question)
    path.write_text(frame, encoding="utf-8")
    done = subprocess.run(
        [
            *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr"),
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


class _Tables(HTMLParser):
    """The rows of each table by its label; a cell is its text, with a space between elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables: dict[str, list[tuple[str, ...]]] = {}
        self._rows: list[tuple[str, ...]] | None = None
        self._cells: list[list[str]] = []
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._rows = self.tables.setdefault(dict(attrs).get("aria-label") or "", [])
        elif tag == "tr":
            self._cells = []
        elif tag in ("td", "th"):
            self._cells.append([])
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "tr" and self._rows is not None:
            self._rows.append(tuple(" ".join(cell) for cell in self._cells))
        elif tag in ("td", "th"):
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside and data.strip():
            self._cells[-1].append(data.strip())


def tables(page: str) -> dict[str, list[tuple[str, ...]]]:
    """The rows of each table by its label, the head first."""
    return _Tables(page).tables
