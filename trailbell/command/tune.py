"""``trailbell tune``: proposals that make noisy detections quieter, each with what it costs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import click

from trailbell import settings
from trailbell.catalog.detection import Catalog
from trailbell.catalog.placeholders import PLACEHOLDERS
from trailbell.catalog.selection import read_selection
from trailbell.command.option import examples, is_not_interactive, json_option, option
from trailbell.command.options import YES
from trailbell.command.output import print_error, print_lines, print_text
from trailbell.command.progress import progress
from trailbell.command.project import load_catalogs
from trailbell.command.terminal import Terminal
from trailbell.deploy.parameters import parse_assignments
from trailbell.errors import UnknownNameError
from trailbell.project.root import FILE, project_root
from trailbell.replay.catalog import replay_detections
from trailbell.replay.collect import collect
from trailbell.replay.hit import Collected
from trailbell.replay.tuning import report
from trailbell.replay.tuning.change import Deployment, with_changes
from trailbell.replay.tuning.model import Limits, TunedDetection, Tuning
from trailbell.replay.tuning.proposals import build_tuning
from trailbell.replay.tuning.settings_file import read_settings_file, write_settings_file
from trailbell.styled_text import line
from trailbell.wording import pluralize


@dataclass(frozen=True, kw_only=True)
class _Records:
    """Which records are read. Times are in seconds since 1970."""

    paths: tuple[str, ...]
    since: int | None
    until: int | None
    accounts: tuple[str, ...]
    processes: int | None


def _seconds(_context: click.Context, _option: click.Parameter, text: str | None) -> int | None:
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(
            f'"{text}" is not a date or time, such as 2026-11-23 or 2026-11-23T12:00:00Z.'
        ) from error
    return int((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp())


@click.command(
    "tune",
    epilog=examples(
        "tune logs/", "tune logs/ --detection iam-changes --per-week 2", "tune logs/ --write"
    ),
)
@click.argument("paths", nargs=-1, required=True, metavar="FILES...")
@option(
    "--per-week",
    type=click.FloatRange(min=0),
    default=1.0,
    metavar="N",
    help="Notifications a week that one detection may send. Default: 1.",
)
@option(
    "--recurring",
    type=click.IntRange(min=1),
    default=3,
    metavar="DAYS",
    help=(
        "Days (UTC) on which an identity must have events before it is proposed to exclude them. "
        "Default: 3."
    ),
)
@option(
    "--include-guards",
    is_flag=True,
    help=(
        "Propose exclusions also in detections that guard the alarms or report leaked credentials."
    ),
)
@option(
    "--detection",
    "detections",
    multiple=True,
    metavar="ID",
    help="Tune this detection only. Can be repeated. Default: all.",
)
@option(
    "--since",
    callback=_seconds,
    metavar="TIME",
    help="Read events from this date or time on, UTC: 2026-11-23. Default: all.",
)
@option(
    "--until",
    callback=_seconds,
    metavar="TIME",
    help="Read events before this date or time, UTC. Default: all.",
)
@option(
    "--account",
    "accounts",
    multiple=True,
    metavar="ID",
    help="Read events of this account only. Can be repeated. Default: all.",
)
@option(
    "--organization",
    is_flag=True,
    help=(
        "One installation has the events of all accounts, as with an organization trail. Default: "
        "each account has its own alarms."
    ),
)
@option(
    "--placeholder",
    "placeholders",
    multiple=True,
    metavar="NAME=VALUE",
    help=(
        "Value for a placeholder in the patterns, as NAME=VALUE. Can be repeated. Placeholders: "
        f"{', '.join(PLACEHOLDERS)}."
    ),
)
@option(
    "--processes",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes that read records. Default: one for each core.",
)
@option(
    "--write",
    is_flag=True,
    help=f"Write what is proposed to {FILE}. Default: show the lines only.",
)
@YES
@json_option("the proposals")
def command(
    paths: tuple[str, ...],
    per_week: float,
    recurring: int,
    detections: tuple[str, ...],
    since: int | None,
    until: int | None,
    accounts: tuple[str, ...],
    placeholders: tuple[str, ...],
    processes: int | None,
    *,
    include_guards: bool,
    organization: bool,
    write: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Propose exclusions and thresholds for the detections that would send too many notifications
    for the CloudTrail records in FILES, with the notifications before and after.

    FILES are what "trailbell replay" reads: log files, directories, s3://BUCKET/PREFIX, or - for
    standard input. Nothing is proposed that would hide a sample event of a detection. What has
    events on a few days only may be an attack: it is shown, and not proposed. Exit codes: 0
    success, 1 some input could not be read or is not a record, 2 invalid arguments.
    """
    terminal = Terminal(yes=yes, quiet=as_json)
    if write and not yes and not terminal.interactive():
        raise is_not_interactive("Use --yes to write without confirmation.")
    file = read_settings_file(project_root() / FILE)
    deployed, deployment = _load(placeholders)
    records = _Records(
        paths=paths, since=since, until=until, accounts=accounts, processes=processes
    )
    selected = _select(deployed, detections)
    collected = _collect(deployed, deployment, records)
    limits = Limits(per_week=per_week, recurring=recurring, include_guards=include_guards)
    with progress("looking for causes"):
        tuning = build_tuning(
            deployed, deployment, collected, limits, selected, per_account=not organization
        )
    proposed = with_changes(file.text, tuning.proposals, FILE)
    if not as_json:
        _print_tuning(tuning, file.text, proposed)
    candidates = [tuned for tuned in tuning.detections if write and tuned.proposals]
    accepted = [tuned for tuned in candidates if terminal.confirm(_question(tuned))]
    changes = [change for tuned in accepted for change in tuned.changes]
    if changes:
        write_settings_file(file, with_changes(file.text, changes, FILE))
    if as_json:
        written = [tuned.detection.id for tuned in accepted]
        click.echo(json.dumps(report.to_json(tuning, written=written), indent=2))
    elif tuning.proposals:
        print_text(_next_step(len(changes), asked=write))
    return 1 if collected.unreadable else 0


def _question(tuned: TunedDetection) -> str:
    proposals = pluralize(len(tuned.proposals), "proposal")
    return f"Write {proposals} for {tuned.detection.id} to {FILE}?"


def _load(assignments: Sequence[str]) -> tuple[Catalog, Deployment]:
    """The detections with the settings in use, and what they are made of."""
    deployed, written = load_catalogs()
    values = parse_assignments(tuple(assignments), "--placeholder")
    for name in values:
        if name not in PLACEHOLDERS:
            raise UnknownNameError("placeholder", name, PLACEHOLDERS)
    selection = read_selection(settings.load(None), written)
    return deployed, Deployment(written, selection, values)


def _select(deployed: Catalog, names: tuple[str, ...]) -> frozenset[str]:
    """The IDs of the detections to tune. Raises `UnknownNameError`."""
    return frozenset(deployed.get(name).id for name in names) or frozenset(
        detection.id for detection in deployed
    )


def _collect(deployed: Catalog, deployment: Deployment, records: _Records) -> Collected:
    """The hits of all detections: those of others say more about an identity."""
    counts = [0, 0]

    def count(read: int, files: int) -> None:
        counts[:] = [read, files]

    def text() -> str:
        return f"reading: {pluralize(counts[0], 'record')} in {pluralize(counts[1], 'file')}"

    with progress(text):
        return collect(
            replay_detections(deployed, deployment.placeholders),
            records.paths,
            processes=records.processes,
            since=records.since,
            until=records.until,
            accounts=records.accounts,
            on_progress=count,
        )


def _print_tuning(tuning: Tuning, before: str, after: str) -> None:
    for unreadable in tuning.unreadable:
        print_error(unreadable)
    print_lines(report.to_lines(tuning))
    if tuning.proposals:
        print_lines([line(""), *report.difference(before, after, FILE), line("")])


def _next_step(written: int, *, asked: bool) -> str:
    if written:
        number = pluralize(written, "proposal")
        return f'Wrote {number} to {FILE}. Run "trailbell build" and "trailbell plan" next.'
    if asked:
        return f"{FILE} was not changed."
    return f"{FILE} was not changed; --write adds these lines."
