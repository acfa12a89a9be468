"""``build.py audit``: how auditors would grade templates, ours or any."""

import json
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from trailbell import text_files
from trailbell.audit.controls import CONTROLS
from trailbell.audit.matrix import Matrix, build_matrix
from trailbell.audit.report import to_json
from trailbell.command.console import console
from trailbell.command.project import DIST
from trailbell.dist import manifest
from trailbell.errors import ContentError, UnreadableFileError
from trailbell.source_location import display_path
from trailbell.template.parse import parse_template

_PIPED, _PIPED_NAME = Path("-"), "standard input"
_ENDINGS = (".json", ".yaml", ".yml", ".template")


@click.command("audit")
@click.argument("templates", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--trail-elsewhere",
    is_flag=True,
    help="Take for granted that a multi-Region trail, in no template, writes to the log group.",
)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def command(templates: tuple[Path, ...], *, trail_elsewhere: bool, as_json: bool) -> int:
    """Grade TEMPLATES as AWS Security Hub, Prowler and Powerpipe would; dist/ if none is given.

    Files and folders of JSON or YAML, or - for standard input, graded together as deployed beside
    each other, for the fifteen monitoring controls of CIS. Of dist/, stacks that are deployed
    instead of another one are left out. Exit code 1: something fails; 2: unusable input.
    """
    graded = build_matrix(documents(templates or ours(DIST)), assume_external_trail=trail_elsewhere)
    if as_json:
        click.echo(json.dumps(to_json(graded), indent=2))
    else:
        _print(graded)
    return 0 if graded.passed else 1


def ours(folder: Path) -> tuple[Path, ...]:
    """The templates in our own folder that are deployed beside each other."""
    entries = manifest.read(folder).stacks.values()
    return tuple(folder / entry.json.name for entry in entries if not entry.instead_of)


def documents(paths: tuple[Path, ...]) -> dict[str, dict[str, Any]]:
    """The templates in files and folders, by path. One template in two formats counts once.

    Raises `ContentError` for a file that is not a template, and if there is none at all.
    """
    found: dict[str, dict[str, Any]] = {}
    for path in paths:
        if path.is_dir():
            files = sorted(file for file in path.iterdir() if file.suffix in _ENDINGS)
            read = {file: _document(file) for file in files}
            named = {file: body for file, body in read.items() if _is_template(body)}
        else:
            named = {path: _document(path)}
            if not _is_template(named[path]):
                raise _unusable(path, "it has no Resources")
        for file, body in named.items():
            if body not in found.values():
                found[display_path(file) if file != _PIPED else _PIPED_NAME] = body
    if not found:
        raise _unusable(paths[0], "there is no template in it")
    return found


def _document(path: Path) -> Any:
    try:
        return parse_template(
            text_files.read_stdin() if path == _PIPED else text_files.read_text(path)
        )
    except UnreadableFileError as error:
        raise _unusable(path, error.reason) from error


def _is_template(body: Any) -> bool:
    return isinstance(body, dict) and isinstance(body.get("Resources"), dict)


def _unusable(path: Path, found: str) -> ContentError:
    place = str(path) if path != _PIPED else _PIPED_NAME
    return ContentError(place, found, "give CloudFormation templates, or folders of them")


def _print(graded: Matrix) -> None:
    screen = console()
    screen.print(_table(graded))
    failed: dict[tuple[str, str], list[str]] = {}
    for control in CONTROLS:
        for column in graded.columns:
            grade = column.result_for(control.key)
            if grade and not grade.passed:
                failed.setdefault((control.key, grade.reason), []).append(column.scanner)
    if failed:
        screen.print("\nwhat fails")
    for (key, reason), auditors in failed.items():
        line = f"  {key} ({', '.join(auditors)}): {reason}"
        screen.print(line, soft_wrap=True, markup=False)
    if graded.assumptions:
        screen.print("\nassumed for what passes")
    for text in graded.assumptions:
        screen.print(f"  {text}", soft_wrap=True, markup=False)


_FAIL = Text("FAIL", style="red")


def _table(graded: Matrix) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("CIS")
    table.add_column("control")
    for column in graded.columns:
        table.add_column(column.scanner)
    for control in CONTROLS:
        grades = [column.result_for(control.key) for column in graded.columns]
        cells = ["-" if g is None else "pass" if g.passed else _FAIL for g in grades]
        table.add_row(f".{control.cis_item}", control.title, *cells)
    totals = [f"{passed} of {of}" for passed, of in graded.totals.values()]
    table.add_row("", "total", *totals, style="bold")
    return table
