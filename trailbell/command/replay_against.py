"""
``trailbell replay --against``: what another catalog would report of the same records.

In:    the catalog of now, the records, and a revision or a settings file.
Out:   a comparison in the format that is asked for, and the exit code.
Never: a change of the working tree, or a request to a remote.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from trailbell import settings
from trailbell.build import project
from trailbell.catalog.detection import Catalog
from trailbell.command import exits
from trailbell.command.option import Decorator, option
from trailbell.command.output import print_error, print_lines, print_text
from trailbell.command.progress import progress
from trailbell.command.record_options import Records
from trailbell.errors import UnknownNameError
from trailbell.project.root import project_root
from trailbell.replay.catalog import replay_detections, without_rules
from trailbell.replay.comparison import compare_json, compare_report
from trailbell.replay.comparison.compare import compare
from trailbell.replay.comparison.compare_markdown import to_markdown
from trailbell.replay.comparison.listed_catalog import ListedCatalog
from trailbell.replay.comparison.model import Comparison, Concern, Side
from trailbell.replay.comparison.revision_catalog import read_revision_catalog
from trailbell.replay.comparison.sides import collect_both
from trailbell.replay.detection import ReplayDetection

_NOW = "now"

_OPTIONS: tuple[Decorator, ...] = (
    option(
        "--against",
        metavar="REV|FILE",
        help=(
            "Compare with another catalog on the same records: the project at this Git revision, "
            "or as it is now with this settings file. The Python of a revision runs, with its own "
            "engine if that is part of it, otherwise with the installed one. Default: no "
            "comparison."
        ),
    ),
    option(
        "--exit-code",
        is_flag=True,
        help=(
            "With --against, exit with 0 if there are no differences, 3 if there are differences, "
            "4 if --fail-on names one."
        ),
    ),
    option(
        "--fail-on",
        metavar="CONCERNS",
        help=(
            "With --against, fail for these differences, separated by commas: no-longer-reported "
            "(events), lower-severity, removed (detections). Default: none."
        ),
    ),
)


@dataclass(frozen=True)
class Gate:
    """The differences that fail, and whether the exit code says that there is any."""

    concerns: frozenset[Concern]
    exit_code: bool


def against_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a comparison."""
    for each in reversed(_OPTIONS):
        command = each(command)
    return command


def check_options(
    against: str | None, fail_on: str | None, *, exit_code: bool, page: Path | None
) -> None:
    """Raise `click.UsageError` for options that do not fit together."""
    if against is None and (exit_code or fail_on is not None):
        raise click.UsageError("--exit-code and --fail-on need --against.")
    if against is not None and page is not None:
        raise click.UsageError("--html and --against cannot be combined; use --markdown.")
    parse_concerns(fail_on)


def parse_concerns(text: str | None) -> frozenset[Concern]:
    """``removed,lower-severity`` as concerns. Raises `UnknownNameError`."""
    words = [word for word in (text or "").replace(" ", "").split(",") if word]
    for word in words:
        if word not in [*Concern]:
            raise UnknownNameError("difference", word, Concern)
    return frozenset(map(Concern, words))


def replay_against(
    against: str, deployed: Catalog, records: Records, ids: Collection[str]
) -> Comparison:
    """Compare the catalogs. ``ids`` limit the detections, if there are any.

    Raises `UnknownNameError` for an ID that neither catalog has.
    """
    now = replay_detections(deployed, records.placeholders)
    with progress(f"reading the catalog of {against}"):
        name, listed = _read_before(against, now, records)
    before, after = (_select(each, records, ids) for each in (listed.detections, now))
    known = {detection.id for detection in (*listed.detections, *now)}
    for each in ids:
        if each not in known:
            raise UnknownNameError("detection", each, known)
    collected_before, collected_after = collect_both(before, after, records.collect)
    with progress("evaluating alarms"):
        comparison = compare(
            Side(name=name, detections=before, collected=collected_before),
            Side(name=_NOW, detections=after, collected=collected_after),
            per_account=records.per_account,
        )
    remarks = listed.remarks if records.rules else ()
    return replace(comparison, remarks=(*comparison.remarks, *remarks))


def _read_before(
    name: str, now: tuple[ReplayDetection, ...], records: Records
) -> tuple[str, ListedCatalog]:
    """What the other catalog is called, and its detections."""
    path = Path(name)
    if path.suffix == ".toml" or path.is_file():
        catalog, _ = project.load_catalogs(settings.read(path))
        return name, ListedCatalog(replay_detections(catalog, records.placeholders))
    present = {detection.id: detection for detection in now}
    return read_revision_catalog(project_root(), name, records.placeholders, present)


def _select(
    detections: tuple[ReplayDetection, ...], records: Records, ids: Collection[str]
) -> tuple[ReplayDetection, ...]:
    selected = tuple(each for each in detections if not ids or each.id in ids)
    return selected if records.rules else without_rules(selected)


def print_comparison(comparison: Comparison, output: str, *, summary: bool) -> None:
    """Print it as ``text``, ``json`` or ``markdown``."""
    for text in compare_report.unreadable_lines(comparison):
        print_error(text)
    match output:
        case "json":
            click.echo(json.dumps(compare_json.to_json(comparison), indent=2))
        case "markdown":
            click.echo(to_markdown(comparison), nl=False)
        case _ if summary:
            print_lines(compare_report.summary_lines(comparison))
        case _:
            print_lines(compare_report.to_lines(comparison))


def end(comparison: Comparison, gate: Gate) -> int:
    """The exit code, and a line about the differences that fail."""
    found = sorted(gate.concerns & comparison.concerns)
    if found:
        print_text(f"Failed because of --fail-on {','.join(found)}.", err=True)
    if gate.exit_code and (found or not comparison.unreadable):
        return exits.exit_code(changes=bool(comparison.differences), blocked=bool(found))
    return 1 if found or comparison.unreadable else 0
