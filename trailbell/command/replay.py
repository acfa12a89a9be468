"""``trailbell replay``: what would have notified you, for CloudTrail records."""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from trailbell import settings
from trailbell.catalog.detection import Catalog
from trailbell.catalog.selection import read_selection
from trailbell.command.athena_options import AthenaOptions, athena_options
from trailbell.command.console import print_rows
from trailbell.command.option import examples, json_option, option, output_format
from trailbell.command.output import print_error, print_lines
from trailbell.command.placeholder_values import note_missing_placeholders
from trailbell.command.progress import progress
from trailbell.command.project import load_catalogs
from trailbell.command.record_options import Records, record_options
from trailbell.command.replay_against import (
    Gate,
    against_options,
    check_options,
    end,
    parse_concerns,
    print_comparison,
    replay_against,
)
from trailbell.command.report_file import check_writable, write_file
from trailbell.replay.catalog import replay_detections, without_rules
from trailbell.replay.causes import loudest_causes
from trailbell.replay.hit import Collected
from trailbell.replay.model import ReplayReport
from trailbell.replay.report import json_report
from trailbell.replay.report import text as text_report
from trailbell.replay.report.html_report import to_html
from trailbell.replay.report.markdown_report import to_markdown
from trailbell.replay.summary import replay
from trailbell.replay.tuning.change import Deployment
from trailbell.styled_text import line


@click.command(
    "replay",
    epilog=examples(
        "replay logs/",
        "replay s3://LOG-BUCKET/AWSLogs/ --since 2026-11-01 --summary",
        "replay logs/ --html report.html",
        "replay logs/ --against main --fail-on no-longer-reported --markdown",
        "replay --athena security-alerts-hunt --since 2026-01-01",
    ),
)
@option(
    "--detection",
    "ids",
    multiple=True,
    metavar="ID",
    help="Replay this detection only, and show details. Can be repeated. Default: all.",
)
@option("--summary", is_flag=True, help="Show the numbers of notifications only.")
@json_option("the report")
@option("--markdown", "as_markdown", is_flag=True, help="Print the report as Markdown.")
@option(
    "--html",
    "page",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the report also as a page that loads nothing, to this file. Default: no page.",
)
@against_options
@record_options
@athena_options
def command(
    records: Records,
    athena: AthenaOptions | None,
    ids: tuple[str, ...],
    page: Path | None,
    against: str | None,
    fail_on: str | None,
    *,
    summary: bool,
    as_json: bool,
    as_markdown: bool,
    exit_code: bool,
) -> int:
    """Show which notifications the alarms would have sent for the CloudTrail records in FILES:
    when, because of which identities, and what no notification would have reported.

    FILES are log files, directories, s3://BUCKET/PREFIX, or - for standard input, in every form
    that "trailbell test" reads. An alarm counts the events of a period, and sends a notification
    when it goes into ALARM; how late CloudTrail delivers events makes the numbers a range. Without
    FILES, the corpus of [replay] in trailbell.toml is read. With --against, the report is what
    another catalog reports differently of the same records.

    With --athena, Amazon Athena finds the events in the table of the stack hunt. What that reads
    and costs is shown first, and confirmed. Exit codes: 0 success, 1 some input could not be read
    or is not a record, or --fail-on names a difference, 2 invalid arguments.
    """
    output = output_format(as_json=as_json, as_markdown=as_markdown)
    check_options(against, fail_on, exit_code=exit_code, page=page)
    if page:
        check_writable(page)
    deployed, written = load_catalogs()
    if against is not None:
        if athena:
            raise click.UsageError("--athena and --against cannot be combined.")
        gate = Gate(parse_concerns(fail_on), exit_code=exit_code)
        comparison = replay_against(against, deployed, records, ids)
        print_comparison(comparison, output, summary=summary)
        return end(comparison, gate)
    selection = read_selection(settings.load(None), written)
    deployment = Deployment(written, selection, records.placeholders)
    selected = _select(deployed, ids)
    note_missing_placeholders(selected, records.placeholders)
    detections = replay_detections(selected, records.placeholders)
    collected = athena.collect(detections, records) if athena else records.collect(detections)
    if collected is None:
        return 0
    report = _replay(selected, deployment, records, collected, with_causes=not summary)
    if page:
        write_file(page, to_html(report))
    for text in text_report.shown_unreadable(report.unreadable):
        print_error(text)
    match output:
        case "json":
            click.echo(json.dumps(json_report.to_json(report), indent=2))
        case "markdown":
            click.echo(to_markdown(report), nl=False)
        case _ if athena and not collected.hits:
            print_lines([line("No detection fires on the log files that Athena read.")])
        case _:
            _print(report, ids, summary=summary)
    return 1 if report.unreadable else 0


def _select(deployed: Catalog, ids: Sequence[str]) -> Catalog:
    """The detections of these IDs, or all. Raises `UnknownNameError`."""
    if not ids:
        return deployed
    return Catalog(tuple(deployed.get(name) for name in dict.fromkeys(ids)), deployed.packs)


def _replay(
    selected: Catalog,
    deployment: Deployment,
    records: Records,
    collected: Collected,
    *,
    with_causes: bool,
) -> ReplayReport:
    detections = replay_detections(selected, records.placeholders)
    if not records.rules:
        detections = without_rules(detections)
    per_account = records.per_account
    with progress("evaluating alarms"):
        causes = (
            loudest_causes(selected, deployment, collected, per_account=per_account)
            if with_causes
            else ()
        )
        return replay(detections, collected, per_account=per_account, causes=causes)


def _print(report: ReplayReport, ids: Sequence[str], *, summary: bool) -> None:
    print_lines(text_report.summary_lines(report))
    if report.detections:
        head, *rows = text_report.detection_rows(report)
        print_lines([line()])
        print_rows(head, rows, numbers=text_report.NUMBERS)
    causes = () if summary else text_report.cause_lines(report.causes, report.weeks)
    details = text_report.detail_lines(report, ids)
    for lines in (list(causes), list(details), list(text_report.unread_lines(report))):
        if lines:
            print_lines([line(), *lines])
