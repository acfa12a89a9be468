"""``trailbell radar``: operations of the installed AWS SDK that nothing detects."""

import importlib.metadata
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from trailbell.command.console import print_rows
from trailbell.command.option import examples, json_option, option
from trailbell.command.output import print_error, print_lines
from trailbell.command.progress import progress
from trailbell.command.project import load_catalogs
from trailbell.errors import ContentError, UnknownNameError
from trailbell.project.root import ENGINE, project_root
from trailbell.radar.dismissals import FILE, SHIPPED, Dismissals, read_dismissals
from trailbell.radar.proof import Proof
from trailbell.radar.report import (
    detail_lines,
    dismissal_lines,
    finding_rows,
    state_rows,
    summary_lines,
    to_json,
)
from trailbell.radar.run import sweep_sdk
from trailbell.radar.sweep import Dismissal, Sweep, Target
from trailbell.source_location import display_path
from trailbell.styled_text import line


@dataclass(frozen=True)
class _Result:
    """The sweep, its proofs, and the dismissals that cannot be used."""

    sweep: Sweep
    proofs: dict[Target, Proof]
    errors: tuple[ContentError, ...]


@click.command(
    "radar",
    epilog=examples("radar", "radar guardduty", "radar securityhub:DisableSecurityHubV2 --json"),
)
@click.argument("names", nargs=-1, metavar="[SERVICE|SERVICE:OPERATION]...")
@option(
    "--deployed",
    is_flag=True,
    help="Count only detections that the settings deploy. Default: opt-in and disabled ones, too.",
)
@json_option("every operation, with the event that proves it or the reason,")
def command(names: tuple[str, ...], *, deployed: bool, as_json: bool) -> int:
    """Find operations of the installed AWS SDK that nothing detects.

    The radar reads the models of the installed botocore: the operations of every service that the
    detections name, that guards, records or shares. Those that stop, delete, disable, suppress,
    share, grant or export, and that change what guards or records, must be detected, which an
    event proves, or dismissed with a reason, by Trailbell or in radar.toml of the project. With
    names, it shows the state of these services (guardduty) and operations
    (securityhub:DisableSecurityHubV2). Exit codes: 0 no findings, 1 findings, 2 invalid input.
    """
    with progress("reading the models of the AWS SDK"):
        result = _sweep(only_deployed=deployed)
    sweep = result.sweep
    targets = _select(sweep.targets, names)
    if as_json:
        sdk = importlib.metadata.version("botocore")
        click.echo(json.dumps(to_json(sweep, targets, result.proofs, sdk), indent=2))
    elif names:
        _print_states(result, targets)
    else:
        _print_findings(sweep)
    for error in result.errors:  # last, so that the table does not push them off the screen
        print_error(str(error))
    if result.errors:
        return 2
    return 1 if _has_findings(sweep, targets, all_operations=not names) else 0


def _sweep(*, only_deployed: bool) -> _Result:
    deployed, written = load_catalogs()
    dismissals, errors = _read_dismissals()
    sweep, proofs = sweep_sdk(deployed if only_deployed else written, dismissals)
    return _Result(sweep, proofs, errors)


def _read_dismissals() -> Dismissals:
    """The dismissals of the project first, which may be about the same operations as ours."""
    root = project_root()
    own: Path = root / FILE
    is_ours = root == ENGINE.parent
    dismissals: list[Dismissal] = []
    errors: list[ContentError] = []
    sources = [(SHIPPED, f"trailbell/radar/{SHIPPED.name}", not is_ours)]
    if own.exists():
        sources.insert(0, (own, display_path(own), False))
    for path, name, is_shipped in sources:
        read, wrong = read_dismissals(path, name, is_shipped=is_shipped)
        dismissals += read
        errors += wrong
    return tuple(dismissals), tuple(errors)


def _select(targets: Sequence[Target], names: Sequence[str]) -> tuple[Target, ...]:
    """The operations that are named, or all. Raises `UnknownNameError`."""
    services = {target.service for target in targets}
    for name in names:
        service, colon, operation = name.partition(":")
        if service not in services:
            raise UnknownNameError("watched service", service, services)
        known = {target.operation for target in targets if target.service == service}
        if colon and operation not in known:
            raise UnknownNameError("watched operation", operation, known)
    return tuple(it for it in targets if not names or {it.service, str(it)} & {*names})


def _print_findings(sweep: Sweep) -> None:
    head, *rows = finding_rows(sweep)
    if rows:
        print_rows(head, rows)
        print_lines([line()])
    print_lines(dismissal_lines(sweep))
    if sweep.dismissal_findings:
        print_lines([line()])
    print_lines(summary_lines(sweep, importlib.metadata.version("botocore")))


def _print_states(result: _Result, targets: Sequence[Target]) -> None:
    if len(targets) == 1:
        print_lines(detail_lines(result.sweep, targets[0], result.proofs))
        return
    head, *rows = state_rows(result.sweep, targets)
    print_rows(head, rows)


def _has_findings(sweep: Sweep, targets: Sequence[Target], *, all_operations: bool) -> bool:
    """With names, only their operations count, and no dismissals of others."""
    if all_operations:
        return sweep.has_findings
    return any(target in sweep.unknown for target in targets)
