"""``build.py docs``: make the generated blocks of the documentation anew."""

from collections.abc import Callable, Mapping
from operator import attrgetter
from pathlib import Path
from typing import Any

import click
from cfnlint.helpers import load_plugins

from trailbell.audit.matrix import build_matrix
from trailbell.audit.report import to_markdown
from trailbell.catalog.detection import Pack
from trailbell.command.project import Project, load_project
from trailbell.compiler.compile import compile_stack
from trailbell.docs import pages
from trailbell.source_location import PROJECT
from trailbell.validate.lint import RULES

PAGES = (
    "README.md",
    "docs/compliance.md",
    "docs/deploy.md",
    "docs/detections.md",
    "docs/rules.md",
)


def project_pages() -> Mapping[str, str]:
    """Every page of documentation that is generated, whole or in parts, as it should be."""
    found = load_project()
    for fault in found.faults:
        raise fault
    blocks = _blocks(found)
    texts = {
        name: pages.fill_blocks(Path(PROJECT, name).read_text("utf-8"), blocks) for name in PAGES
    }
    return texts | {f"docs/{pack}.md": pages.pack_page(pack, found.written) for pack in Pack}


def _blocks(found: Project) -> Mapping[str, Callable[[], str]]:
    documents = {s.name: compile_stack(s, found.catalog).document for s in found.stacks}
    return {
        "packs": lambda: pages.packs_table(found.written),
        "originals": lambda: pages.original_detections_table(found.written),
        "stacks": lambda: pages.stacks_table(found.stacks, documents),
        "parameters": lambda: pages.parameters_table(documents),
        "audit": lambda: to_markdown(build_matrix(_beside_each_other(found, documents))),
        "rules": lambda: pages.rules_table(sorted(load_plugins(str(RULES)), key=attrgetter("id"))),
    }


def _beside_each_other(
    found: Project, documents: Mapping[str, dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    return {s.name: documents[s.name] for s in found.stacks if not s.alternative_to}


@click.command("docs")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a page is stale.")
def command(*, check: bool) -> int:
    """Make the generated parts of the documentation anew."""
    stale = []
    for name, text in project_pages().items():
        path = Path(PROJECT, name)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if not check:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
    click.echo(
        f"{'stale' if check else 'written'}: {', '.join(stale)}"
        if stale
        else "every page is as it should be"
    )
    return 1 if check and stale else 0
