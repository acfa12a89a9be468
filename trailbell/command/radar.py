"""``trailbell radar``: operations of the installed AWS SDK that nothing detects."""

import json
from collections.abc import Sequence

import click

from trailbell.command.console import print_rows
from trailbell.command.option import examples, json_option, option
from trailbell.command.output import print_error, print_lines
from trailbell.command.progress import progress
from trailbell.command.project import load_catalogs
from trailbell.errors import UnknownNameError
from trailbell.project.root import ENGINE, project_root
from trailbell.radar.decisions import FILE, SHIPPED, Decisions, read_decisions
from trailbell.radar.report import (
    decision_lines,
    detail_lines,
    finding_rows,
    state_rows,
    summary_lines,
    to_json,
)
from trailbell.radar.run import Result, sweep_sdk
from trailbell.radar.sweep import Target
from trailbell.source_location import display_path
from trailbell.styled_text import line


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
    event proves, or dismissed with a reason, by Trailbell or in radar.toml of the project. New
    services must be watched, or named there. With names, it shows the state of these services
    (guardduty) and operations (securityhub:DisableSecurityHubV2). Exit codes: 0 no findings, 1
    findings, 2 invalid input.
    """
    with progress("reading the models of the AWS SDK"):
        detected, written = load_catalogs()
        decisions = _read_decisions()
        result = sweep_sdk(detected if deployed else written, decisions)
    targets = _select(result.sweep.targets, names)
    if as_json:
        click.echo(json.dumps(to_json(result, targets), indent=2))
    elif names:
        _print_states(result, targets)
    else:
        _print_findings(result)
    for error in decisions.errors:  # last, so that the table does not push them off the screen
        print_error(str(error))
    if decisions.errors:
        return 2
    # With names, only their operations count, and no decisions about others.
    named = any(target in result.sweep.unknown for target in targets)
    return int(named if names else result.has_findings)


def _read_decisions() -> Decisions:
    """Those of the project first, which may be about the same operations as ours."""
    root = project_root()
    own = root / FILE
    decisions = read_decisions(own, display_path(own)) if own.exists() else Decisions()
    is_ours = root == ENGINE.parent
    return decisions + read_decisions(
        SHIPPED, f"trailbell/radar/{SHIPPED.name}", is_shipped=not is_ours
    )


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


def _print_findings(result: Result) -> None:
    head, *rows = finding_rows(result)
    if rows:
        print_rows(head, rows)
        print_lines([line()])
    decisions = [*decision_lines(result)]
    print_lines([*decisions, line()] if decisions else [])
    print_lines(summary_lines(result))


def _print_states(result: Result, targets: Sequence[Target]) -> None:
    if len(targets) == 1:
        print_lines(detail_lines(result, targets[0]))
        return
    head, *rows = state_rows(result, targets)
    print_rows(head, rows)
