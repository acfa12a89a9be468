"""``trailbell audit``: evaluate templates as compliance scanners do."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from trailbell import settings, text_files
from trailbell.audit.controls import CONTROLS
from trailbell.audit.matrix import Matrix, build_matrix
from trailbell.audit.report import to_json
from trailbell.command.console import console
from trailbell.command.dist_folder import dist_folder
from trailbell.command.option import examples, json_option, option
from trailbell.command.output import print_lines
from trailbell.command.progress import progress
from trailbell.dist import manifest
from trailbell.errors import ContentError, UnreadableFileError
from trailbell.source_location import display_path
from trailbell.styled_text import Line, Span, Style, line, styled
from trailbell.template.parse import parse_template
from trailbell.wording import pluralize

_PIPED, _PIPED_NAME = Path("-"), "standard input"
_ENDINGS = (".json", ".yaml", ".yml", ".template")


@click.command(
    "audit",
    epilog=examples("audit", "audit template.yaml alarms.json --json"),
)
@click.argument("templates", nargs=-1, type=click.Path(path_type=Path))
@option(
    "--assume-external-trail",
    "external_trail",
    former=("--trail-elsewhere",),
    is_flag=True,
    help=(
        "Assume that a multi-Region trail outside these templates delivers to the log group. "
        "Default: only trails in the templates count."
    ),
)
@json_option("the results")
def command(templates: tuple[Path, ...], *, external_trail: bool, as_json: bool) -> int:
    """Evaluate TEMPLATES (default: dist/) as Security Hub, Prowler and Powerpipe do.

    TEMPLATES are files and directories of JSON or YAML, or - for standard input. All templates are
    evaluated together, as if deployed in one account, for the fifteen monitoring controls of CIS
    AWS Foundations. In dist/, stacks that are alternatives to another stack are skipped. Exit
    codes: 0 all controls pass, 1 some fail, 2 invalid input.
    """
    if not templates:
        settings.load(None)
    paths = templates or deployable_templates(dist_folder())
    with progress("reading templates") as shown:
        read = read_templates(paths, shown.update)
        shown.update(f"evaluating {pluralize(len(read), 'template')}")
        matrix = build_matrix(read, assume_external_trail=external_trail)
    if as_json:
        click.echo(json.dumps(to_json(matrix), indent=2))
    else:
        _print(matrix)
    return 0 if matrix.passed else 1


def deployable_templates(folder: Path) -> tuple[Path, ...]:
    """The templates in ``dist/`` that can be deployed together."""
    entries = manifest.read(folder).stacks.values()
    return tuple(folder / entry.json.name for entry in entries if not entry.instead_of)


def read_templates(
    paths: tuple[Path, ...], show: Callable[[str], None] = lambda _: None
) -> dict[str, dict[str, Any]]:
    """The templates in files and folders, by path. One template in two formats counts once.

    ``show`` is called with each step. Raises `ContentError` for a file that is not a template, and
    if there is none at all.
    """
    templates: dict[str, dict[str, Any]] = {}
    for path in paths:
        if path.is_dir():
            files = sorted(file for file in path.iterdir() if file.suffix in _ENDINGS)
            read = {file: _document(file, show) for file in files}
            bodies = {file: body for file, body in read.items() if _is_template(body)}
        else:
            bodies = {path: _document(path, show)}
            if not _is_template(bodies[path]):
                raise _unusable(path, "it has no Resources")
        for file, body in bodies.items():
            if body not in templates.values():
                templates[display_path(file) if file != _PIPED else _PIPED_NAME] = body
    if not templates:
        raise _unusable(paths[0], "it contains no template")
    return templates


def _document(path: Path, show: Callable[[str], None]) -> Any:
    show(f"reading {display_path(path)}")
    try:
        return parse_template(
            text_files.read_stdin() if path == _PIPED else text_files.read_text(path)
        )
    except UnreadableFileError as error:
        raise _unusable(path, error.reason) from error


def _is_template(body: Any) -> bool:
    return isinstance(body, dict) and isinstance(body.get("Resources"), dict)


def _unusable(path: Path, problem: str) -> ContentError:
    location = str(path) if path != _PIPED else _PIPED_NAME
    return ContentError(location, problem, "give CloudFormation templates or directories of them")


def _print(matrix: Matrix) -> None:
    console().print(_table(matrix))
    if lines := [*_failed_lines(matrix), *_assumption_lines(matrix)]:
        print_lines(lines)


def _failed_lines(matrix: Matrix) -> Iterator[Line]:
    failed: dict[tuple[str, str], list[str]] = {}
    for control in CONTROLS:
        for column in matrix.columns:
            result = column.result_for(control.key)
            if result and not result.passed:
                failed.setdefault((control.key, result.reason), []).append(column.scanner)
    if failed:
        yield from (line(), styled("Failed controls", Style.HEADING))
    for (key, reason), scanners in failed.items():
        yield line("  ", Span(key, Style.REMOVED), f" ({', '.join(scanners)}): {reason}")


def _assumption_lines(matrix: Matrix) -> Iterator[Line]:
    if matrix.assumptions:
        yield from (line(), styled("Assumptions", Style.HEADING))
    yield from (line(f"  {text}") for text in matrix.assumptions)


_FAILED = Text("FAILED", style="red")


def _table(matrix: Matrix) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("CIS")
    table.add_column("control")
    for column in matrix.columns:
        table.add_column(column.scanner)
    for control in CONTROLS:
        results = [column.result_for(control.key) for column in matrix.columns]
        cells = ["-" if r is None else "PASSED" if r.passed else _FAILED for r in results]
        table.add_row(f".{control.cis_item}", control.title, *cells)
    totals = [f"{passed} of {count}" for passed, count in matrix.totals.values()]
    table.add_row("", "total", *totals, style="bold")
    return table
