"""What the documents say of the code is true: names, links, options, settings, imports."""

import ast
import importlib
import importlib.util
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import build

_PROJECT = Path(__file__).resolve().parent.parent
_PAGES = sorted([*_PROJECT.glob("*.md"), *_PROJECT.glob("docs/**/*.md")])
_NAMES = [page.relative_to(_PROJECT).as_posix() for page in _PAGES]
_NEW_PROJECT = _PROJECT / "trailbell" / "scaffold" / "files"
_HISTORY = "CHANGELOG.md"
"""Describes what was, too: old options and old modules."""


def _read(name: str) -> str:
    return (_PROJECT / name).read_text(encoding="utf-8")


def _blocks(name: str, language: str) -> list[str]:
    """The code blocks of a language in a page."""
    return re.findall(rf"^```{language}\n(.*?)^```", _read(name), re.DOTALL | re.MULTILINE)


@pytest.mark.slow
def test_no_text_of_the_project_has_a_word_of_the_word_list() -> None:
    command = [sys.executable, str(_PROJECT / ".ci" / "words.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "0 hits\n")


# ------------------------------------------------------------------------- the architecture page


def test_the_architecture_page_names_every_package_and_module_at_the_top() -> None:
    existing = {
        f"trailbell/{path.name}" if path.is_file() else f"trailbell/{path.name}/"
        for path in (_PROJECT / "trailbell").iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").is_file()
    }
    rows = re.findall(
        r"^\| `(trailbell/[^`]+)` \|", _read("docs/explanation/architecture.md"), re.MULTILINE
    )
    assert sorted(rows) == sorted(existing)


_PATH = re.compile(
    r"`((?:trailbell|detections|policies|stacks|tests|benchmarks|requirements|docs|dist|\.ci)/"
    r"[\w./-]*)`"
)


@pytest.mark.parametrize("name", [name for name in _NAMES if name != _HISTORY])
def test_paths_that_a_page_names_exist(name: str) -> None:
    """They exist here, or in a new project, or the page shows the command that writes them."""
    text = _read(name)
    missing = [
        path
        for path in _PATH.findall(text)
        if not any((folder / path).exists() for folder in (_PROJECT, _NEW_PROJECT))
        and f"wrote {path}" not in text
    ]
    assert missing == []


# --------------------------------------------------------------------------------------- links


def _anchors(text: str) -> set[str]:
    """The anchors of the headings of a page, as GitHub makes them."""
    outside = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.*)$", outside, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _broken_links(name: str) -> Iterator[str]:
    for link in re.findall(r"\]\(([^)\s]+)\)", _read(name)):
        if link.startswith(("https://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = (_PROJECT / name).parent / path if path else _PROJECT / name
        if not target.exists() or (anchor and anchor not in _anchors(target.read_text("utf-8"))):
            yield link


_PAGES_OF_RULES = "docs/reference/rules/"
"""Too many for the navigation: the table of rules leads to them."""


@pytest.mark.parametrize("name", _NAMES)
def test_links_between_pages_lead_to_something(name: str) -> None:
    assert list(_broken_links(name)) == []


@pytest.mark.parametrize("name", [name for name in _NAMES if name.startswith("docs/")])
def test_links_of_the_documentation_stay_in_it(name: str) -> None:
    """The site has no other files of the repository."""
    links = re.findall(r"\]\(([^)\s#]+)", _read(name))
    targets = {
        link: ((_PROJECT / name).parent / link).resolve() for link in links if ":" not in link
    }
    assert [link for link, to in targets.items() if _PROJECT / "docs" not in to.parents] == []


def test_the_navigation_of_the_site_has_every_page_once() -> None:
    navigation = _read(".ci/mkdocs.yml").split("\nnav:\n")[1]
    pages = re.findall(r"- (?:\w+: )?(\S+\.md)$", navigation, re.MULTILINE)
    own = [n for n in _NAMES if n.startswith("docs/") and not n.startswith(_PAGES_OF_RULES)]
    assert sorted(f"docs/{page}" for page in pages) == own


def test_the_table_of_rules_leads_to_each_page_of_a_rule() -> None:
    pages = re.findall(r"\]\((rules/[a-z-]+\.md)\)", _read("docs/reference/rules.md"))
    of_rules = [name for name in _NAMES if name.startswith(_PAGES_OF_RULES)]
    assert sorted(f"docs/reference/{page}" for page in pages) == of_rules


def test_a_page_in_docs_is_linked_from_some_other_page() -> None:
    linked = {
        ((_PROJECT / name).parent / link.partition("#")[0]).resolve()
        for name in _NAMES
        for link in re.findall(r"\]\(([^)\s]+)\)", _read(name))
        if link.partition("#")[0]
    }
    in_docs = [page for page in _PAGES if _PROJECT / "docs" in page.parents]
    assert [str(page) for page in in_docs if page not in linked] == []


# ---------------------------------------------------------------------------- commands and code


def _option_faults(line: str) -> Iterator[str]:
    """What a documented command line has that the command does not know."""
    words = re.sub(r"^.*?(?:python build\.py|trailbell)", "", line.split(" #")[0]).split()
    context = click.Context(build.cli)
    command: click.Command = build.cli
    while isinstance(command, click.Group) and (words or command is build.cli):
        name = words.pop(0) if words and not words[0].startswith("-") else "build"
        found = command.get_command(context, name)
        if found is None:
            yield name
            return
        command = found
    known = {"-h", "--help", "--version"} | {
        option
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    yield from (
        option
        for word in words
        if word.startswith("-") and word != "-"
        for option in [word.split("=")[0]]
        if option not in known
    )


_COMMAND_LINE = re.compile(
    r"(?:^|`|&& |run: )((?:\S*python build\.py|trailbell)(?: [^&`\n]*)?)(?:[&`\n]|$)",
    re.MULTILINE,
)


@pytest.mark.parametrize("name", [name for name in _NAMES if name != _HISTORY])
def test_documented_commands_and_options_exist(name: str) -> None:
    lines = _COMMAND_LINE.findall(_read(name))
    faults = {line: list(_option_faults(line)) for line in lines}
    assert {line: unknown for line, unknown in faults.items() if unknown} == {}


@pytest.mark.parametrize("name", _NAMES)
def test_settings_in_a_page_are_toml(name: str) -> None:
    for block in _blocks(name, "toml"):
        tomllib.loads(block)


@pytest.mark.parametrize("name", _NAMES)
def test_imports_in_a_page_work(name: str) -> None:
    for block in _blocks(name, "python"):
        for node in ast.parse(block).body:
            if isinstance(node, ast.ImportFrom):
                module = importlib.import_module(str(node.module))
                missing = [
                    alias.name
                    for alias in node.names
                    if not hasattr(module, alias.name)
                    and not importlib.util.find_spec(f"{node.module}.{alias.name}")
                ]
                assert missing == []


def test_contributing_lists_the_fields_of_a_detection() -> None:
    source = _PROJECT / "trailbell" / "catalog" / "detection.py"
    (declared,) = [
        node.body
        for node in ast.parse(source.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and node.name == "Detection"
    ]
    fields = [ast.unparse(node.target) for node in declared if isinstance(node, ast.AnnAssign)]
    table = _read("CONTRIBUTING.md").split("### A detection\n")[1].split("\n### ")[0]
    rows = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    assert sorted(re.findall(r"`(\w+)`", " ".join(rows))) == sorted(fields)


def test_the_set_up_line_is_the_one_of_the_readme() -> None:
    (line,) = re.findall(r"^python3 -m venv .*pytest$", _read("CONTRIBUTING.md"), re.MULTILINE)
    assert line in _read("README.md").split("\n")
