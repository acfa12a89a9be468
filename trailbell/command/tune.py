"""``trailbell tune``: proposals that make noisy detections quieter, each with what it costs."""

import json
from collections.abc import Sequence

import click

from trailbell import settings
from trailbell.catalog.detection import Catalog
from trailbell.catalog.selection import read_selection
from trailbell.command.option import examples, is_not_interactive, json_option, option
from trailbell.command.options import YES
from trailbell.command.output import print_error, print_lines, print_note, print_text
from trailbell.command.progress import progress
from trailbell.command.project import load_catalogs
from trailbell.command.record_options import Records, record_options
from trailbell.command.terminal import Terminal
from trailbell.project.root import FILE, project_root
from trailbell.replay.catalog import replay_detections
from trailbell.replay.report.text import shown_unreadable
from trailbell.replay.tuning import report
from trailbell.replay.tuning.change import Deployment, with_changes
from trailbell.replay.tuning.model import Limits, TunedDetection, Tuning
from trailbell.replay.tuning.proposals import build_tuning
from trailbell.replay.tuning.settings_file import read_settings_file, write_settings_file
from trailbell.styled_text import line
from trailbell.wording import pluralize


@click.command(
    "tune",
    epilog=examples(
        "tune logs/", "tune logs/ --detection iam-changes --per-week 2", "tune logs/ --write"
    ),
)
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
    "--write",
    is_flag=True,
    help=f"Write what is proposed to {FILE}. Default: show the lines only.",
)
@YES
@json_option("the proposals")
@record_options
def command(
    records: Records,
    per_week: float,
    recurring: int,
    detections: tuple[str, ...],
    *,
    include_guards: bool,
    write: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Propose exclusions and thresholds for the detections that would send too many notifications
    for the CloudTrail records in FILES, with the notifications before and after.

    FILES are what "trailbell replay" reads: log files, directories, s3://BUCKET/PREFIX, or - for
    standard input; without FILES, the corpus of [replay] in trailbell.toml. Nothing is proposed
    that would hide a sample event of a detection. What has events on a few days only may be an
    attack: it is shown, and not proposed. Exit codes: 0 success, 1 some input could not be read or
    is not a record, 2 invalid arguments.
    """
    terminal = Terminal(yes=yes, quiet=as_json)
    if write and not yes and not terminal.interactive():
        raise is_not_interactive("Use --yes to write without confirmation.")
    file = read_settings_file(project_root() / FILE)
    limits = Limits(per_week=per_week, recurring=recurring, include_guards=include_guards)
    tuning = _tune(records, limits, detections)
    proposed = with_changes(file.text, tuning.proposals, FILE)
    if not as_json:
        _print_tuning(tuning, file.text, proposed)
    noisy = [tuned for tuned in tuning.detections if write and tuned.proposals]
    accepted = _accepted(noisy, terminal)
    changes = [change for tuned in accepted for change in tuned.changes]
    if changes:
        write_settings_file(file, with_changes(file.text, changes, FILE))
    if as_json:
        names = [tuned.detection.id for tuned in accepted]
        click.echo(json.dumps(report.to_json(tuning, written=names), indent=2))
    elif tuning.proposals:
        print_text(_next_step(len(changes), asked=write))
    return 1 if tuning.unreadable else 0


def _tune(records: Records, limits: Limits, names: tuple[str, ...]) -> Tuning:
    """Read records with all detections: what else an identity does is worth knowing."""
    deployed, written = load_catalogs()
    selection = read_selection(settings.load(None), written)
    deployment = Deployment(written, selection, records.placeholders)
    selected = _select(deployed, names)
    collected = records.collect(replay_detections(deployed, records.placeholders))
    with progress("looking for causes"):
        return build_tuning(
            deployed, deployment, collected, limits, selected, per_account=records.per_account
        )


def _accepted(noisy: Sequence[TunedDetection], terminal: Terminal) -> list[TunedDetection]:
    """What a person wants to be written. If it is interrupted, nothing is, which is said."""
    try:
        return [tuned for tuned in noisy if terminal.confirm(_question(tuned))]
    except KeyboardInterrupt:
        click.echo(err=True)
        print_note(f"{FILE} was not changed")
        raise


def _question(tuned: TunedDetection) -> str:
    proposals = pluralize(len(tuned.proposals), "proposal")
    return f"Write {proposals} for {tuned.detection.id} to {FILE}?"


def _select(deployed: Catalog, names: tuple[str, ...]) -> frozenset[str]:
    """The IDs of the detections to tune. Raises `UnknownNameError`."""
    return frozenset(deployed.get(name).id for name in names) or frozenset(
        detection.id for detection in deployed
    )


def _print_tuning(tuning: Tuning, before: str, after: str) -> None:
    for text in shown_unreadable(tuning.unreadable):
        print_error(text)
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
