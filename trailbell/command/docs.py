"""``trailbell docs``: generate parts of the documentation."""

from collections.abc import Callable, Mapping
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any

import click
from cfnlint.helpers import load_plugins

import trailbell
from trailbell.audit.matrix import build_matrix
from trailbell.audit.report import to_markdown
from trailbell.build.project import Project
from trailbell.command.main import cli
from trailbell.command.option import examples, option
from trailbell.command.project import load_project
from trailbell.compiler.compile import compile_stack
from trailbell.docs import tables
from trailbell.docs.alert_picture import alert_picture
from trailbell.docs.api_page import api_page
from trailbell.docs.blocks import fill_blocks
from trailbell.docs.command_page import commands_page
from trailbell.docs.costs import costs_table
from trailbell.docs.detection_page import pack_page
from trailbell.docs.settings_page import former_names_table, settings_block
from trailbell.project.root import BASELINE, project_root
from trailbell.settings.keys import ROOT
from trailbell.source_location import is_baseline
from trailbell.validate.lint import RULES

_MARK = "<!-- generated: "
_PICTURED = "root-account-use"
"""The detection whose alarm the README shows."""


def project_pages() -> Mapping[str, str]:
    """The current text of every page and picture that is generated, in whole or in part.

    A project has a page for each pack that has a detection of its own.
    """
    project = load_project()
    for error in project.errors:
        raise error
    if project_root() != BASELINE:
        own = {name for d in project.written if not is_baseline(d.location) for name in d.packs}
        return {f"docs/packs/{name}.md": pack_page(name, project.written) for name in sorted(own)}
    return _pages_with_blocks(project_root(), _blocks(project)) | {
        "docs/images/alert.svg": alert_picture(project.written.get(_PICTURED)),
        "docs/reference/commands.md": commands_page(cli),
        "docs/reference/python-api.md": api_page(trailbell),
        **{
            f"docs/reference/packs/{pack}.md": pack_page(pack.name, project.written)
            for pack in project.written.packs
        },
    }


def _pages_with_blocks(root: Path, blocks: Mapping[str, Callable[[], str]]) -> dict[str, str]:
    pages = {
        path.relative_to(root).as_posix(): path.read_text("utf-8")
        for path in sorted(root.glob("docs/**/*.md"))
    }
    return {name: fill_blocks(text, blocks) for name, text in pages.items() if _MARK in text}


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
    """Write docs/packs/: a page for each pack that has a detection of this project.

    It describes the detections of the pack: reason, response, false positives, pattern, an event.
    In the repository of Trailbell, all generated pages are written.
    """
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
