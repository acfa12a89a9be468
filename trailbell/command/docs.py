"""``trailbell docs``: generate parts of the documentation."""

import os
from collections.abc import Callable, Mapping
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any

import click

import trailbell
from trailbell import text_files
from trailbell.audit.matrix import build_matrix
from trailbell.audit.report import to_markdown
from trailbell.build.project import Project
from trailbell.catalog.detection import Catalog
from trailbell.command.main import cli
from trailbell.command.option import examples, option
from trailbell.command.project import load_project
from trailbell.compiler.compile import compile_stack
from trailbell.coverage.evaluate import evaluate_framework, techniques_without_proof
from trailbell.coverage.framework import read_framework
from trailbell.coverage.navigator import navigator_layer
from trailbell.demo.attack import ATTACK
from trailbell.docs import tables
from trailbell.docs.api_page import api_page
from trailbell.docs.blocks import fill_blocks
from trailbell.docs.command_page import commands_page
from trailbell.docs.costs import costs_table, prices_table
from trailbell.docs.coverage_page import LAYER, coverage_page
from trailbell.docs.detection_page import pack_page
from trailbell.docs.message_picture import message_picture
from trailbell.docs.rule_page import rule_page
from trailbell.docs.settings_page import former_names_table, settings_block
from trailbell.errors import ContentError, UnreadableFileError
from trailbell.project.root import BASELINE, project_root
from trailbell.settings.keys import ROOT
from trailbell.source_location import is_baseline
from trailbell.validate.rules import CLASSES

_MARK = "<!-- generated: "
_GENERATED = "<!-- Generated from "
_MARKS = (_MARK, _GENERATED)
_FRAMEWORKS = "detections/coverage"
_ATTACK = f"{_FRAMEWORKS}/attack.toml"
_PICTURED = ("administrator-access-given", "AttachUserPolicy")
"""The detection whose message the README shows, and the call of the demonstration."""


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
        "docs/images/message.svg": _picture(project),
        "docs/reference/commands.md": commands_page(cli),
        "docs/reference/python-api.md": api_page(trailbell),
        **coverage_pages(project.written),
        **{
            f"docs/reference/packs/{pack}.md": pack_page(pack.name, project.written)
            for pack in project.written.packs
        },
        **{f"docs/reference/rules/{rule.shortdesc}.md": rule_page(rule) for rule in _rules()},
    }


def coverage_pages(catalog: Catalog) -> dict[str, str]:
    """The page of techniques that are detected, and the layer for ATT&CK Navigator.

    Raises `ContentError` for a technique whose records do not prove what its file says.
    """
    names = {f"{_FRAMEWORKS}/{path.name}" for path in (BASELINE / _FRAMEWORKS).glob("*.toml")}
    frameworks = {
        name: read_framework(_read(BASELINE / name, name), name)
        for name in sorted({*names, _ATTACK})
    }
    coverages = {name: evaluate_framework(f, catalog) for name, f in frameworks.items()}
    attack = frameworks[_ATTACK]
    return {
        "docs/reference/coverage.md": coverage_page(
            [(frameworks[name], coverage) for name, coverage in coverages.items()],
            techniques_without_proof(attack, catalog),
            catalog,
        ),
        f"docs/reference/{LAYER}": navigator_layer(attack, coverages[_ATTACK]),
    }


def _picture(project: Project) -> str:
    """The picture of a message that "trailbell demo" delivers."""
    identifier, call = _PICTURED
    record = next(step.record for step in ATTACK if step.record["eventName"] == call)
    return message_picture(project.written.get(identifier), record)


def _pages_with_blocks(root: Path, blocks: Mapping[str, Callable[[], str]]) -> dict[str, str]:
    pages = {
        path.relative_to(root).as_posix(): _read(path, path.relative_to(root).as_posix())
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
        "prices": prices_table,
        "audit": lambda: to_markdown(build_matrix(_without_alternatives(project, templates))),
        "settings-former-names": former_names_table,
        **{f"settings-{name}": partial(settings_block, name) for name in ROOT.keys},
        "rules": lambda: tables.rules_table(_rules()),
    }


def _rules() -> list[Any]:
    return sorted(CLASSES.values(), key=attrgetter("id"))


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
    pages = project_pages()
    outdated = [name for name, text in pages.items() if _present_text(name) != text]
    orphans = _orphans(pages)
    if not check:
        for name in outdated:
            path = project_root() / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(pages[name], encoding="utf-8")
    for name in orphans:
        click.echo(f"{name} describes nothing of this project: delete the page.")
    if outdated:
        click.echo(f"{'Out of date' if check else 'Written'}: {', '.join(outdated)}")
    elif not orphans:
        click.echo("All pages are up to date.")
    return 1 if check and (outdated or orphans) else 0


def _present_text(name: str) -> str | None:
    """The text of a page that is to be written; None if there is no such file.

    Raises `ContentError` for a page that was not generated, as it would be lost.
    """
    path = project_root() / name
    if not os.path.lexists(path):
        return None
    text = _read(path, name)
    if path.suffix == ".md" and not any(mark in text for mark in _MARKS):
        raise ContentError(
            name,
            f'not a generated page: it does not have "{_GENERATED}"',
            "rename it, as a page of this name is generated; no file was changed",
        )
    return text


def _orphans(pages: Mapping[str, str]) -> list[str]:
    """Generated pages of packs and rules that have no page any more."""
    root = project_root()
    paths = [
        path
        for folder in ("docs/packs", "docs/reference/packs", "docs/reference/rules")
        for path in sorted((root / folder).glob("*.md"))
        if path.is_file() and _GENERATED.encode() in path.read_bytes()
    ]
    return [name for path in paths if (name := path.relative_to(root).as_posix()) not in pages]


def _read(path: Path, name: str) -> str:
    try:
        return text_files.read_text(path).replace("\r\n", "\n")
    except UnreadableFileError as error:
        raise ContentError(
            name, error.reason, "delete or rename it; no file was changed"
        ) from error
