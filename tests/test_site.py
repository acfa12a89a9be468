"""The documentation as a site loads nothing from elsewhere, and shows what GitHub shows."""

import importlib.util
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests import PROJECT

_PAGES = sorted(PROJECT.glob("docs/**/*.md"))


class _Loader(yaml.SafeLoader):
    """Reads `!!python/...` as None: the names of functions are for MkDocs."""


_Loader.add_multi_constructor("tag:yaml.org,2002:python/", lambda *_: None)


def _read_config() -> dict[str, Any]:
    text = (PROJECT / ".ci" / "mkdocs.yml").read_text(encoding="utf-8")
    return dict(yaml.load(text, _Loader))  # noqa: S506 - it is a SafeLoader


def test_every_warning_of_the_site_is_an_error() -> None:
    config = _read_config()
    checks = {check for part in config["validation"].values() for check in part.values()}
    assert (config["strict"], checks) == (True, {"warn"})


def test_the_site_loads_nothing_from_other_hosts() -> None:
    config = _read_config()
    foreign = {"extra_javascript", "extra_css"} & set(config)
    extra = set(config["extra"]) - {"generator"}
    assert (config["theme"]["font"], config["plugins"], foreign, extra) == (
        False,
        ["search"],
        set(),
        set(),
    )


def _convert(html: str) -> str:
    path = PROJECT / ".ci" / "mkdocs_hooks.py"
    spec = importlib.util.spec_from_file_location("mkdocs_hooks", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(module.on_page_content(html, page=None))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            r"<p><code>a\|b</code></p>", r"<p><code>a\|b</code></p>", id="Text stays as it is."
        ),
        pytest.param(
            "<td><code>a\\|b</code>\n</td><td>c\\|d</td>",
            "<td><code>a|b</code>\n</td><td>c|d</td>",
            id="A pipe in a table needs no backslash.",
        ),
    ],
)
def test_a_backslash_that_only_github_needs_is_removed(before: str, after: str) -> None:
    assert _convert(before) == after


def _misread_lines(text: str) -> Iterator[str]:
    """
    Lines that GitHub counts to an item of a list, and MkDocs does not.

    Python-Markdown wants 4 spaces: https://python-markdown.github.io/#differences
    """
    in_block, blank = False, True
    for line in text.split("\n"):
        is_fence = bool(re.match(r" *```", line))
        if not in_block and re.match(r" {1,3}\S", line) and (blank or is_fence):
            yield line
        in_block ^= is_fence
        blank = not line.strip()


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.relative_to(PROJECT).as_posix())
def test_what_belongs_to_an_item_of_a_list_has_4_spaces(page: Any) -> None:
    assert list(_misread_lines(page.read_text(encoding="utf-8"))) == []
