"""``trailbell cost``: what stacks cost in a month, before they are deployed."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import click

from trailbell.catalog.detection import Detection
from trailbell.catalog.event_rule import reason_without_rule
from trailbell.catalog.log_alarm import log_alarm, reason_without_log_alarm
from trailbell.command.cost_stacks import choose_stacks, placed_templates
from trailbell.command.option import examples, json_option, option, output_format
from trailbell.command.options import DIST, SETTINGS, StackOptions
from trailbell.command.output import print_error, print_lines
from trailbell.command.progress import progress
from trailbell.command.project import load_catalog
from trailbell.command.suggestions import suggest_environments, suggest_stacks
from trailbell.cost import report, usage
from trailbell.cost.estimate import Deployment, Estimate, estimate
from trailbell.cost.forms import DetectionForms, DetectionToPrice, Form, forms_of
from trailbell.cost.scope import PlacedTemplate
from trailbell.cost.usage import DetectionToCount, Usage
from trailbell.deploy.command_line import CommandLineSettings
from trailbell.deploy.parameters import parse_assignments
from trailbell.errors import ContentError
from trailbell.styled_text import line
from trailbell.template.resources import resources
from trailbell.wording import pluralize

_COUNT = click.IntRange(min=1)
_MAX_ERRORS = 10


@dataclass(frozen=True, kw_only=True)
class _Measured:
    """What is known of events. ``errors`` is the number of inputs that could not be read."""

    usage: Usage | None
    errors: int = 0


@click.command(
    "cost",
    epilog=examples(
        "cost",
        "cost --events-per-month 2000000 --accounts 12",
        "cost --logs logs/ --stack security-alerts --stack realtime --detections",
    ),
)
@option(
    "--stack",
    "stacks",
    multiple=True,
    metavar="NAME",
    shell_complete=suggest_stacks,
    help=(
        "Stack to estimate. Can be repeated. Default: those that the environment configures, else "
        "all that have alarms for detections, without alternatives."
    ),
)
@option(
    "--accounts",
    type=_COUNT,
    metavar="NUMBER",
    help="Accounts in which the stacks are deployed. Default: those in --logs, else 1.",
)
@option(
    "--regions",
    type=_COUNT,
    default=1,
    metavar="NUMBER",
    help=(
        "Regions of each account in which those stacks are deployed that can be in several. "
        "Default: 1."
    ),
)
@option(
    "--events-per-month",
    "events_per_month",
    type=_COUNT,
    metavar="NUMBER",
    help="Events that CloudTrail records in a month in each account. Default: not known.",
)
@option(
    "--logs",
    multiple=True,
    type=click.Path(exists=True, allow_dash=True),
    metavar="FILE|DIR",
    help=(
        "CloudTrail records from which events, their size and matches are measured; - for standard "
        "input. Can be repeated."
    ),
)
@option(
    "--dashboard-views",
    type=click.IntRange(min=0),
    default=100,
    metavar="NUMBER",
    help="How often each dashboard is opened or refreshed in a month. Default: 100.",
)
@option(
    "--parameter",
    "assignments",
    multiple=True,
    metavar="NAME=VALUE",
    help="Parameter as NAME=VALUE. Can be repeated.",
)
@option(
    "-e",
    "--environment",
    "environment_name",
    default="",
    metavar="NAME",
    shell_complete=suggest_environments,
    help='Environment in trailbell.toml. Default: "default" if it exists.',
)
@SETTINGS
@DIST
@option("--detections", is_flag=True, help="Show the price of each form of each detection, too.")
@json_option("the estimate")
@option("--markdown", "as_markdown", is_flag=True, help="Print the estimate as Markdown.")
def command(
    stacks: tuple[str, ...],
    accounts: int | None,
    regions: int,
    events_per_month: int | None,
    logs: tuple[str, ...],
    dashboard_views: int,
    assignments: tuple[str, ...],
    environment_name: str,
    settings_path: Path | None,
    dist_dir: Path,
    *,
    detections: bool,
    as_json: bool,
    as_markdown: bool,
) -> int:
    """Estimate what the stacks in dist/ cost in a month, at dated list prices of us-east-1.

    The sum has what AWS bills each month, such as alarms, metrics and keys. With
    --events-per-month or --logs also what depends on events: log groups, log files, queries and
    notifications. The free tier counts once, as for all accounts of an organization. AWS is not
    contacted. Exit codes: 0 success, 1 some records could not be read, 2 invalid arguments.
    """
    output = output_format(as_json=as_json, as_markdown=as_markdown)
    if logs and events_per_month is not None:
        raise click.UsageError("--logs and --events-per-month cannot be combined.")
    options = StackOptions(
        environment_name=environment_name,
        settings_path=settings_path,
        dist_dir=dist_dir,
        command_line=CommandLineSettings(parameters=parse_assignments(assignments, "--parameter")),
    )
    work, chosen = choose_stacks(options, stacks)
    placed = placed_templates(work, dist_dir)
    catalog = tuple(load_catalog()) if detections or logs else ()
    measured = _usage(logs, events_per_month, catalog)
    used = measured.usage
    deployment = Deployment(
        accounts=accounts or (used.accounts if used else 0) or 1,
        regions=regions,
        dashboard_views=dashboard_views,
    )
    result = estimate(placed, deployment, used)
    forms = tuple(_forms(catalog, placed, used)) if detections else None
    _print(result, chosen, forms, output)
    return 1 if measured.errors else 0


# ---------------------------------------------------------------- events


def _usage(
    logs: tuple[str, ...], events_per_month: int | None, catalog: Sequence[Detection]
) -> _Measured:
    """What an account has in a month. Raises `ContentError` for files without records."""
    if events_per_month is not None:
        return _Measured(usage=usage.assumed_usage(events_per_month))
    if not logs:
        return _Measured(usage=None)
    scanner = usage.scanner(DetectionToCount(d.logical_id, d.filter_pattern) for d in catalog)
    with progress(lambda: f"reading: {pluralize(scanner.totals.records, 'record')}"):
        measured = usage.measure(scanner.scan(logs))
    for error in measured.errors[:_MAX_ERRORS]:
        print_error(str(error))
    if (more := len(measured.errors) - _MAX_ERRORS) > 0:
        print_error(f"{pluralize(more, 'other file or record')} could not be read")
    found = usage.measured_usage(measured, scanner.totals)
    if found is None:
        raise ContentError(
            "--logs",
            "no record of CloudTrail with a time was read",
            "give log files of CloudTrail, or --events-per-month",
        )
    return _Measured(usage=found, errors=len(measured.errors))


# ---------------------------------------------------------------- detections


def _forms(
    catalog: Sequence[Detection], placed: Sequence[PlacedTemplate], used: Usage | None
) -> Iterator[DetectionForms]:
    """The forms of the detections that these stacks deploy."""
    deployed = [name for each in placed for name in resources(each.template)]
    for detection in catalog:
        if any(name.startswith(detection.logical_id) for name in deployed):
            yield forms_of(_to_price(detection), used)


def _to_price(detection: Detection) -> DetectionToPrice:
    no_log_alarm = reason_without_log_alarm(detection)
    scans = Decimal(0)
    if not no_log_alarm:
        alarm = log_alarm(detection)
        scans = Decimal(alarm.window) / alarm.run_every
    metric = Form.DEFAULT_VALUE if detection.timing.default_value else Form.ON_MATCH
    return DetectionToPrice(
        id=detection.id,
        logical_id=detection.logical_id,
        severity=detection.severity,
        now=Form.LOG_ALARM if detection.log_alarm else metric,
        log_scans=scans,
        no_log_alarm=no_log_alarm,
        no_rule=reason_without_rule(detection),
    )


def _print(
    result: Estimate, chosen: str, forms: tuple[DetectionForms, ...] | None, output: str
) -> None:
    match output:
        case "json":
            data = report.to_data(result, chosen)
            if forms is not None:
                data["detections"] = report.forms_data(forms)
            click.echo(json.dumps(data, indent=2))
        case "markdown":
            text = report.to_markdown(result, chosen)
            click.echo(text + (f"\n{report.forms_markdown(forms)}" if forms else ""), nl=False)
        case _:
            print_lines(report.to_lines(result, chosen))
            if forms is not None:
                print_lines([line(), *report.form_lines(forms)])
