"""``build.py test``: which detections fire on which CloudTrail records."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import chain, islice
from textwrap import indent

import click

from trailbell.catalog.detection import Detection
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
from trailbell.command.project import load_catalog
from trailbell.errors import UnknownNameError
from trailbell.pattern import FilterPattern, Outcome, parse


@dataclass(frozen=True)
class Asked:
    """What is looked for: a detection's pattern with its names put in, or the command line's."""

    filter_pattern: FilterPattern
    id: str = "pattern"


@click.command("test")
@click.argument("events", nargs=-1, required=True, type=click.Path(exists=True, allow_dash=True))
@click.option("--pattern", metavar="TEXT", help="This filter pattern instead of the detections.")
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="NAME=VALUE",
    help=f"What is deployed is called so; repeatable. Names: {', '.join(PLACEHOLDERS)}.",
)
@click.option("--why", "explained", is_flag=True, help="Show which clauses decided.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def command(
    events: tuple[str, ...],
    pattern: str | None,
    names: tuple[str, ...],
    *,
    explained: bool,
    as_json: bool,
) -> int:
    """Show which detections fire on EVENTS.

    EVENTS are CloudTrail files as delivered (.json, .json.gz), JSON Lines, single records, what
    the AWS CLI prints of CloudTrail and CloudWatch Logs, what subscriptions, Firehose and Lambda
    hand over, folders of all these, or - for standard input. With --pattern, one record alone is
    answered as by "aws logs test-metric-filter". Exit code 1: something could not be read, or is
    no record; 2: wrong input.
    """
    if pattern is None:
        deployed = list(load_catalog())
        values = _values(names)
        scanner = Scanner([Asked(one.resolve(values), one.id) for one in deployed])
        found = scanner.scan(events)
        _warn(deployed, values)
    else:
        scanner = Scanner([Asked(parse(pattern))], silent=explained)
        found = scanner.scan(events)
        told = list(islice(found, 2))
        if scanner.totals.records == 1 and _answered(told, explained=explained, as_json=as_json):
            return 0
        found = (one for one in chain(told, found) if not _is_silent(one))
    if as_json:
        _print_json(scanner, found, explained=explained)
    else:
        _print_text(scanner, found, explained=explained)
    return 1 if scanner.totals.problems else 0


def _values(names: tuple[str, ...]) -> dict[str, str]:
    """The values of ``--name``. Raises `UnknownNameError` or a usage error."""
    values = dict(name.partition("=")[::2] for name in names)
    for name in values:
        if name not in PLACEHOLDERS:
            raise UnknownNameError("name of what the stacks deploy", name, PLACEHOLDERS)
    return values


def _warn(deployed: list[Detection], values: dict[str, str]) -> None:
    """Say which detections cannot fire, because they look for names that were not given."""
    lacking = [one.id for one in deployed if set(one.placeholders) - set(values)]
    if lacking:
        missing = {name for one in deployed for name in one.placeholders} - set(values)
        click.echo(
            f"note: {', '.join(lacking)} look for what is deployed and so for sample names only; "
            f"give --name for {', '.join(sorted(missing))}",
            err=True,
        )


def _answered(told: list[Evaluation | ReadError], *, explained: bool, as_json: bool) -> bool:
    """One record and one pattern: the service's own answer, or the reasoning. Whether it was."""
    match told:
        case [] if not explained:
            matches: list[object] = []
        case [Evaluation(outcome=Outcome.MATCH) as hit] if not explained:
            matches = [to_test_metric_filter_match(hit)]
        case [Evaluation() as hit] if explained and not as_json:
            click.echo(f"{to_line(hit)}\n{explanation(hit)}")
            return True
        case _:
            return False
    click.echo(json.dumps({"matches": matches}, indent=4))
    return True


def _is_silent(one: Evaluation | ReadError) -> bool:
    return isinstance(one, Evaluation) and one.outcome == Outcome.NO_MATCH


def _print_text(
    scanner: Scanner, found: Iterable[Evaluation | ReadError], *, explained: bool
) -> None:
    hits: Counter[str] = Counter()
    for one in found:
        if isinstance(one, ReadError):
            click.echo(f"unreadable: {one}", err=True)
            continue
        hits[one.detection.id] += 1
        click.echo(to_line(one))
        if explained:
            click.echo(indent(explanation(one), "    "))
    totals = scanner.totals
    click.echo(
        f"{_many(totals.records, 'record')} in {_many(totals.files, 'file')}: "
        f"{_many(totals.hits, 'hit')}, {totals.uncertain:,} uncertain, "
        f"{totals.problems:,} unreadable" + _left_out(totals)
    )
    for identifier, count in sorted(hits.items()):
        click.echo(f"{count:9,}  {identifier}")


def _left_out(totals: Totals) -> str:
    if not totals.left_out:
        return ""
    kinds = [f"{kind}: {count:,}" for kind, count in sorted(totals.left_out_kinds.items())]
    known = f" ({'; '.join(kinds)})" if kinds else ""
    return f", {_many(totals.left_out, 'other file')} left out{known}"


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _print_json(
    scanner: Scanner, found: Iterable[Evaluation | ReadError], *, explained: bool
) -> None:
    """One object, a line for each hit: however many there are, none is kept."""
    problems: list[ReadError] = []

    def hits() -> Iterator[str]:
        for one in found:
            if isinstance(one, ReadError):
                problems.append(one)
            else:
                yield json.dumps(to_json(one, explained=explained))

    click.echo('{"hits": [', nl=False)
    for number, line in enumerate(hits()):
        click.echo(f"{',' if number else ''}\n  {line}", nl=False)
    unreadable = json.dumps([asdict(problem) for problem in problems])
    click.echo(f'\n],\n"unreadable": {unreadable},')
    click.echo(f'"summary": {json.dumps(asdict(scanner.totals))}}}')
