"""The documentation of the project is up to date."""

import re
from pathlib import Path

from trailbell.command.docs import project_pages
from trailbell.source_location import PROJECT
from trailbell.validate.lint_settings import can_be_ignored


def test_every_page_is_up_to_date() -> None:
    pages = project_pages()
    assert {name: Path(PROJECT, name).read_text(encoding="utf-8") for name in pages} == pages


def test_the_documentation_lists_every_finding_of_the_build() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (PROJECT / "trailbell").rglob("*.py")]
    lines = [line for text in sources for line in text.split("\n") if "rule=" in line]
    rules = {rule for line in lines for rule in re.findall(r'"(T\d{4})"', line)}
    page = (PROJECT / "docs" / "build.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (T\d{4}) \| .* \| (yes|no) \|$", page, re.MULTILINE)
    assert dict(rows) == {rule: "yes" if can_be_ignored(rule) else "no" for rule in rules}
