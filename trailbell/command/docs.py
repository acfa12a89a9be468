"""``trailbell docs``: generate parts of the documentation."""

from collections.abc import Callable, Mapping
from functools import partial
from operator import attrgetter
from typing import Any

import click
from cfnlint.helpers import load_plugins

from trailbell.audit.matrix import build_matrix
from trailbell.audit.report import to_markdown
from trailbell.build.project import Project
from trailbell.command.option import examples, option
from trailbell.command.project import load_project
from trailbell.compiler.compile import compile_stack
from trailbell.docs import tables
from trailbell.docs.blocks import fill_blocks
from trailbell.docs.costs import costs_table
from trailbell.docs.detection_page import pack_page
from trailbell.docs.settings_page import former_names_table, settings_block
from trailbell.project.root import project_root
from trailbell.settings.keys import ROOT
from trailbell.validate.lint import RULES

PAGES = (
    "README.md",
    "docs/explanation/compliance.md",
    "docs/reference/costs.md",
    "docs/how-to/deploy.md",
    "docs/reference/detections.md",
    "docs/reference/rules.md",
    "docs/reference/settings.md",
)


def project_pages() -> Mapping[str, str]:
    """The current text of every page that is generated, in whole or in part."""
    project = load_project()
    for error in project.errors:
        raise error
    blocks = _blocks(project)
    pages = {
        name: fill_blocks((project_root() / name).read_text("utf-8"), blocks) for name in PAGES
    }
    return pages | {
        f"docs/reference/packs/{pack}.md": pack_page(pack.name, project.written)
        for pack in project.written.packs
    }


def _blocks(project: Project) -> Mapping[str, Callable[[], str]]:
    templates = {s.name: compile_stack(s, project.catalog).document for s in project.stacks}
    return {
        "packs": lambda: tables.packs_table(project.written),
        "originals": lambda: tables.original_detections_table(project.written),
        "stacks": lambda: tables.stacks_table(project.stacks, templates),
        "parameters": lambda: tables.parameters_table(templates),
        "costs": lambda: costs_table(templates),
        "audit": lambda: to_markdown(build_matrix(_without_alternatives(project, templates))),
        "settings-former-names": former_names_table,
        **{f"settings-{name}": partial(settings_block, name) for name in ROOT.keys},
        "rules": lambda: tables.rules_table(sorted(load_plugins(str(RULES)), key=attrgetter("id"))),
    }


def _without_alternatives(
    project: Project, templates: Mapping[str, dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """The templates that can be deployed together."""
    return {s.name: templates[s.name] for s in project.stacks if not s.alternative_to}


@click.command("docs", epilog=examples("docs", "docs --check"))
@option("--check", is_flag=True, help="Check only: exit with 1 if a page is out of date.")
def command(*, check: bool) -> int:
    """Regenerate the generated parts of README.md and docs/."""
    outdated = []
    for name, text in project_pages().items():
        path = project_root() / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            outdated.append(name)
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    if not outdated:
        click.echo("All pages are up to date.")
    else:
        click.echo(f"{'Out of date' if check else 'Written'}: {', '.join(outdated)}")
    return 1 if check and outdated else 0
