"""``trailbell verify``: compare deployed resources with their templates."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import click

from trailbell.command.option import examples, json_option, option
from trailbell.command.options import StackOptions, location_options
from trailbell.command.output import print_lines
from trailbell.command.progress import progress
from trailbell.command.suggestions import suggest_stacks
from trailbell.deploy.change_set_plan import existing
from trailbell.deploy.session import DeploySession, open_session
from trailbell.deploy.target import StackToDeploy
from trailbell.deploy.verify.discrepancy import Discrepancy
from trailbell.deploy.verify.stack import verify
from trailbell.diff.judgment.read_back import FindingKind
from trailbell.errors import PreconditionError
from trailbell.styled_text import Line, Span, Style, line
from trailbell.wording import pluralize

_LABELS = {
    FindingKind.FAULT: Span(""),
    FindingKind.TO_DO: Span("To do: ", Style.WARNING),
    FindingKind.REMARK: Span("Remark: ", Style.NOTE),
}


@click.command(
    "verify",
    epilog=examples("verify", "verify security-alerts", "verify alerts tamper --no-drift --json"),
)
@click.argument("stacks", nargs=-1, shell_complete=suggest_stacks)
@location_options
@option("--drift/--no-drift", "drift", default=True, help="Detect drift (default), or skip it.")
@json_option("the problems")
def command(options: StackOptions, stacks: tuple[str, ...], *, drift: bool, as_json: bool) -> int:
    """Compare the deployed resources of STACKS (default: all stacks of dist/ that are deployed)
    with their templates, and check that events, notifications and keys work.

    What could not be read is a problem. What a person has still to do, such as to confirm a
    subscription, is marked "To do". Remarks do not count as problems.

    Exit codes: 0 no problems, 1 problems, which are listed.
    """
    work = options.select(stacks)
    session = open_session(work.environment)
    results: dict[str, tuple[Discrepancy, ...]] = {}
    targets = work.stacks_to_deploy()
    with progress("reading stacks") as shown:
        selected = targets if stacks else _deployed(session, targets)
        for number, stack in enumerate(selected, 1):
            count = f" (stack {number} of {len(selected)})" if len(selected) > 1 else ""
            shown.update(f"verifying {stack.stack}{count}")
            results[stack.stack] = verify(session, stack, drift=drift)
            if not as_json:
                print_lines(_report(stack.stack, results[stack.stack]))
    if as_json:
        data = {stack: [asdict(entry) for entry in entries] for stack, entries in results.items()}
        click.echo(json.dumps(data, indent=2))
    return 1 if any(entry.is_problem for entries in results.values() for entry in entries) else 0


def _deployed(
    session: DeploySession, targets: Sequence[StackToDeploy]
) -> tuple[StackToDeploy, ...]:
    """The stacks that are deployed. Raises `PreconditionError` if there are none."""
    deployed = tuple(
        target for target in targets if existing(session.cloud.stack(target.name)) is not None
    )
    if not deployed:
        raise PreconditionError(
            "verify",
            f"No stack of dist/ is deployed in {session.region}.",
            "Name the stacks to verify, or select another environment or Region.",
        )
    return deployed


def _report(stack: str, discrepancies: Sequence[Discrepancy]) -> Iterator[Line]:
    """The lines about one stack."""
    lines = {kind: _lines([e for e in discrepancies if e.kind is kind]) for kind in FindingKind}
    faults, to_do = len(lines[FindingKind.FAULT]), len(lines[FindingKind.TO_DO])
    parts = [Span(pluralize(faults, "problem"), Style.ERROR)] if faults else []
    parts += [Span(f"{to_do} to do", Style.WARNING)] if to_do else []
    separated = [part for each in parts for part in (", ", each)][1:]
    yield line(f"{stack}: ", *(separated or [Span("OK", Style.SUCCESS)]))
    yield from (line("  ", _LABELS[kind], text) for kind in FindingKind for text in lines[kind])


def _lines(discrepancies: Sequence[Discrepancy]) -> list[str]:
    """A line for each discrepancy. Resources share the line about a call that failed."""
    names: dict[tuple[str, str], list[str]] = {}
    for entry in discrepancies:
        key = entry.text, "" if entry.is_unread else entry.logical_id
        names.setdefault(key, []).append(entry.logical_id)
    subjects = [(", ".join(filter(None, ids)), text) for (text, _), ids in names.items()]
    return [f"{subject}: {text}" if subject else text for subject, text in subjects]
