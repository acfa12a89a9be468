"""``trailbell test``: which detections match which CloudTrail records."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import chain, islice
from typing import TextIO

import click

from trailbell.catalog.placeholders import PLACEHOLDERS
from trailbell.cloudtrail.evaluation import Evaluation
from trailbell.cloudtrail.read_error import ReadError
from trailbell.cloudtrail.report import (
    explanation,
    to_json,
    to_line,
    to_test_metric_filter_match,
)
from trailbell.cloudtrail.scan import Scanner, Totals
from trailbell.command.option import examples, json_option, option
from trailbell.command.output import print_error, print_lines, print_note
from trailbell.command.placeholder_values import note_missing_placeholders, read_placeholders
from trailbell.command.progress import progress, removed
from trailbell.command.project import load_catalog
from trailbell.pattern import FilterPattern, Outcome, parse
from trailbell.styled_text import indented, line
from trailbell.wording import pluralize

_MAX_LINES = 1_000
"""Matches that a person may read. ``trailbell replay`` sums up more."""


@dataclass(frozen=True)
class PatternUnderTest:
    """A pattern: that of a detection with its placeholders resolved, or of the command line."""

    filter_pattern: FilterPattern
    id: str = "pattern"


@click.command(
    "test",
    epilog=examples(
        "test events.json.gz",
        "test - --pattern '{ $.eventName = \"StopLogging\" }' --explain",
        "test logs/ --placeholder LogGroupName=trails --json",
    ),
)
@click.argument("events", nargs=-1, required=True, type=click.Path(exists=True, allow_dash=True))
@option("--pattern", metavar="TEXT", help="Test this filter pattern instead of the detections.")
@option(
    "--placeholder",
    "placeholders",
    former=("--name",),
    multiple=True,
    metavar="NAME=VALUE",
    help=(
        "Value for a placeholder in the patterns, as NAME=VALUE. Can be repeated. Placeholders: "
        f"{', '.join(PLACEHOLDERS)}."
    ),
)
@option(
    "--explain",
    "explained",
    former=("--why",),
    is_flag=True,
    help="Show how each clause of the pattern evaluated.",
)
@json_option("the matches")
def command(
    events: tuple[str, ...],
    pattern: str | None,
    placeholders: tuple[str, ...],
    *,
    explained: bool,
    as_json: bool,
) -> int:
    """Show which detections match the records in EVENTS.

    EVENTS are CloudTrail log files (.json, .json.gz), JSON Lines files, single records, output of
    the AWS CLI for CloudTrail and CloudWatch Logs, what subscriptions, Firehose and Lambda deliver,
    directories of these, or - for standard input. With --pattern and a single record, the output
    has the format of "aws logs test-metric-filter". A match is not yet a notification: "trailbell
    replay" shows what the alarms would have sent for days of records. Exit codes: 0 success, 1 some
    input could not be read or is not a record, 2 invalid arguments.
    """
    if pattern is None:
        deployed = list(load_catalog())
        values = read_placeholders(placeholders)
        scanner = Scanner(
            [PatternUnderTest(detection.resolve(values), detection.id) for detection in deployed]
        )
        results = scanner.scan(events)
        note_missing_placeholders(deployed, values)
    else:
        scanner = Scanner([PatternUnderTest(parse(pattern))], silent=explained)
        results = scanner.scan(events)
        first = list(islice(results, 2))
        if scanner.totals.records == 1 and _print_single(
            first, explained=explained, as_json=as_json
        ):
            return 0
        results = (result for result in chain(first, results) if not _is_no_match(result))
    with progress(lambda: f"reading: {_progress(scanner.totals)}"):
        if as_json:
            _print_json(scanner, results, explained=explained)
        else:
            _print_text(scanner, results, explained=explained)
            if pattern is None and is_too_long(scanner.totals.hits, sys.stdout):
                print_note(
                    '"trailbell replay" shows how many notifications these matches would have '
                    "been, and what caused most of them."
                )
    return 1 if scanner.totals.problems else 0


def is_too_long(matches: int, output: TextIO) -> bool:
    """Whether a person at a terminal saw more matches than anybody reads."""
    return matches > _MAX_LINES and output.isatty()


def _print_single(results: list[Evaluation | ReadError], *, explained: bool, as_json: bool) -> bool:
    """Print the answer for one record and one pattern as AWS does. Returns whether it was."""
    match results:
        case [] if not explained:
            matches: list[object] = []
        case [Evaluation(outcome=Outcome.MATCH) as match_] if not explained:
            matches = [to_test_metric_filter_match(match_)]
        case [Evaluation() as evaluation] if explained and not as_json:
            print_lines([to_line(evaluation), *explanation(evaluation)])
            return True
        case _:
            return False
    click.echo(json.dumps({"matches": matches}, indent=4))
    return True


def _is_no_match(result: Evaluation | ReadError) -> bool:
    return isinstance(result, Evaluation) and result.outcome == Outcome.NO_MATCH


def _print_text(
    scanner: Scanner, results: Iterable[Evaluation | ReadError], *, explained: bool
) -> None:
    counts: Counter[str] = Counter()
    for result in results:
        if isinstance(result, ReadError):
            print_error(str(result))
            continue
        counts[result.detection.id] += 1
        print_lines([to_line(result), *indented(explanation(result) if explained else (), 4)])
    totals = scanner.totals
    summary = (
        f"{_progress(totals)}: "
        f"{pluralize(totals.hits, 'match', 'matches')}, {totals.uncertain:,} undetermined, "
        f"{pluralize(totals.problems, 'error')}" + _skipped(totals)
    )
    each = (line(f"{count:9,}  {identifier}") for identifier, count in sorted(counts.items()))
    print_lines([line(summary), *each])


def _progress(totals: Totals) -> str:
    return f"{pluralize(totals.records, 'record')} in {pluralize(totals.files, 'file')}"


def _skipped(totals: Totals) -> str:
    if not totals.left_out:
        return ""
    kinds = [f"{kind}: {count:,}" for kind, count in sorted(totals.left_out_kinds.items())]
    details = f" ({'; '.join(kinds)})" if kinds else ""
    return f", {pluralize(totals.left_out, 'other file')} skipped{details}"


def _print_json(
    scanner: Scanner, results: Iterable[Evaluation | ReadError], *, explained: bool
) -> None:
    """Print one object, a line for each match. Matches are not kept in memory."""
    problems: list[ReadError] = []

    def hits() -> Iterator[str]:
        for result in results:
            if isinstance(result, ReadError):
                problems.append(result)
            else:
                yield json.dumps(to_json(result, explained=explained))

    click.echo('{"hits": [', nl=False)
    for number, text in enumerate(hits()):
        with removed(sys.stdout):
            click.echo(f"{',' if number else ''}\n  {text}", nl=False)
    unreadable = json.dumps([asdict(problem) for problem in problems])
    click.echo(f'\n],\n"unreadable": {unreadable},')
    click.echo(f'"summary": {json.dumps(asdict(scanner.totals))}}}')
